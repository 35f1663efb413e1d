/**
 * A Gemini generateContent request, read whole. Both spellings of its names are understood, as Google's
 * own servers do.
 *
 * @module
 */
import { type JsonObject, object } from "../../json.ts";
import { Fields } from "./fields.ts";
import { toJsonSchema } from "./gemini_schema.ts";
import type {
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

/** @param stream whether the path asks for one */
export function readGemini(
  body: JsonObject,
  translating: Translating,
  stream: boolean,
): NeutralRequest {
  const request = new Fields(camelCase(body), "", translating);
  request.take("model");
  const config = request.fields("generationConfig");
  config?.only("candidateCount", 1);
  config?.only("responseLogprobs", false);
  for (const one of config?.list("responseModalities") ?? []) {
    if (one !== "TEXT") throw config?.wrong("responseModalities", "only text can be asked for");
  }
  const calling = request.fields("toolConfig");
  const neutral: NeutralRequest = {
    system: readSystem(request),
    turns: readTurns(request, translating),
    tools: request.each("tools").flatMap(readTools),
    toolChoice: readToolChoice(calling, translating),
    parallelTools: null,
    maxTokens: config?.number("maxOutputTokens") ?? null,
    temperature: config?.number("temperature") ?? null,
    topP: config?.number("topP") ?? null,
    topK: config?.number("topK") ?? null,
    seed: config?.number("seed") ?? null,
    presencePenalty: config?.number("presencePenalty") ?? null,
    frequencyPenalty: config?.number("frequencyPenalty") ?? null,
    stop: config?.strings("stopSequences") ?? [],
    output: config ? readOutput(config) : null,
    reasoning: config ? readReasoning(config) : null,
    user: null,
    stream,
    streamUsage: true,
  };
  calling?.done();
  config?.done();
  request.done();
  return neutral;
}

function readSystem(request: Fields): TextPart[] {
  const instruction = request.fields("systemInstruction");
  if (!instruction) return [];
  instruction.take("role");
  const parts = instruction.each("parts").map((part): TextPart => {
    const text = part.string("text");
    if (text === null) throw part.wrong("text", "instructions must be text");
    part.done();
    return { kind: "text", text, at: part.at };
  });
  instruction.done();
  return parts;
}

function readTurns(request: Fields, translating: Translating): Turn[] {
  const ids = new CallIds();
  // A body may hold one content without a list.
  const contents = request.each("contents");
  return contents.map((content, turn): Turn => {
    const role = content.string("role") ?? "user";
    if (role !== "user" && role !== "model" && role !== "function") {
      throw translating.impossible(content.path("role"), `no role ${role}`);
    }
    const parts = content.each("parts").map((part, i) => readPart(part, ids, turn, i));
    content.done();
    return { role: role === "model" ? "assistant" : "user", at: content.at, parts };
  });
}

/** Gives calls without an id one that follows from their place, and finds it again for their results. */
class CallIds {
  readonly #waiting: { readonly id: string; readonly name: string }[] = [];

  ofCall(id: string | null, name: string, turn: number, part: number): string {
    const made = id || `call_${turn}_${part}`;
    this.#waiting.push({ id: made, name });
    return made;
  }

  ofResult(id: string | null, name: string): string {
    const at = this.#waiting.findIndex((call) => id ? call.id === id : call.name === name);
    const found = at === -1 ? undefined : this.#waiting.splice(at, 1)[0];
    return id || found?.id || `call_${name}`;
  }
}

function readPart(part: Fields, ids: CallIds, turn: number, place: number): RequestPart {
  const { at } = part;
  const thought = part.boolean("thought") ?? false;
  const signature = part.string("thoughtSignature");
  const read = readPartContent();
  part.done();
  return read;

  function readPartContent(): RequestPart {
    if (part.has("text")) {
      const text = part.string("text") ?? "";
      if (!thought) {
        // A signature of plain text is a help, not a condition.
        if (signature) part.take("thoughtSignature");
        return { kind: "text", text, at };
      }
      return { kind: "reasoning", at, text, signature, data: null, maker: "google" };
    }
    if (part.has("functionCall")) {
      const call = part.fields("functionCall");
      const name = call?.string("name") ?? "";
      const id = ids.ofCall(call?.string("id") ?? null, name, turn, place);
      const args = call?.object("args") ?? {};
      call?.done();
      return { kind: "tool_call", at, id, name, args, ...(signature && { signature }) };
    }
    if (part.has("functionResponse")) return readResult(part, ids);
    const media = mediaPart(part);
    if (media) return media;
    const [name] = part.names().filter((one) => !["thought", "thoughtSignature"].includes(one));
    throw part.wrong(name ?? "text", "this part cannot be translated");
  }
}

function readResult(part: Fields, ids: CallIds): ToolResultPart {
  const response = part.fields("functionResponse");
  if (!response) throw part.wrong("functionResponse", "must be an object");
  const name = response.string("name") ?? "";
  const id = ids.ofResult(response.string("id"), name);
  const { text, failed } = resultText(response.object("response") ?? {});
  const content: (TextPart | MediaPart)[] = [
    { kind: "text", text, at: response.path("response") },
    ...response.each("parts").map((piece) => {
      const media = mediaPart(piece);
      if (!media) throw piece.wrong("inlineData", "this part cannot be translated");
      piece.done();
      return media;
    }),
  ];
  response.done();
  return { kind: "tool_result", at: part.at, id, name, content, failed };
}

/** What Google's documentation calls the output or the error; else the whole, as JSON. */
function resultText(response: JsonObject): { text: string; failed: boolean } {
  const names = Object.keys(response);
  if (names.length === 1) {
    if (typeof response.output === "string") return { text: response.output, failed: false };
    if (typeof response.error === "string") return { text: response.error, failed: true };
  }
  return { text: JSON.stringify(response), failed: false };
}

function mediaPart(part: Fields): MediaPart | null {
  const inline = part.fields("inlineData");
  if (inline) {
    const base64 = inline.string("data") ?? "";
    const mediaType = inline.string("mimeType");
    const name = inline.string("displayName");
    inline.done();
    return { kind: "media", mediaType, source: { base64 }, at: part.at, ...(name && { name }) };
  }
  const file = part.fields("fileData");
  if (!file) return null;
  const url = file.string("fileUri") ?? "";
  const own =
    /^(?!https?:)|^https:\/\/generativelanguage\.googleapis\.com\/|youtube\.com\/|youtu\.be\//;
  if (own.test(url)) throw file.wrong("fileUri", "this address can be read by Google alone");
  const mediaType = file.string("mimeType");
  file.done();
  return { kind: "media", mediaType, source: { url }, at: part.at };
}

function readTools(tool: Fields): Tool[] {
  const declared = tool.each("functionDeclarations").map((one): Tool => {
    const schema = one.object("parametersJsonSchema");
    const typed = one.object("parameters");
    one.only("behavior", "BLOCKING", "UNSPECIFIED");
    one.take("responseJsonSchema");
    const read: Tool = {
      at: one.at,
      name: one.string("name") ?? "",
      description: one.string("description"),
      parameters: schema ?? (typed && toJsonSchema(typed)),
      strict: false,
    };
    one.done();
    return read;
  });
  tool.done();
  return declared;
}

function readToolChoice(config: Fields | null, translating: Translating): ToolChoice | null {
  const calling = config?.fields("functionCallingConfig");
  if (!calling) return null;
  const mode = calling.string("mode") ?? "AUTO";
  const names = calling.strings("allowedFunctionNames");
  calling.done();
  if (mode === "NONE") return { mode: "none" };
  if (mode === "VALIDATED") translating.leave("validated");
  const must = mode === "ANY";
  const [name] = names;
  if (must && name !== undefined && names.length === 1) return { mode: "one", name };
  if (names.length > 0) return { mode: "some", names, must };
  return { mode: must ? "any" : "auto" };
}

function readOutput(config: Fields): NeutralRequest["output"] {
  const type = config.string("responseMimeType") ?? "text/plain";
  const schema = config.object("responseJsonSchema");
  const typed = config.object("responseSchema");
  if (type === "text/plain") return null;
  if (type !== "application/json") throw config.wrong("responseMimeType", "must be text or JSON");
  const given = schema ?? (typed && toJsonSchema(typed));
  if (!given) return { kind: "json" };
  return { kind: "schema", name: null, description: null, schema: given };
}

const levels: Readonly<Record<string, Effort>> = {
  MINIMAL: "minimal",
  LOW: "low",
  MEDIUM: "medium",
  HIGH: "high",
};

function readReasoning(config: Fields): Reasoning | null {
  const thinking = config.fields("thinkingConfig");
  if (!thinking) return null;
  const level = thinking.string("thinkingLevel")?.toUpperCase() ?? null;
  const budget = thinking.number("thinkingBudget");
  const shown = thinking.boolean("includeThoughts");
  thinking.done();
  if (level !== null && !Object.hasOwn(levels, level)) {
    throw thinking.wrong("thinkingLevel", `no level ${level}`);
  }
  const effort = budget === 0 ? "none" : level === null ? null : levels[level] ?? null;
  return {
    effort,
    budget: budget !== null && budget > 0 ? budget : null,
    adaptive: budget === -1 || (budget === null && level === null),
    shown,
  };
}

/** Members below these hold names that are not Google's to spell. */
const opaque = new Set([
  "args",
  "response",
  "parameters",
  "parametersJsonSchema",
  "responseSchema",
  "responseJsonSchema",
  "labels",
]);

function camelCase(body: JsonObject): JsonObject {
  const renamed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    const key = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    renamed[key] = opaque.has(key) ? value : camelCaseValue(value);
  }
  return renamed;
}

function camelCaseValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCaseValue);
  const found = object(value);
  return found && Object.getPrototypeOf(found) !== null ? camelCase(found) : value;
}
