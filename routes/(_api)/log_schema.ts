/**
 * What the log's routes take and answer.
 *
 * @module
 */
import { z } from "zod";

const count = z.number().int().nonnegative();

export const logQuerySchema = z.strictObject({
  project_id: z.string().min(1).optional(),
  /** `next` of an earlier answer; from the beginning without one, or when it is empty. */
  after: z.string().regex(
    /^(?:[0-9a-f]{20}\.\d{1,9})?$/,
    "must be the value of next in an earlier answer",
  ).optional(),
  limit: z.coerce.number<string>().int().min(1).max(1_000).default(100),
});

/** A session's project; the counts are those of all. */
export const proofQuerySchema = z.strictObject({ project_id: z.string().min(1).optional() });

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
  /** Events in the log. */
  appended: count,
  /** Of these, in ClickHouse. */
  projected: count,
  /** Of the projected ones, those of the demo: they may have been removed again. */
  demo: count,
  /** Of these, set aside because they cannot be stored as they are. */
  dead_lettered: count,
  /** Second copies of an event whose append was in doubt. */
  repeated: count,
  /** Events that give no row. */
  skipped: count,
  /** Taken out of the log by retention before this projection was made from it. */
  trimmed: count,
  /** Of the projected ones, those that retention has taken away again; null when it was not asked. */
  removed: count.nullable(),
  /** What is left: appended and not dealt with yet. */
  pending: count,
  /** ClickHouse's own count; null when it was not asked. */
  stored: count.nullable(),
};

/** Counts of the whole installation: partitions hold several projects. */
export const logProofSchema = z.object({
  consumer: z.string(),
  generation: count,
  partitions: z.array(z.object({
    partition: count,
    ...proofCounts,
    /** Up to where the log was counted; null when it is empty. */
    position: z.string().nullable(),
  })),
  total: z.object(proofCounts),
  /** Nothing waits, nothing is missing, and nothing is stored that the log does not explain. */
  complete: z.boolean(),
});
