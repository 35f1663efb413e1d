/**
 * An OpenAI chat request, read whole.
 *
 * @module
 */
import { parseExactly } from "../formats/exact_json.ts";
import { type JsonObject, object, text } from "../formats/json.ts";
import { Fields } from "./fields.ts";
import { audioFormats, dataUrl, mediaTypeOf } from "./media.ts";
import type {
  CacheHint,
  Effort,
  MediaPart,
  NeutralRequest,
  Reasoning,
  ReasoningPart,
  RequestPart,
  TextPart,
  Tool,
  ToolCallPart,
  ToolChoice,
  ToolResultPart,
  Turn,
} from "./request.ts";
import type { Translating } from "./translating.ts";

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

function isText(part: RequestPart): part is TextPart {
  return part.kind === "text";
}

// --- messages ---

function readTurns(request: Fields, translating: Translating): Turn[] {
  const turns: Turn[] = [];
  const names = new Map<string, string>();
  let results: ToolResultPart[] | null = null;
  for (const message of request.each("messages")) {
    const role = message.string("role");
    if (role === "tool") {
      const result = readResult(message, names);
      // The results of one turn's calls, and what the user says then, are one turn elsewhere.
      if (results) results.push(result);
      else {
        results = [result];
        turns.push({ role: "user", at: message.at, parts: results });
      }
      message.done();
      continue;
    }
    if (role === "system" || role === "developer") {
      const parts = contentParts(message);
      if (!parts.every(isText)) throw message.wrong("content", "instructions must be text");
      turns.push({ role: "system", at: message.at, parts });
    } else if (role === "user") {
      const parts = contentParts(message);
      const last = turns.at(-1);
      if (results && last) turns[turns.length - 1] = { ...last, parts: [...last.parts, ...parts] };
      else turns.push({ role: "user", at: message.at, parts });
    } else if (role === "assistant") {
      turns.push({ role: "assistant", at: message.at, parts: assistantParts(message, names) });
    } else throw translating.impossible(message.path("role"), `no role ${role ?? "given"}`);
    results = null;
    message.done();
  }
  return turns;
}

function assistantParts(message: Fields, names: Map<string, string>): RequestPart[] {
  const refusal = message.string("refusal");
  const parts: RequestPart[] = [
    ...reasoningParts(message),
    ...contentParts(message),
    ...(refusal ? [{ kind: "text", text: refusal, at: message.path("refusal") } as const] : []),
    ...message.each("tool_calls").map(readCall),
  ];
  for (const part of parts) if (part.kind === "tool_call") names.set(part.id, part.name);
  emptyList(message, "annotations");
  message.only("prefix", false);
  return parts;
}

/** What answers are given with and clients send back. */
function emptyList(message: Fields, name: string): void {
  if (message.list(name).length > 0) throw message.wrong(name, "");
}

function readCall(call: Fields): ToolCallPart {
  call.only("type", "function");
  call.take("index");
  const called = call.fields("function");
  if (!called) throw call.wrong("function", "must be an object");
  const google = call.fields("extra_content")?.fields("google");
  const signature = google?.string("thought_signature");
  const part: ToolCallPart = {
    kind: "tool_call",
    at: call.at,
    id: call.string("id") ?? "",
    name: called.string("name") ?? "",
    args: argumentsOf(called),
    ...(signature && { signature }),
  };
  called.done();
  google?.done();
  call.done();
  return part;
}

function argumentsOf(called: Fields): JsonObject {
  const source = called.string("arguments") ?? "";
  if (source.trim() === "") return {};
  const args = object(parseExactly(source));
  if (!args) throw called.wrong("arguments", "must be the text of a JSON object");
  return args;
}

function readResult(message: Fields, names: ReadonlyMap<string, string>): ToolResultPart {
  const id = message.string("tool_call_id") ?? "";
  // Older clients repeat the function's name.
  const name = message.string("name") ?? names.get(id);
  if (name === undefined) throw message.wrong("tool_call_id", "no call with this id came before");
  const content = contentParts(message);
  const carried = content.filter((part) => part.kind === "text" || part.kind === "media");
  const cache = readCache(message);
  return {
    kind: "tool_result",
    at: message.at,
    id,
    name,
    content: carried,
    failed: false,
    ...cache,
  };
}

function contentParts(message: Fields): RequestPart[] {
  const content = message.take("content");
  const at = message.path("content");
  if (content === undefined) return [];
  if (typeof content === "string") {
    const cache = readCache(message);
    return [{ kind: "text", text: content, at, ...cache }];
  }
  return message.each("content").flatMap(contentPart);
}

function contentPart(part: Fields): RequestPart[] {
  const type = part.string("type");
  const cache = readCache(part);
  const [at, place] = [part.at, { at: part.at, ...cache }];
  let read: RequestPart[];
  switch (type) {
    case "text":
      read = [{ kind: "text", text: part.string("text") ?? "", ...place }];
      break;
    case "refusal":
      read = [{ kind: "text", text: part.string("refusal") ?? "", at }];
      break;
    case "image_url": {
      const image = part.fields("image_url");
      const url = image?.string("url") ?? null;
      if (!image || url === null) throw part.wrong("image_url", "must have a url");
      image.done();
      read = [media(url, "image_url.url", part, place)];
      break;
    }
    case "input_audio": {
      const audio = part.fields("input_audio");
      const format = audio?.string("format") ?? "";
      const base64 = audio?.string("data") ?? null;
      const mediaType = Object.hasOwn(audioFormats, format) ? audioFormats[format] : undefined;
      if (base64 === null || !mediaType) throw part.wrong("input_audio", "must be wav or mp3 data");
      audio?.done();
      read = [{ kind: "media", mediaType, source: { base64 }, ...place }];
      break;
    }
    case "file": {
      const file = part.fields("file");
      const url = file?.string("file_data") ?? null;
      if (!file || url === null) {
        throw part.wrong("file.file_id", "a stored file is at its provider");
      }
      const name = file.string("filename");
      file.done();
      read = [{ ...media(url, "file.file_data", part, place), ...(name && { name }) }];
      break;
    }
    case "thinking":
      read = [{
        kind: "reasoning",
        at,
        text: part.each("thinking").map((piece) => {
          piece.only("type", "text");
          return piece.string("text") ?? "";
        }).join(""),
        signature: null,
        data: null,
        maker: "other",
      }];
      part.take("closed");
      break;
    default:
      throw part.wrong("type", `parts of type ${type ?? "none"} cannot be translated`);
  }
  part.done();
  return read;
}

function media(
  url: string,
  name: string,
  part: Fields,
  place: { readonly at: string; readonly cache?: CacheHint },
): MediaPart {
  const data = dataUrl(url);
  if (data) {
    return {
      kind: "media",
      mediaType: data.mediaType,
      source: { base64: data.base64 },
      ...place,
    };
  }
  if (!/^https?:\/\//i.test(url)) throw part.wrong(name, "must be a web address or base64 data");
  return { kind: "media", mediaType: mediaTypeOf(url), source: { url }, ...place };
}

function reasoningParts(message: Fields): ReasoningPart[] {
  const details = message.each("reasoning_details");
  const plain = message.string("reasoning_content") ?? message.string("reasoning");
  message.take("reasoning");
  if (details.length === 0) {
    if (!plain) return [];
    const at = message.path("reasoning_content");
    return [{ kind: "reasoning", at, text: plain, signature: null, data: null, maker: "other" }];
  }
  return joinedByIndex(details.map((detail) => {
    const part: ReasoningPart & { index: unknown } = {
      kind: "reasoning",
      at: detail.at,
      index: detail.take("index"),
      text: detail.string("text") ?? detail.string("summary") ?? "",
      signature: detail.string("signature"),
      data: detail.string("data"),
      maker: makerOf(detail.string("format")),
    };
    for (const known of ["type", "id", "summary"]) detail.take(known);
    detail.done();
    return part;
  }));
}

/** A client may send the pieces of a stream back as they came. */
function joinedByIndex(pieces: readonly (ReasoningPart & { index: unknown })[]): ReasoningPart[] {
  const joined: (ReasoningPart & { index: unknown })[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const more = last && piece.index !== undefined && last.index === piece.index &&
      piece.data === null && last.data === null;
    if (!more) joined.push(piece);
    else {
      const signature = `${last.signature ?? ""}${piece.signature ?? ""}` || null;
      joined[joined.length - 1] = { ...last, text: last.text + piece.text, signature };
    }
  }
  return joined.map(({ index: _index, ...part }) => part);
}

function makerOf(format: string | null): ReasoningPart["maker"] {
  if (format?.startsWith("anthropic")) return "anthropic";
  return format?.startsWith("google") ? "google" : "other";
}

/** `cache_control`, as OpenRouter and others take it beside OpenAI's own fields. */
function readCache(part: Fields): { cache?: CacheHint } {
  const control = part.fields("cache_control");
  if (!control) return {};
  control.only("type", "ephemeral");
  const ttl = control.string("ttl");
  control.done();
  return { cache: ttl === "1h" ? "1h" : "5m" };
}

// --- the rest ---

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
