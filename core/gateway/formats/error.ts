/**
 * The error inside a provider's answer. Every provider wraps it a little differently; the shapes
 * overlap so little that one reader tells them apart.
 *
 * @module
 */
import { scrub } from "../scrub.ts";
import type { AnswerError } from "./format.ts";
import { type JsonObject, object, text } from "../../json.ts";

const messageLength = 2_000;

/**
 * The error of an answer's JSON value, or null. Known shapes: `{error: {type, code, message}}`
 * (OpenAI, Anthropic, Groq, xAI), `{error: {code, status, message}}` (Google), `{error: "text"}`,
 * `[{error: …}]` (Google's OpenAI route). Keys that a provider echoes are masked.
 *
 * @example
 * ```ts
 * import { readError } from "@/core/gateway/formats/error.ts";
 * import { expect } from "expect";
 *
 * expect(readError({ error: { code: 429, message: "Slow down", status: "RESOURCE_EXHAUSTED" } }))
 *   .toEqual({ code: "RESOURCE_EXHAUSTED", message: "Slow down" });
 * ```
 */
export function readError(value: unknown): AnswerError | null {
  const body = object(Array.isArray(value) ? value[0] : value);
  if (!body) return null;
  if (typeof body.error === "string") return made(text(body.code) ?? "error", body.error);
  const error = object(body.error);
  if (!error) return null;
  return made(codeOf(error), text(error.message) ?? "");
}

/** The error of an answer whose status already says that it is one: also bare `{message}` bodies. */
export function readErrorBody(value: unknown): AnswerError | null {
  const wrapped = readError(value);
  if (wrapped) return wrapped;
  const body = object(value);
  const message = text(body?.message) ?? text(body?.Message) ?? text(body?.detail);
  return body && message ? made(codeOf(body), message) : null;
}

function codeOf(error: JsonObject): string {
  return text(error.status) ?? text(error.code) ?? text(error.type) ?? text(error.__type) ??
    "error";
}

/** Cut twice: before, because a provider may say megabytes; after, because masking shortens. */
function made(code: string, message: string): AnswerError {
  return {
    code: scrub(code.slice(0, 2 * messageLength)).slice(0, 100),
    message: scrub(message.slice(0, 2 * messageLength)).slice(0, messageLength),
  };
}
