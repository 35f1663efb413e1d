/**
 * How providers say that a request is too long for a model. They have no common code: what is known
 * stands in this table.
 *
 * @module
 */
import { readErrorBody } from "../formats/error.ts";
import { parseJson } from "../../json.ts";

/** Statuses with which it is said. */
export const contextStatuses: ReadonlySet<number> = new Set([400, 413, 422]);

const codes: ReadonlySet<string> = new Set([
  // OpenAI, Azure, Groq, DeepSeek, xAI
  "context_length_exceeded",
  // OpenAI's newer word
  "context_window_exceeded",
  "string_above_max_length",
  // Anthropic, of the request as a whole
  "request_too_large",
  // Mistral
  "3051",
  // Fireworks, Together
  "context_length_error",
]);

const messages: readonly RegExp[] = [
  // OpenAI: This model's maximum context length is 8192 tokens. However, your messages …
  /maximum context length/i,
  // Anthropic: prompt is too long: 210000 tokens > 200000 maximum
  /prompt is too long/i,
  /exceed(?:s|ed)? (?:the )?(?:model'?s? )?(?:maximum )?context (?:window|length|limit)/i,
  // Anthropic: input length and `max_tokens` exceed context limit
  /exceeds? context limit/i,
  // Gemini: The input token count (1200000) exceeds the maximum number of tokens allowed
  /input token count .{0,60}exceeds/i,
  // Bedrock: Input is too long for requested model.
  /input is too long/i,
  // Cohere: too many tokens: total number of tokens in this prompt …
  /too many tokens/i,
  // Groq: Please reduce the length of the messages or completion.
  /reduce (?:the length of|your) (?:the )?(?:messages?|prompt|input)/i,
  // Mistral: Prompt contains 40000 tokens … too large for model with 32768 maximum context length
  /too large for model/i,
  // vLLM, llama.cpp, Ollama
  /the request exceeds the available context size|longer than the maximum model length/i,
];

/**
 * Whether an error's body says that the request is too long.
 *
 * @example
 * ```ts
 * import { isContextLength } from "@/core/gateway/routing/context_length.ts";
 * import { expect } from "expect";
 *
 * const body = new TextEncoder().encode(
 *   `{"error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8 maximum"}}`,
 * );
 * expect(isContextLength(body)).toBe(true);
 * ```
 */
export function isContextLength(body: Uint8Array): boolean {
  const value = parseJson(new TextDecoder().decode(body));
  const error = readErrorBody(Array.isArray(value) ? value[0] : value);
  if (!error) return false;
  return codes.has(error.code) || messages.some((pattern) => pattern.test(error.message));
}
