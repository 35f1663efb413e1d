/**
 * What the log's routes take and answer.
 *
 * @module
 */
import { z } from "zod";

const count = z.number().int().nonnegative();

export const logQuerySchema = z.strictObject({
  project_id: z.string().min(1).optional(),
  /** `next` of an earlier answer; from the beginning without one. */
  after: z.string().regex(
    /^[0-9a-f]{20}\.\d{1,9}$/,
    "must be the value of next in an earlier answer",
  ).optional(),
  limit: z.coerce.number<string>().int().min(1).max(1_000).default(100),
});

export const logEventsSchema = z.object({
  /** In commit order. An event may be there twice after a crash: the copies have one id. */
  events: z.array(z.object({
    position: z.string(),
    /** As it was appended; see `type` and `v`. */
    event: z.looseObject({ id: z.string(), type: z.string(), v: z.number(), at: z.string() }),
  })),
  /** Give it as `after` to go on, now or later. Null: the log holds nothing yet. */
  next: z.string().nullable(),
  /** False when the log's end was reached. A page may hold no event and still have more behind it. */
  has_more: z.boolean(),
});
export type LogEvents = z.infer<typeof logEventsSchema>;

const proofCounts = {
  appended: count,
  projected: count,
  dead_lettered: count,
  /** appended - projected - dead_lettered */
  pending: count,
};

/** Counts of the whole installation: partitions hold several projects. */
export const logProofSchema = z.object({
  partitions: z.array(z.object({ partition: count, ...proofCounts })),
  total: z.object(proofCounts),
});
export type LogProof = z.infer<typeof logProofSchema>;
