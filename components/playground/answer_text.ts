/**
 * What an answer says, read while it comes: JSON or a stream of events, in any of the wire formats. The
 * call's own page has everything; this is to look on.
 *
 * @module
 */
import { type Json, valueAt } from "./body.ts";

export interface AnswerSoFar {
  readonly text: string;
  /** What went wrong, in the provider's words; null when nothing did. */
  readonly problem: string | null;
}

export interface AnswerReader {
  /** Takes a further part of the body; gives what it says so far. */
  push(part: string): AnswerSoFar;
  /** After the last part. */
  end(): AnswerSoFar;
}

/** @param isStream whether the body is a stream of events */
export function answerReader(isStream: boolean): AnswerReader {
  let text = "";
  let problem: string | null = null;
  let rest = "";
  const take = (json: string) => {
    const value = parsed(json);
    if (value === undefined) return;
    text += saidIn(value);
    problem ??= problemIn(value);
  };
  const soFar = () => ({ text, problem });
  return {
    push(part) {
      rest += part;
      if (!isStream) return soFar();
      const lines = rest.split(/\r?\n/);
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("data:")) take(line.slice(5));
      return soFar();
    },
    end() {
      if (!isStream) take(rest);
      else if (rest.startsWith("data:")) take(rest.slice(5));
      rest = "";
      return soFar();
    },
  };
}

/** Where the formats keep their text: in pieces of a stream, or whole. */
const places = [
  ["choices", 0, "delta", "content"],
  ["choices", 0, "message", "content"],
  ["choices", 0, "text"],
  ["delta", "text"],
  ["delta", "message", "content"],
  ["message", "content"],
  ["candidates", 0, "content", "parts"],
  ["content"],
] as const;

function saidIn(value: Json): string {
  // Gemini streams without events as a list.
  if (Array.isArray(value)) return value.map(saidIn).join("");
  if (typeof value !== "object" || value === null) return "";
  const body = Object.fromEntries(Object.entries(value));
  if (body.type === "response.output_text.delta") return textIn(body.delta ?? null);
  // Events of these kinds repeat what was said, or begin with nothing.
  if (typeof body.type === "string" && /^response\.|^message_start$/.test(body.type)) return "";
  if (Array.isArray(body.output)) return textIn(body.output);
  for (const place of places) {
    const found = valueAt(body, place);
    if (found !== undefined && found !== null) return textIn(found);
  }
  return "";
}

/** The text of a text, of a part, or of a list of parts. */
function textIn(value: Json): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(textIn).join("");
  if (typeof value !== "object" || value === null) return "";
  const { text, content, thought } = Object.fromEntries(Object.entries(value));
  if (thought === true) return "";
  return textIn(text ?? content ?? null);
}

/** An error in the words of whoever made it: all formats have one of a few shapes. */
function problemIn(value: Json): string | null {
  if (Array.isArray(value)) return value.length > 0 ? problemIn(value[0] ?? null) : null;
  if (typeof value !== "object" || value === null) return null;
  const { error, message, detail, type } = Object.fromEntries(Object.entries(value));
  if (typeof error === "string") return error;
  if (typeof error === "object" && error !== null && !Array.isArray(error)) {
    const told = Object.fromEntries(Object.entries(error));
    const code = told.code ?? told.type ?? told.status;
    const words = typeof told.message === "string" ? told.message : JSON.stringify(error);
    return typeof code === "string" && !words.includes(code) ? `${words} (${code})` : words;
  }
  if (typeof message === "string" && type !== "message") return message;
  return typeof detail === "string" ? detail : null;
}

function parsed(json: string): Json | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
