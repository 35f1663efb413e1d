/**
 * What the event routes answer.
 *
 * @module
 */
import { z } from "zod";

/** Most events of one request. */
export const mostEvents = 1_000;

/** What became of one event. */
export const itemResultSchema = z.object({
  /** The event's id: the client's, or the one that was made; null when the event was too broken. */
  id: z.string().nullable(),
  /**
   * 201: in the log. 200: was there already (same id, same content). 400: not valid. 404: another
   * project's. 409: the id was used for other content. 413: too large. 429, 503: not stored, send it again.
   */
  status: z.number().int(),
  error: z.object({
    /** Stable: `bad_request`, `id_conflict`, `project_not_found`, `event_too_large`, `log_overloaded`, … */
    code: z.string(),
    message: z.string(),
    /** Each field that is wrong, as its path in the event, and what was expected of it. */
    fields: z.array(z.object({ field: z.string(), expected: z.string() })).optional(),
  }).optional(),
}).meta({ id: "IngestItemResult" });
export type ItemResult = z.infer<typeof itemResultSchema>;

/** The answer to a batch: a result for each event, in the order of the request. */
export const batchResultSchema = z.object({
  results: z.array(itemResultSchema),
  /** Events that are in the log now: 201 and 200. */
  accepted: z.number().int().nonnegative(),
  rejected: z.number().int().nonnegative(),
}).meta({ id: "IngestBatchResult" });
export type BatchResult = z.infer<typeof batchResultSchema>;
