/**
 * The event that tells whether a similar question's answer would have been right: what the semantic
 * cache learns from. It holds hashes and numbers, and no word of a question or an answer.
 *
 * @module
 */
import { z } from "zod";

export const judgementDataSchema = z.object({
  /** SHA-256 of the context, in hex. */
  partition: z.string().max(64),
  /** What found the question, its version included. */
  embedder: z.string().max(512),
  /** The call whose answer was compared, or that feedback was given on; null when it is not known. */
  event_id: z.string().max(128).nullable(),
  similarity: z.number().min(-2).max(2),
  correct: z.boolean(),
  /** How it was found out. */
  by: z.enum(["exact", "normalised", "embedding", "words", "judge", "feedback"]),
  /** `verified`: the hit could have been served. */
  from: z.enum(["shadow", "verified", "feedback"]),
  /** The project's error target at that time. */
  error_target: z.number(),
});
export type JudgementData = z.infer<typeof judgementDataSchema>;
