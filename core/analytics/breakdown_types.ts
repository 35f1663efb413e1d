/**
 * The answers about groups of calls: their figures, and which properties there are.
 *
 * @module
 */
import { z } from "zod";
import { moneySchema } from "./types.ts";

const count = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();
const instant = z.iso.datetime({ precision: 3 });

export const breakdownOrderSchema = z.enum([
  "cost",
  "requests",
  "errors",
  "tokens",
  "p95",
  "last_seen",
]);
export type BreakdownOrder = z.infer<typeof breakdownOrderSchema>;

const groupFiguresSchema = z.object({
  requests: count,
  /** Errors and aborted calls. */
  errors: count,
  /** Sum of the known costs; `unpriced_requests` says how many calls it leaves out. */
  cost_usd: moneySchema,
  unpriced_requests: count,
  saved_cost_usd: moneySchema,
  tokens_input: count,
  tokens_output: count,
  /** Answers from the cache. */
  cached_requests: count,
  p50_latency_ms: milliseconds.nullable(),
  p95_latency_ms: milliseconds.nullable(),
  /** Null when there were no requests. */
  last_seen: instant.nullable(),
});
export type GroupFigures = z.infer<typeof groupFiguresSchema>;

const rangeShape = { date_from: instant, date_to: instant };

export const breakdownSchema = z.object({
  project_id: z.string(),
  ...rangeShape,
  by: z.string(),
  order: breakdownOrderSchema,
  /** How many groups there are, shown or not. */
  groups: count,
  /** All groups together; with `by=error` the calls that have an error code. */
  total: groupFiguresSchema,
  rows: z.array(groupFiguresSchema.extend({
    /** Null stands for calls that have no such value. */
    group: z.string().nullable(),
    /** The provider, when all calls of the group went to one. */
    provider: z.string().nullable(),
    /** With `compare=previous`: the same group in the range before. */
    previous: groupFiguresSchema.optional(),
  })),
  /** With `compare=previous`: the range of the same length that ends where this one begins. */
  previous: z.object({ ...rangeShape, total: groupFiguresSchema }).optional(),
});
export type Breakdown = z.infer<typeof breakdownSchema>;

export const propertiesSchema = z.object({
  project_id: z.string(),
  ...rangeShape,
  /** Most requests first, at most 500. */
  properties: z.array(z.object({
    name: z.string(),
    requests: count,
    /** How many different values it had, about. */
    values: count,
    last_seen: instant,
  })),
});
export type Properties = z.infer<typeof propertiesSchema>;
