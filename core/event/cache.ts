/**
 * What the cache decided for a call and on what grounds. It holds hashes, names of fields and counts;
 * never a word of the request, except what a guard's veto quotes.
 *
 * @module
 */
import { z } from "zod";
import { usdSchema } from "./cost.ts";

/** Where an answer came from, or why none did. */
export const cacheReasonSchema = z.enum([
  // Hits.
  "stored",
  "similar",
  "coalesced",
  // Misses.
  "absent",
  "expired",
  "damaged",
  "refresh",
  "verifying",
  // The cache took no part.
  "off",
  "off_by_request",
  "not_cacheable",
  "temperature",
  "live_tools",
  "stateful",
  "stream_form",
  "store_slow",
  "store_failed",
]);
export type CacheReason = z.infer<typeof cacheReasonSchema>;

const shortHash = z.string().max(64);

const semanticDecisionSchema = z.object({
  mode: z.enum(["off", "shadow", "serve"]),
  /** Null when the request takes no part. */
  partition: shortHash.nullable(),
  embedder: z.string(),
  entries: z.number().int().nonnegative(),
  threshold: z.number().nullable(),
  error_target: z.number(),
  /** Best first, the vetoed ones included. */
  candidates: z.array(z.object({
    entry: z.string(),
    similarity: z.number(),
    vetoes: z.array(z.object({ guard: z.string(), query: z.string(), entry: z.string() })),
  })).max(5),
  verifying: z.boolean(),
  /** A sentence for people. */
  reason: z.string(),
});
export type SemanticDecision = z.infer<typeof semanticDecisionSchema>;

export const cacheDecisionSchema = z.object({
  reason: cacheReasonSchema,
  /** SHA-256 in hex; absent when no key was made. */
  key: z.string().max(64).optional(),
  /** Of a miss, or where it was asked for: the first 16 hex digits of the hash of each part of the key. */
  components: z.record(z.string(), shortHash).optional(),
  /** How long the answer is kept; absent when it is not. */
  ttl_seconds: z.number().int().nonnegative().optional(),
  /** Of a hit: since the answer was stored. */
  age_ms: z.number().nonnegative().optional(),
  /** Of a hit, where the decision was asked for: what the answer cost when it was bought. */
  saved_cost_usd: usdSchema.optional(),
  /** Of a semantic hit. */
  similarity: z.number().optional(),
  /** Of a hit: the event of the call that bought the answer. */
  source_event: z.string().max(128).optional(),
  /** Of a miss: the most alike of the requests lately seen, and what tells the two apart. */
  nearest: z.object({
    event: z.string().max(128),
    /** The parts of the key that differ. */
    differs: z.array(z.string()),
    /** Where in the body, as far as it was kept. */
    paths: z.array(z.string()).max(8),
  }).optional(),
  /** Which of several answers to one request. */
  bucket: z.number().int().nonnegative().optional(),
  semantic: semanticDecisionSchema.optional(),
});
export type CacheDecision = z.infer<typeof cacheDecisionSchema>;
