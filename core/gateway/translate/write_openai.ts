/**
 * A request in OpenAI's chat form, as the provider at hand takes it.
 *
 * @module
 */
import { toDataUrl } from "./media.ts";
import { meantEffort } from "./reasoning.ts";
import type {
  CacheHint,
  MediaPart,
  NeutralRequest,
  ReasoningPart,
  RequestPart,
  TextPart,
  ToolCallPart,
  ToolChoice,
  ToolResultPart,
  Turn,
} from "./request.ts";
import { requestField } from "./request_fields.ts";
import { meetsStrict } from "./strict_schema.ts";
import { toolIds } from "./tool_ids.ts";
import type { Translating } from "./translating.ts";

type Json = Record<string, unknown>;

/** @throws {AppError} `translation_impossible`, naming the field by the client's own name */
export function writeOpenai(request: NeutralRequest, translating: Translating): Json {
  const { provider, model } = translating.recipient;
  if (request.topK !== null) throw translating.impossible(requestField("topK", translating.from));
  const body: Json = { model, messages: writeMessages(request, translating) };
  if (request.tools.length > 0) {
    body.tools = request.tools.map((tool) => ({
      type: "function",
      function: {
        name: tool.name,
        ...(tool.description !== null && { description: tool.description }),
        ...(tool.parameters && { parameters: tool.parameters }),
        ...(tool.strict && { strict: true }),
      },
      ...cached(tool, translating),
    }));
  }
  if (request.toolChoice) body.tool_choice = writeToolChoice(request.toolChoice, provider);
  if (request.parallelTools !== null) body.parallel_tool_calls = request.parallelTools;
  if (request.maxTokens !== null) {
    // OpenAI's newer models refuse the older name, the others do not know the newer one.
    const name = ["openai", "azure"].includes(provider) ? "max_completion_tokens" : "max_tokens";
    body[name] = request.maxTokens;
  }
  if (request.temperature !== null) body.temperature = request.temperature;
  if (request.topP !== null) body.top_p = request.topP;
  if (request.seed !== null) body.seed = request.seed;
  if (request.presencePenalty !== null) body.presence_penalty = request.presencePenalty;
  if (request.frequencyPenalty !== null) body.frequency_penalty = request.frequencyPenalty;
  if (request.stop.length > 0) body.stop = request.stop;
  if (request.output) body.response_format = writeOutput(request.output);
  if (request.reasoning) {
    const effort = meantEffort(request.reasoning);
    if (request.reasoning.budget !== null || request.reasoning.adaptive) {
      translating.leave("reasoningMeasure");
    }
    if (request.reasoning.shown !== null) translating.leave("reasoningShown");
    if (effort !== null) body.reasoning_effort = effort;
  }
  if (request.user !== null) body.user = request.user;
  if (request.stream) {
    body.stream = true;
    // Its usage is in the record, and in the answer of the client's format.
    body.stream_options = { include_usage: true };
  }
  return body;
}

function cached({ cache }: { readonly cache?: CacheHint }, translating: Translating): Json {
  if (!cache) return {};
  // OpenRouter hands the hint on; OpenAI itself refuses fields that it does not know.
  if (translating.recipient.provider !== "openrouter") {
    translating.leave("cacheHint");
    return {};
  }
  return { cache_control: { type: "ephemeral", ...(cache === "1h" && { ttl: "1h" }) } };
}

// --- messages ---

function writeMessages(request: NeutralRequest, translating: Translating): Json[] {
  const ids = toolIds(translating.recipient.provider);
  const messages: Json[] = [];
  if (request.system.length > 0) {
    messages.push({ role: "system", content: textContent(request.system, translating) });
  }
  for (const turn of request.turns) {
    if (turn.role === "assistant") messages.push(assistantMessage(turn, translating, ids));
    else if (turn.role === "system") {
      messages.push({
        role: "system",
        content: textContent(turn.parts.filter(isText), translating),
      });
    } else messages.push(...userMessages(turn, translating, ids));
  }
  return messages;
}

function isText(part: RequestPart): part is TextPart {
  return part.kind === "text";
}

/** One text is a string; several, or one with a hint, stay apart. */
function textContent(parts: readonly TextPart[], translating: Translating): unknown {
  const [only] = parts;
  if (!only) return "";
  const written = parts.map((part) => ({
    type: "text",
    text: part.text,
    ...cached(part, translating),
  }));
  return written.length === 1 && !("cache_control" in (written[0] ?? {})) ? only.text : written;
}

function userMessages(turn: Turn, translating: Translating, ids: (id: string) => string): Json[] {
  const messages: Json[] = [];
  const said: (TextPart | MediaPart)[] = [];
  for (const part of turn.parts) {
    if (part.kind === "tool_result") messages.push(toolMessage(part, translating, ids));
    else if (part.kind === "text" || part.kind === "media") said.push(part);
    else throw translating.impossible(part.at, "a user's turn has no such part");
  }
  if (said.length === 0) return messages;
  const content = said.every(isText)
    ? textContent(said, translating)
    : said.map((part) => contentPart(part, translating));
  return [...messages, { role: "user", content }];
}

function toolMessage(
  part: ToolResultPart,
  translating: Translating,
  ids: (id: string) => string,
): Json {
  const texts = part.content.map((piece) => {
    if (piece.kind === "text") return piece;
    throw translating.impossible(piece.at, "OpenAI takes tool results as text alone");
  });
  if (part.failed) translating.leave("toolFailed");
  if (part.cache) cached(part, translating);
  return {
    role: "tool",
    tool_call_id: ids(part.id),
    content: textContent(texts, translating),
  };
}

function contentPart(part: TextPart | MediaPart, translating: Translating): Json {
  if (part.kind === "text") {
    return { type: "text", text: part.text, ...cached(part, translating) };
  }
  const { mediaType, source } = part;
  const hint = cached(part, translating);
  const kind = mediaType?.split("/")[0] ?? "image";
  if (kind === "image") {
    const url = "url" in source ? source.url : toDataUrl(mediaType ?? "image/png", source.base64);
    return { type: "image_url", image_url: { url }, ...hint };
  }
  if ("url" in source) {
    if (translating.recipient.provider === "openrouter" && mediaType === "application/pdf") {
      return { type: "file", file: { filename: part.name ?? "file.pdf", file_data: source.url } };
    }
    throw translating.impossible(part.at, "OpenAI takes addresses of images alone: send the data");
  }
  if (kind === "audio") {
    const format = { "audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/wav": "wav" }[mediaType ?? ""];
    if (!format) throw translating.impossible(part.at, "OpenAI takes audio as mp3 or wav");
    return { type: "input_audio", input_audio: { data: source.base64, format }, ...hint };
  }
  if (mediaType !== "application/pdf" && mediaType !== "text/plain") {
    throw translating.impossible(part.at, `OpenAI takes no ${mediaType ?? "file"} of unknown type`);
  }
  const file_data = toDataUrl(mediaType, source.base64);
  const filename = part.name ?? (mediaType === "text/plain" ? "file.txt" : "file.pdf");
  return { type: "file", file: { filename, file_data }, ...hint };
}

function assistantMessage(turn: Turn, translating: Translating, ids: (id: string) => string): Json {
  const texts: TextPart[] = [];
  const calls: ToolCallPart[] = [];
  const thoughts: ReasoningPart[] = [];
  for (const part of turn.parts) {
    if (part.kind === "text") {
      if (calls.length > 0) translating.leave("toolOrder");
      texts.push(part);
    } else if (part.kind === "tool_call") calls.push(part);
    else if (part.kind === "reasoning") thoughts.push(part);
    else throw translating.impossible(part.at, "an assistant's turn in OpenAI's form is text");
  }
  const message: Json = { role: "assistant" };
  if (thoughts.length > 0) Object.assign(message, writeThoughts(thoughts, translating));
  message.content = texts.length > 0 ? textContent(texts, translating) : null;
  if (calls.length > 0) {
    message.tool_calls = calls.map((call) => ({
      id: ids(call.id),
      type: "function",
      function: { name: call.name, arguments: JSON.stringify(call.args) },
      ...signed(call, translating),
    }));
  }
  return message;
}

/** Google's models want their signature back, and its OpenAI-compatible API has a place for it. */
function signed({ signature }: ToolCallPart, translating: Translating): Json {
  if (!signature) return {};
  if (!/google|vertex|openrouter/.test(translating.recipient.provider)) {
    translating.leave("reasoningSent");
    return {};
  }
  return { extra_content: { google: { thought_signature: signature } } };
}

function writeThoughts(thoughts: readonly ReasoningPart[], translating: Translating): Json {
  const { provider } = translating.recipient;
  if (provider === "openrouter") return { reasoning_details: thoughts.map(reasoningDetail) };
  translating.leave("reasoningSent");
  return {};
}

/** OpenRouter's form of reasoning, which our own answers use too. */
export function reasoningDetail(
  { text, signature, data, maker }: Pick<ReasoningPart, "text" | "signature" | "data" | "maker">,
  index: number,
): Json {
  const format = { anthropic: "anthropic-claude-v1", google: "google-gemini-v1", other: "unknown" };
  const made = { format: format[maker], index };
  if (data !== null) return { type: "reasoning.encrypted", data, ...made };
  return { type: "reasoning.text", text, ...(signature !== null && { signature }), ...made };
}

// --- the rest ---

function writeToolChoice(choice: ToolChoice, provider: string): unknown {
  switch (choice.mode) {
    case "auto":
    case "none":
      return choice.mode;
    case "any":
      return provider === "mistral" ? "any" : "required";
    case "one":
      return { type: "function", function: { name: choice.name } };
    case "some":
      return {
        type: "allowed_tools",
        allowed_tools: {
          mode: choice.must ? "required" : "auto",
          tools: choice.names.map((name) => ({ type: "function", function: { name } })),
        },
      };
  }
}

function writeOutput(output: NonNullable<NeutralRequest["output"]>): Json {
  if (output.kind === "json") return { type: "json_object" };
  const { name, description, schema } = output;
  return {
    type: "json_schema",
    json_schema: {
      name: name ?? "response",
      ...(description !== null && { description }),
      schema,
      // Without it the schema is a wish; with it OpenAI refuses schemas beyond its own subset.
      ...(meetsStrict(schema) && { strict: true }),
    },
  };
}
