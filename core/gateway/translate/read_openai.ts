/**
 * An OpenAI chat request, read whole.
 *
 * @module
 */
import { type JsonObject, object, text } from "../../json.ts";
import { Fields } from "./fields.ts";
import { readTurns } from "./read_openai_messages.ts";
import { isText, readCache } from "./read_openai_parts.ts";
import type { Effort, NeutralRequest, Reasoning, Tool, ToolChoice } from "./request.ts";
import type { Translating } from "./translating.ts";

/**
 * @throws {AppError} `translation_impossible`, naming the field that has no place in the other
 *   format
 */
export function readOpenai(body: JsonObject, translating: Translating): NeutralRequest {
  const request = new Fields(body, "", translating);
  request.take("model");
  request.only("n", 1);
  request.only("logprobs", false);
  request.only("top_logprobs", 0);
  request.only("verbosity", "medium");
  for (const one of request.list("modalities")) {
    if (one !== "text") throw request.wrong("modalities", "only text can be asked for");
  }
  emptyObject(request, "logit_bias");
  const options = request.fields("stream_options");
  const streamUsage = options?.boolean("include_usage") ?? false;
  options?.done();
  const turns = readTurns(request, translating);
  const first = turns.findIndex(({ role }) => role !== "system");
  const system = turns.slice(0, first === -1 ? turns.length : first);
  const neutral: NeutralRequest = {
    system: system.flatMap(({ parts }) => parts.filter(isText)),
    turns: first === -1 ? [] : turns.slice(first),
    tools: request.each("tools").map(readTool),
    toolChoice: readToolChoice(request, translating),
    parallelTools: request.boolean("parallel_tool_calls"),
    maxTokens: request.number("max_completion_tokens") ?? request.number("max_tokens"),
    temperature: request.number("temperature"),
    topP: request.number("top_p"),
    topK: request.number("top_k"),
    seed: request.number("seed"),
    presencePenalty: request.number("presence_penalty"),
    frequencyPenalty: request.number("frequency_penalty"),
    stop: typeof body.stop === "string" ? [request.string("stop") ?? ""] : request.strings("stop"),
    output: readOutput(request),
    reasoning: readReasoning(request),
    user: request.string("user") ?? request.string("safety_identifier"),
    stream: request.boolean("stream") ?? false,
    streamUsage,
  };
  request.take("max_tokens");
  request.take("safety_identifier");
  request.done();
  return neutral;
}

function emptyObject(request: Fields, name: string): void {
  if (Object.keys(request.object(name) ?? {}).length > 0) throw request.wrong(name, "");
}

function readTool(tool: Fields): Tool {
  // Mistral's clients leave the only type out.
  if ((tool.string("type") ?? "function") !== "function") {
    throw tool.wrong("type", "only functions can be translated");
  }
  const declared = tool.fields("function");
  if (!declared) throw tool.wrong("function", "must be an object");
  const read: Tool = {
    at: tool.at,
    name: declared.string("name") ?? "",
    description: declared.string("description"),
    parameters: declared.object("parameters"),
    strict: declared.boolean("strict") ?? false,
    ...readCache(tool),
  };
  declared.done();
  tool.done();
  return read;
}

function readToolChoice(request: Fields, translating: Translating): ToolChoice | null {
  const choice = request.take("tool_choice");
  if (choice === undefined) return null;
  if (choice === "auto" || choice === "none") return { mode: choice };
  // Mistral's word is the other providers' too.
  if (choice === "required" || choice === "any") return { mode: "any" };
  const named = object(choice);
  if (!named) throw translating.impossible("tool_choice");
  const fields = new Fields(named, "tool_choice", translating);
  if ((fields.string("type") ?? "function") === "function") {
    const name = fields.fields("function")?.string("name");
    if (!name) throw translating.impossible("tool_choice.function.name");
    fields.done();
    return { mode: "one", name };
  }
  const allowed = fields.fields("allowed_tools");
  if (!allowed) throw translating.impossible("tool_choice.type");
  const names = allowed.each("tools").map((tool) => {
    const name = tool.fields("function")?.string("name");
    if (!name) throw tool.wrong("type", "only functions can be translated");
    return name;
  });
  return { mode: "some", names, must: allowed.string("mode") === "required" };
}

function readOutput(request: Fields): NeutralRequest["output"] {
  const format = request.fields("response_format");
  if (!format) return null;
  const type = format.string("type");
  if (type === "text") return null;
  if (type === "json_object") return { kind: "json" };
  const declared = format.fields("json_schema");
  const schema = declared?.object("schema");
  if (type !== "json_schema" || !declared || !schema) {
    throw format.wrong("type", "must be text, json_object or json_schema with a schema");
  }
  declared.take("strict");
  const name = declared.string("name");
  const description = declared.string("description");
  declared.done();
  format.done();
  return { kind: "schema", name, description, schema };
}

const efforts: ReadonlySet<string> = new Set<Effort>([
  "none",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
  "max",
]);

function readReasoning(request: Fields): Reasoning | null {
  const asked = request.string("reasoning_effort");
  // OpenRouter's own form of the same.
  const detailed = request.fields("reasoning");
  const effort = asked ?? detailed?.string("effort") ?? null;
  const budget = detailed?.number("max_tokens") ?? null;
  const enabled = detailed?.boolean("enabled") ?? null;
  const excluded = detailed?.boolean("exclude") ?? null;
  detailed?.done();
  if (effort === null && budget === null && enabled === null) return null;
  if (effort !== null && !efforts.has(effort)) {
    throw request.wrong("reasoning_effort", `no effort ${effort}`);
  }
  return {
    // Checked against the set just now.
    effort: enabled === false ? "none" : text(effort) as Effort | null,
    budget,
    adaptive: effort === null && budget === null,
    shown: excluded === null ? null : !excluded,
  };
}
