/**
 * How much output a request's body allows, by whatever name its API has for that.
 *
 * @module
 */
import { countOrNull, fields } from "../json.ts";

/**
 * In tokens, for all alternatives that the body asks for together; null when it sets no limit.
 *
 * @example
 * ```ts
 * import { askedOutput } from "@/core/gateway/asked_output.ts";
 * import { expect } from "expect";
 *
 * expect(askedOutput({ max_completion_tokens: 100, n: 3 })).toBe(300);
 * expect(askedOutput({ generationConfig: { maxOutputTokens: 50 } })).toBe(50);
 * expect(askedOutput({ messages: [] })).toBe(null);
 * ```
 */
export function askedOutput(body: unknown): number | null {
  const asked = fields(body);
  // Gemini and Bedrock have an object of their own for it.
  const options = fields(
    asked.generationConfig ?? asked.generation_config ?? asked.inferenceConfig,
  );
  const most = countOrNull(asked.max_completion_tokens) ?? countOrNull(asked.max_output_tokens) ??
    countOrNull(asked.max_tokens) ?? countOrNull(asked.max_tokens_to_sample) ??
    countOrNull(options.maxOutputTokens) ?? countOrNull(options.max_output_tokens) ??
    countOrNull(options.maxTokens);
  const times = countOrNull(asked.n) ?? countOrNull(options.candidateCount) ?? 1;
  return most === null ? null : most * Math.max(1, times);
}
