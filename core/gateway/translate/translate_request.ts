/**
 * A request's body from one wire format into another.
 *
 * @module
 */
import type { AppError } from "../../error.ts";
import { parseExactly } from "../formats/exact_json.ts";
import { object } from "../../json.ts";
import type { LeftOutName } from "./left_out.ts";
import { readAnthropic } from "./read_anthropic.ts";
import { readGemini } from "./read_gemini.ts";
import { readOpenai } from "./read_openai.ts";
import type { Dialect, NeutralRequest } from "./request.ts";
import { type Recipient, Translating } from "./translating.ts";
import { writeAnthropic } from "./write_anthropic.ts";
import { writeGemini } from "./write_gemini.ts";
import { writeOpenai } from "./write_openai.ts";

export interface Translated {
  /** What is sent to the provider. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What the client asked for. */
  readonly request: NeutralRequest;
  /** What was left out, by its name in the table. */
  readonly left: readonly LeftOutName[];
}

const writers = {
  "openai-chat": writeOpenai,
  anthropic: writeAnthropic,
  gemini: writeGemini,
} as const;

/**
 * Translates a request.
 *
 * @param source the client's body, JSON text
 * @param stream whether the client's path asks for a stream, as Gemini's do
 * @throws {AppError} `translation_impossible` with the field that cannot be carried, `invalid_json`
 *
 * @example
 * ```ts
 * import { translateRequest } from "@/core/gateway/translate/translate_request.ts";
 * import { expect } from "expect";
 *
 * const source = JSON.stringify({
 *   model: "gpt-4o",
 *   max_tokens: 99,
 *   messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "Hi" }],
 * });
 * const recipient = { provider: "anthropic", model: "claude-sonnet-4-5" };
 * expect(translateRequest(source, "openai-chat", "anthropic", recipient).body).toEqual({
 *   model: "claude-sonnet-4-5",
 *   max_tokens: 99,
 *   system: "Be brief.",
 *   messages: [{ role: "user", content: "Hi" }],
 * });
 * ```
 */
export function translateRequest(
  source: string,
  from: Dialect,
  to: Dialect,
  recipient: Recipient,
  stream = false,
): Translated {
  const translating = new Translating(from, to, recipient);
  const body = object(parseExactly(source));
  if (!body) throw invalidBody(translating);
  const request = from === "openai-chat"
    ? readOpenai(body, translating)
    : from === "anthropic"
    ? readAnthropic(body, translating)
    : readGemini(body, translating, stream);
  return { body: writers[to](request, translating), request, left: translating.left };
}

function invalidBody(translating: Translating): AppError {
  return translating.impossible("body", "the body must be a JSON object");
}
