/**
 * The words of a call for search and previews: what the user said last and what the model answered, read
 * from the bodies by their shape (OpenAI's chat, responses and completions, Anthropic's messages, Gemini's
 * contents), because behind `/proxy/` the endpoint alone does not tell.
 *
 * Reads whatever it is given and never throws: a body that it does not understand has no words.
 *
 * @module
 */
import { parseJson } from "@/core/json.ts";

/** Characters that are kept of each text: what is beyond is in the body, but not in the search. */
const longest = 10_000;

/** A parsed body: any JSON, or the data lines of a stream in order. */
export type Parsed = { readonly json: unknown } | { readonly stream: readonly unknown[] } | null;

/** Parses a body as JSON or as server-sent events; null when it is neither. */
export function parseBody(body: string): Parsed {
  const first = body.charCodeAt(0);
  // "{", "[" or white space before them; anything else is no JSON that would hold words.
  if (first === 0x7b || first === 0x5b || first <= 0x20) {
    const json = parseJson(body);
    if (json === undefined) return null;
    return Array.isArray(json) ? { stream: json } : { json };
  }
  if (!/^(data|event|id|retry)?:/.test(body)) return null;
  const stream: unknown[] = [];
  for (const line of body.split("\n")) {
    if (!line.startsWith("data:")) continue;
    const json = parseJson(line.slice(5));
    if (json !== undefined) stream.push(json);
  }
  return { stream };
}

/** What the user said last. */
export function inputWords(request: Parsed): string {
  if (!request || !("json" in request)) return "";
  const body = request.json;
  return clip(
    lastOfUser(field(body, "messages")) ??
      lastOfUser(field(body, "contents")) ??
      lastOfUser(field(body, "input")) ??
      textOf(field(body, "input")) ?? textOf(field(body, "prompt")) ??
      textOf(field(field(body, "content"), "parts")) ?? "",
  );
}

/** What the model answered. */
export function outputWords(response: Parsed): string {
  if (!response) return "";
  if ("json" in response) return clip(answerOf(response.json));
  let words = "";
  for (const chunk of response.stream) {
    words += deltaOf(chunk);
    if (words.length > longest) break;
  }
  return clip(words);
}

/** At most `length` characters, in one line, never half of one. */
export function preview(words: string, length = 200): string {
  return whole(words.slice(0, length * 2).replace(/\s+/g, " ").trim().slice(0, length));
}

function clip(words: string): string {
  return whole(words.length > longest ? words.slice(0, longest) : words).toWellFormed();
}

/** Without the first half of a pair that the cut went through. */
function whole(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}

function answerOf(body: unknown): string {
  const choices = each(field(body, "choices")).map((choice) =>
    textOf(field(field(choice, "message"), "content")) ?? textOf(field(choice, "text")) ?? ""
  );
  const parts = [
    ...choices,
    ...each(field(body, "output")).map((item) => textOf(field(item, "content")) ?? ""),
    ...each(field(body, "candidates")).map(candidateText),
    textOf(field(body, "content")) ?? "",
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function deltaOf(chunk: unknown): string {
  const choices = each(field(chunk, "choices"));
  if (choices.length > 0) {
    return choices.map((choice) =>
      textOf(field(field(choice, "delta"), "content")) ?? textOf(field(choice, "text")) ?? ""
    ).join("");
  }
  const candidates = each(field(chunk, "candidates"));
  if (candidates.length > 0) return candidates.map(candidateText).join("");
  const delta = field(chunk, "delta");
  switch (field(chunk, "type")) {
    case "response.output_text.delta":
      return typeof delta === "string" ? delta : "";
    case "content_block_delta":
      return textOf(field(delta, "text")) ?? "";
    default:
      return "";
  }
}

function candidateText(candidate: unknown): string {
  return textOf(field(field(candidate, "content"), "parts")) ?? "";
}

/** The text of the last message of the user, of the last message when none says whose it is. */
function lastOfUser(messages: unknown): string | null {
  if (!Array.isArray(messages)) return null;
  for (let i = messages.length - 1; i >= 0; i--) {
    const message: unknown = messages[i];
    if (field(message, "role") !== "user") continue;
    const words = textOf(field(message, "content")) ?? textOf(field(message, "parts"));
    // A tool's result is sent in the user's name and may hold no text at all.
    if (words !== null && words !== "") return words;
  }
  const last: unknown = messages.at(-1);
  if (field(last, "role") !== undefined) return null;
  return textOf(field(last, "content")) ?? textOf(field(last, "parts"));
}

/** Text itself, or the text of parts; null when there is none. */
function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return null;
  const texts: string[] = [];
  for (const part of value) {
    if (typeof part === "string") texts.push(part);
    else if (typeof field(part, "text") === "string" && field(part, "thought") !== true) {
      texts.push(String(field(part, "text")));
    }
  }
  return texts.length === 0 ? null : texts.join("\n");
}

function each(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Reflect.get(value, name);
}
