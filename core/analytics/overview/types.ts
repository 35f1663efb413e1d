/**
 * The answer behind the overview page as a schema: figures of a range beside those of the one before,
 * the same figures over time, and what the money went to. Units as everywhere in analytics: money is a
 * decimal string in US dollars, durations are milliseconds, null is a number that does not exist.
 *
 * @module
 */
import { z } from "zod";
import { moneySchema } from "../types.ts";

const count = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();
const instant = z.iso.datetime({ precision: 3 });

const figuresSchema = z.object({
  requests: count,
  /** Errors and aborted calls. */
  failed: count,
  /** Answers from the cache. */
  hits: count,
  /** Sum of the known costs. */
  cost_usd: moneySchema,
  /** What answers from the cache would have cost. */
  saved_usd: moneySchema,
  /** Calls that `cost_usd` leaves out. */
  unpriced: count,
  p50_ms: milliseconds.nullable(),
  p95_ms: milliseconds.nullable(),
  p99_ms: milliseconds.nullable(),
  /** Median time to the answer's first byte, over the calls that have one. */
  ttft_ms: milliseconds.nullable(),
  tokens_input: count,
  tokens_output: count,
});
export type OverviewFigures = z.infer<typeof figuresSchema>;

const bucketSchema = figuresSchema.extend({ at: instant });
export type OverviewBucket = z.infer<typeof bucketSchema>;

const overviewModelSchema = z.object({
  provider: z.string(),
  model: z.string(),
  requests: count,
  failed: count,
  cost_usd: moneySchema,
  unpriced: count,
  p95_ms: milliseconds.nullable(),
  before: z.object({
    requests: count,
    failed: count,
    cost_usd: moneySchema,
    p95_ms: milliseconds.nullable(),
  }),
});
export type OverviewModel = z.infer<typeof overviewModelSchema>;

const spenderSchema = z.object({
  requests: count,
  failed: count,
  cost_usd: moneySchema,
  unpriced: count,
});
export const userSchema = spenderSchema.extend({ user_id: z.string() });
const propertySchema = spenderSchema.extend({ name: z.string(), value: z.string() });

const promptSchema = z.object({
  /** The beginning of the last user message. */
  preview: z.string(),
  requests: count,
  cost_usd: moneySchema,
  /** The most expensive call among them. */
  event_id: z.string(),
  model: z.string(),
  most_usd: moneySchema,
});
export type OverviewPrompt = z.infer<typeof promptSchema>;

/** Something that a person should look at, with the figures that say so. */
const attentionSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("errors"),
    provider: z.string(),
    model: z.string(),
    rate: z.number(),
    rate_before: z.number().nullable(),
    failed: count,
  }),
  z.object({
    kind: z.literal("slow"),
    provider: z.string(),
    model: z.string(),
    p95_ms: milliseconds,
    p95_before_ms: milliseconds,
  }),
  z.object({
    kind: z.literal("spend"),
    provider: z.string(),
    model: z.string(),
    cost_usd: moneySchema,
    cost_before_usd: moneySchema,
  }),
  z.object({
    kind: z.literal("unpriced"),
    provider: z.string(),
    model: z.string(),
    calls: count,
  }),
]);
export type Attention = z.infer<typeof attentionSchema>;

const modelSpendSchema = z.object({
  /** Null: calls that name no model; `other` with `rest: true`: the sum beyond the eight largest. */
  model: z.string().nullable(),
  rest: z.boolean(),
  /** By bucket, as in `series`. */
  cost_usd: z.array(moneySchema),
});

export const overviewSchema = z.object({
  project_id: z.string(),
  date_from: instant,
  date_to: instant,
  bucket_seconds: count,
  now: figuresSchema,
  /** Of the range before; null when nobody asked. */
  before: figuresSchema.nullable(),
  series: z.array(bucketSchema),
  spend_by_model: z.array(modelSpendSchema),
  /** Most spent on first, at most ten. */
  models: z.array(overviewModelSchema),
  users: z.array(userSchema),
  properties: z.array(propertySchema),
  prompts: z.array(promptSchema),
  /** Most pressing first, at most six. */
  attention: z.array(attentionSchema),
});
export type Overview = z.infer<typeof overviewSchema>;
