/**
 * A conversation that went from provider to provider: what one provider's answers were given with, and
 * clients send back, another one refuses. It is taken out before a call goes as it is to a provider who
 * did not write it; what is translated is looked after there.
 *
 * @module
 */
import type { Call } from "../call.ts";
import { parseExactly } from "../formats/exact_json.ts";
import { fields, type JsonObject, object, objects } from "../../json.ts";
import type { Provider } from "../providers/provider.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Who refuses messages with fields that it does not know. */
const strict = new Set(["openai", "azure"]);
const openaiMarks = ['"reasoning_content"', '"reasoning_details"', '"extra_content"'];
/** What stands for the signature of reasoning that Anthropic's models did not write. */
const foreignThought = /"signature"\s*:\s*""/;

/** The call as the provider can take it; the call itself when there is nothing to take out. */
export function portable(call: Call, provider: Provider): Call {
  const { format } = call.route.operation;
  const refuses = format === "openai-chat"
    ? strict.has(provider.name)
    : format === "anthropic" && Boolean(provider.anthropicBase);
  if (!refuses || call.body.length === 0) return call;
  const source = decoder.decode(call.body);
  const marked = format === "anthropic"
    ? foreignThought.test(source)
    : openaiMarks.some((mark) => source.includes(mark));
  const body = marked ? object(parseExactly(source)) : null;
  if (!body || !Array.isArray(body.messages)) return call;
  const clean = format === "anthropic" ? withoutForeignThoughts : withoutExtras;
  const json = { ...body, messages: body.messages.map((message) => clean(fields(message))) };
  return { ...call, body: encoder.encode(JSON.stringify(json)), json };
}

function withoutExtras(message: JsonObject): JsonObject {
  if (message.role !== "assistant") return message;
  const { reasoning_content: _text, reasoning_details: _details, ...rest } = message;
  if (!Array.isArray(rest.tool_calls)) return rest;
  const tool_calls = objects(rest.tool_calls).map(({ extra_content: _signature, ...call }) => call);
  return { ...rest, tool_calls };
}

function withoutForeignThoughts(message: JsonObject): JsonObject {
  if (!Array.isArray(message.content)) return message;
  const content = objects(message.content)
    .filter(({ type, signature }) => type !== "thinking" || signature !== "");
  return { ...message, content };
}
