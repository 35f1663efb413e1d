/**
 * Token usage of one call, as disjoint buckets: every token is in exactly one, so sums and prices
 * cannot count a cached or reasoning token twice.
 *
 * @module
 */
import { z } from "zod";

const tokens = z.number().int().nonnegative();

/**
 * The buckets, in tokens (requests for `tool_requests`). Names follow OpenTelemetry's
 * `gen_ai.usage.*`, made disjoint: `input` and `output` are what is left after the named parts.
 */
export const usageBucketsSchema = z.object({
  input: tokens,
  cache_read: tokens,
  cache_write: tokens,
  cache_write_5m: tokens,
  cache_write_1h: tokens,
  input_audio: tokens,
  input_image: tokens,
  output: tokens,
  reasoning: tokens,
  output_audio: tokens,
  tool_requests: tokens,
});

export type UsageBuckets = z.infer<typeof usageBucketsSchema>;
export type UsageBucket = keyof UsageBuckets;

/**
 * Where the numbers come from. `provider`: the answer reported them. `partial`: the answer was cut,
 * what was reported until then is kept, and `estimated` says what was counted here. `estimate`: all was
 * counted here. `none`: nothing is known.
 */
export const usageSourceSchema = z.enum(["provider", "estimate", "partial", "none"]);
export type UsageSource = z.infer<typeof usageSourceSchema>;

export const usageSchema = z.object({
  buckets: usageBucketsSchema,
  /** Of `cache_write`, the tokens kept for 12 hours: they have a price of their own (OpenAI). */
  cache_write_12h: tokens.optional(),
  /** Seconds of sound, for models that count those instead of tokens (OpenAI's Whisper). */
  audio_seconds: z.number().nonnegative().optional(),
  /** Of the buckets, tokens that were counted here because the answer was cut before its usage. */
  estimated: z.object({ input: tokens, output: tokens }).optional(),
  source: usageSourceSchema,
  /** The provider's own total, as it was reported; null when it reports none. */
  reported_total: tokens.nullable(),
  /** False when the provider's total is not the buckets' sum: the row is flagged, never clamped. */
  consistent: z.boolean(),
});

export type Usage = z.infer<typeof usageSchema>;

/** All buckets at zero, as a fresh object. */
export function emptyBuckets(): UsageBuckets {
  return {
    input: 0,
    cache_read: 0,
    cache_write: 0,
    cache_write_5m: 0,
    cache_write_1h: 0,
    input_audio: 0,
    input_image: 0,
    output: 0,
    reasoning: 0,
    output_audio: 0,
    tool_requests: 0,
  };
}

/** The usage of a call about which nothing is known. */
export function unknownUsage(): Usage {
  return { buckets: emptyBuckets(), source: "none", reported_total: null, consistent: true };
}

/**
 * All input tokens, cached and written ones included.
 *
 * @example
 * ```ts
 * import { emptyBuckets, inputTokens } from "@/core/event/usage.ts";
 * import { expect } from "expect";
 *
 * expect(inputTokens({ ...emptyBuckets(), input: 500, cache_read: 1500 })).toBe(2000);
 * ```
 */
export function inputTokens(b: UsageBuckets): number {
  return b.input + b.cache_read + cacheWriteTokens(b) + b.input_audio + b.input_image;
}

/** All output tokens, reasoning and audio included. */
export function outputTokens(b: UsageBuckets): number {
  return b.output + b.reasoning + b.output_audio;
}

/** All tokens written to the provider's prompt cache, whatever their lifetime. */
export function cacheWriteTokens(b: UsageBuckets): number {
  return b.cache_write + b.cache_write_5m + b.cache_write_1h;
}
