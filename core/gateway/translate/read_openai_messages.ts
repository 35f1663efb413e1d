/**
 * The messages of an OpenAI chat request, as turns: results of tools and what the user says then are one.
 *
 * @module
 */
import { parseExactly } from "../formats/exact_json.ts";
import { type JsonObject, object } from "../../json.ts";
import type { Fields } from "./fields.ts";
import { contentParts, isText, readCache, reasoningParts } from "./read_openai_parts.ts";
import type { RequestPart, ToolCallPart, ToolResultPart, Turn } from "./request.ts";
import type { Translating } from "./translating.ts";

/**
 * @throws {AppError} `translation_impossible` for a role or a result of a tool that belongs to
 *   nothing
 */
export function readTurns(request: Fields, translating: Translating): Turn[] {
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
