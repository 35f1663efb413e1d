/**
 * An Anthropic messages request, read whole.
 *
 * @module
 */
import type { JsonObject } from "../../json.ts";
import { Fields } from "./fields.ts";
import { base64OfText, mediaTypeOf } from "./media.ts";
import type {
  CacheHint,
  Effort,
  MediaPart,
  NeutralRequest,
  Reasoning,
  RequestPart,
  TextPart,
  Tool,
  ToolChoice,
  ToolResultPart,
  Turn,
} from "./request.ts";
import type { Translating } from "./translating.ts";

/**
 * @throws {AppError} `translation_impossible`, naming the field that has no place in the other
 *   format
 */
export function readAnthropic(body: JsonObject, translating: Translating): NeutralRequest {
  const request = new Fields(body, "", translating);
  request.take("model");
  request.only("speed", "standard");
  const choice = request.fields("tool_choice");
  const parallel = choice?.boolean("disable_parallel_tool_use") ?? null;
  const config = request.fields("output_config");
  const neutral: NeutralRequest = {
    system: readSystem(request),
    turns: readTurns(request, translating),
    tools: request.each("tools").map(readTool),
    toolChoice: choice ? readToolChoice(choice) : null,
    parallelTools: parallel === null ? null : !parallel,
    maxTokens: request.number("max_tokens"),
    temperature: request.number("temperature"),
    topP: request.number("top_p"),
    topK: request.number("top_k"),
    seed: null,
    presencePenalty: null,
    frequencyPenalty: null,
    stop: request.strings("stop_sequences"),
    output: readOutput(config?.fields("format") ?? request.fields("output_format")),
    reasoning: readReasoning(request, config),
    user: readUser(request),
    stream: request.boolean("stream") ?? false,
    streamUsage: true,
  };
  config?.done();
  request.done();
  return neutral;
}

function readUser(request: Fields): string | null {
  const metadata = request.fields("metadata");
  const user = metadata?.string("user_id") ?? null;
  metadata?.done();
  return user;
}

function readSystem(request: Fields): TextPart[] {
  const system = request.take("system");
  if (system === undefined) return [];
  if (typeof system === "string") return [{ kind: "text", text: system, at: "system" }];
  return request.each("system").map((block) => {
    if (block.string("type") !== "text") throw block.wrong("type", "instructions must be text");
    return textPart(block);
  });
}

function textPart(block: Fields): TextPart {
  const part: TextPart = {
    kind: "text",
    text: block.string("text") ?? "",
    at: block.at,
    ...readCache(block),
  };
  if (block.list("citations").length > 0) throw block.wrong("citations", "");
  block.done();
  return part;
}

function readCache(block: Fields): { cache?: CacheHint } {
  const control = block.fields("cache_control");
  if (!control) return {};
  control.only("type", "ephemeral");
  const ttl = control.string("ttl");
  control.done();
  return { cache: ttl === "1h" ? "1h" : "5m" };
}

function readTurns(request: Fields, translating: Translating): Turn[] {
  const names = new Map<string, string>();
  return request.each("messages").map((message) => {
    const role = message.string("role");
    if (role !== "user" && role !== "assistant" && role !== "system") {
      throw translating.impossible(message.path("role"), `no role ${role ?? "given"}`);
    }
    const content = message.take("content");
    const at = message.path("content");
    const parts: RequestPart[] = typeof content === "string"
      ? [{ kind: "text", text: content, at }]
      : message.each("content").map((block) => blockPart(block, names));
    message.done();
    return { role, at: message.at, parts };
  });
}

function blockPart(block: Fields, names: Map<string, string>): RequestPart {
  const type = block.string("type");
  switch (type) {
    case "text":
      return textPart(block);
    case "image":
    case "document":
      return mediaPart(block);
    case "tool_use": {
      const id = block.string("id") ?? "";
      const name = block.string("name") ?? "";
      names.set(id, name);
      const args = block.object("input") ?? {};
      const cache = readCache(block);
      onlyDirect(block);
      block.done();
      return { kind: "tool_call", id, name, args, at: block.at, ...cache };
    }
    case "tool_result":
      return toolResult(block, names);
    case "thinking": {
      const text = block.string("thinking") ?? "";
      const signature = block.string("signature");
      block.done();
      return { kind: "reasoning", at: block.at, text, signature, data: null, maker: "anthropic" };
    }
    case "redacted_thinking": {
      const data = block.string("data") ?? "";
      block.done();
      return {
        kind: "reasoning",
        at: block.at,
        text: "",
        signature: null,
        data,
        maker: "anthropic",
      };
    }
    default:
      throw block.wrong("type", `blocks of type ${type ?? "none"} cannot be translated`);
  }
}

/** Who called the tool: the model itself, or a program that it wrote at Anthropic. */
function onlyDirect(block: Fields): void {
  const caller = block.fields("caller");
  caller?.only("type", "direct");
  caller?.done();
}

function toolResult(block: Fields, names: ReadonlyMap<string, string>): ToolResultPart {
  const id = block.string("tool_use_id") ?? "";
  const name = names.get(id);
  if (name === undefined) throw block.wrong("tool_use_id", "no call with this id came before");
  const content = block.take("content");
  const at = block.path("content");
  const failed = block.boolean("is_error") ?? false;
  const cache = readCache(block);
  const parts: (TextPart | MediaPart)[] = content === undefined
    ? []
    : typeof content === "string"
    ? [{ kind: "text", text: content, at }]
    : block.each("content").map((part) => {
      const type = part.string("type");
      if (type === "text") return textPart(part);
      if (type === "image" || type === "document") return mediaPart(part);
      throw part.wrong("type", `results of type ${type ?? "none"} cannot be translated`);
    });
  block.done();
  return { kind: "tool_result", at: block.at, id, name, content: parts, failed, ...cache };
}

function mediaPart(block: Fields): MediaPart {
  const source = block.fields("source");
  if (!source) throw block.wrong("source", "must be an object");
  const citations = block.fields("citations");
  citations?.only("enabled", false);
  const name = block.string("title");
  const place = { at: block.at, ...(name && { name }), ...readCache(block) };
  const type = source.string("type");
  const mediaType = source.string("media_type");
  let part: MediaPart;
  if (type === "base64") {
    part = { kind: "media", mediaType, source: { base64: source.string("data") ?? "" }, ...place };
  } else if (type === "text") {
    const base64 = base64OfText(source.string("data") ?? "");
    part = { kind: "media", mediaType: mediaType ?? "text/plain", source: { base64 }, ...place };
  } else if (type === "url") {
    const url = source.string("url") ?? "";
    const document = block.take("type") === "document";
    // A document that is named by its address is a PDF.
    const told = mediaTypeOf(url) ?? (document ? "application/pdf" : null);
    part = { kind: "media", mediaType: told, source: { url }, ...place };
  } else throw source.wrong("type", `a source of type ${type ?? "none"} is at Anthropic alone`);
  source.done();
  block.done();
  return part;
}

function readTool(tool: Fields): Tool {
  const type = tool.string("type");
  if (type !== null && type !== "custom") {
    throw tool.wrong("type", "a tool that runs at Anthropic cannot be translated");
  }
  tool.only("defer_loading", false);
  const read: Tool = {
    at: tool.at,
    name: tool.string("name") ?? "",
    description: tool.string("description"),
    parameters: tool.object("input_schema"),
    strict: tool.boolean("strict") ?? false,
    ...readCache(tool),
  };
  tool.done();
  return read;
}

function readToolChoice(choice: Fields): ToolChoice {
  const type = choice.string("type");
  const name = choice.string("name");
  choice.done();
  if (type === "auto" || type === "none" || type === "any") return { mode: type };
  if (type === "tool" && name) return { mode: "one", name };
  throw choice.wrong("type", `no choice ${type ?? "given"}`);
}

function readOutput(format: Fields | null): NeutralRequest["output"] {
  if (!format) return null;
  const schema = format.object("schema");
  if (format.string("type") !== "json_schema" || !schema) {
    throw format.wrong("type", "must be json_schema with a schema");
  }
  const name = format.string("name");
  format.done();
  return { kind: "schema", name, description: null, schema };
}

const efforts: ReadonlySet<string> = new Set<Effort>(["low", "medium", "high", "xhigh", "max"]);

function readReasoning(request: Fields, config: Fields | null): Reasoning | null {
  const thinking = request.fields("thinking");
  const type = thinking?.string("type") ?? null;
  const budget = thinking?.number("budget_tokens") ?? null;
  const display = thinking?.string("display") ?? null;
  thinking?.done();
  const effort = config?.string("effort") ?? null;
  if (effort !== null && !efforts.has(effort)) {
    throw request.wrong("output_config.effort", `no effort ${effort}`);
  }
  if (thinking === null && effort === null) return null;
  return {
    // Checked against the set just now.
    effort: type === "disabled" ? "none" : effort as Effort | null,
    budget,
    adaptive: type === "adaptive",
    shown: thinking === null || type === "disabled" ? null : display !== "omitted",
  };
}
