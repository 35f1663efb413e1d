/**
 * The answers of the analytics API as schemas: the one source of the types here, the OpenAPI document
 * and the tests. Money is a decimal string in US dollars, durations are milliseconds, times are ISO UTC,
 * rates are fractions between 0 and 1 (0 when there were no requests), a number that does not exist
 * (the latency of no requests, the cost of an unknown price) is null.
 *
 * @module
 */
import { z } from "zod";
import { cacheDecisionSchema } from "../event/cache.ts";
import { cacheStatusSchema, keptHeadersSchema, toolCallSchema } from "../event/call.ts";
import { costLineSchema, priceMatchSchema } from "../event/cost.ts";
import { usageBucketsSchema, usageSourceSchema } from "../event/usage.ts";

const count = z.number().int().nonnegative();
const rate = z.number().min(0).max(1);
const milliseconds = z.number().nonnegative();
const instant = z.iso.datetime({ precision: 3 });
/** US dollars, e.g. `"41.2"`; sums may be longer than one event's cost. */
export const moneySchema = z.string().regex(/^\d+(\.\d{1,12})?$/);

/** How a call ended: with an answer below 400, with an error, or because the client left. */
export const statusSchema = z.enum(["success", "error", "aborted"]);
export type Status = z.infer<typeof statusSchema>;

const totalsSchema = z.object({
  total_requests: count,
  successful_requests: count,
  /** Errors and aborted calls: everything that is not a success. */
  failed_requests: count,
  /** All input tokens, cached and written ones included. */
  total_tokens_input: count,
  /** All output tokens, reasoning included. */
  total_tokens_output: count,
  /** Sum of the known costs; `unpriced_requests` says how many calls it leaves out. */
  total_cost_usd: moneySchema,
  /** What answers from the cache would have cost. */
  saved_cost_usd: moneySchema,
  unpriced_requests: count,
  avg_latency_ms: milliseconds.nullable(),
  p50_latency_ms: milliseconds.nullable(),
  p95_latency_ms: milliseconds.nullable(),
  p99_latency_ms: milliseconds.nullable(),
  /** Of the calls that have a time to first token: streamed ones. */
  p50_ttft_ms: milliseconds.nullable(),
  p95_ttft_ms: milliseconds.nullable(),
  /** failed_requests / total_requests. */
  error_rate: rate,
  /** Answers from the cache / total_requests. */
  cache_hit_rate: rate,
  unique_models: count,
  /** To 1 % beyond some ten thousand, exact below. */
  unique_users: count,
  unique_sessions: count,
});
export type Totals = z.infer<typeof totalsSchema>;

const topModelSchema = z.object({
  provider: z.string(),
  model: z.string(),
  request_count: count,
  /** Sum of the known costs; `unpriced_requests` says how many calls it leaves out. */
  total_cost_usd: moneySchema,
  unpriced_requests: count,
});
export type TopModel = z.infer<typeof topModelSchema>;

export const statsSchema = z.object({
  project_id: z.string(),
  /** Included. */
  date_from: instant,
  /** Excluded. */
  date_to: instant,
  stats: totalsSchema,
  /** At most ten, most requests first. */
  top_models: z.array(topModelSchema),
  /** With `compare=previous`: the range of the same length that ends where this one begins. */
  previous: z.object({ date_from: instant, date_to: instant, stats: totalsSchema }).optional(),
});
export type Stats = z.infer<typeof statsSchema>;

export const metricSchema = z.enum([
  "requests",
  "cost",
  "latency",
  "errors",
  "tokens",
  "cache",
  "p50",
  "p95",
  "p99",
  "ttft",
  "saved",
  "unpriced",
]);
/**
 * `requests`, `errors`, `unpriced`: counts. `cost`, `saved`: US dollars. `latency`: mean milliseconds.
 * `p50`, `p95`, `p99`: percentiles of latency, to 1 %. `ttft`: mean milliseconds to the first token of
 * the calls that have one. `tokens`: input and output. `cache`: answers from the cache.
 */
export type Metric = z.infer<typeof metricSchema>;

export const periodSchema = z.enum(["1h", "6h", "24h", "7d", "30d"]);
export type Period = z.infer<typeof periodSchema>;

const pointSchema = z.object({
  /** The bucket's beginning. */
  timestamp: instant,
  /** A number; for `cost` and `saved` a decimal string. 0 (`"0"`) in an empty bucket. */
  value: z.union([z.number(), moneySchema]),
  /** Present when the answer is grouped; null stands for rows that have no such value. */
  group: z.string().nullable().optional(),
  /** True for all groups beyond the largest ones taken together. */
  other: z.literal(true).optional(),
});
export type Point = z.infer<typeof pointSchema>;

export const timeseriesSchema = z.object({
  project_id: z.string(),
  metric: metricSchema,
  /** Absent when the range was given by dates. */
  period: periodSchema.optional(),
  bucket_seconds: z.number().int().positive(),
  /** Included. */
  date_from: instant,
  /** Excluded; the last bucket may not be over yet. */
  date_to: instant,
  group_by: z.string().nullable(),
  /** By group, then by time. */
  data: z.array(pointSchema),
});
export type Timeseries = z.infer<typeof timeseriesSchema>;

export const logRowSchema = z.object({
  event_id: z.string(),
  type: z.string(),
  timestamp: instant,
  provider: z.string(),
  model: z.string(),
  status: statusSchema,
  /** What the client was sent; null when it left before. */
  status_code: z.number().int().nullable(),
  stream: z.boolean(),
  cache: cacheStatusSchema,
  tokens_input: count,
  tokens_output: count,
  tokens_cache_read: count,
  tokens_cache_write: count,
  tokens_reasoning: count,
  /** Null when no price is known. */
  cost_usd: moneySchema.nullable(),
  /** The price catalogue; `none` when nothing matched. */
  price_source: z.string(),
  /** Null when whoever recorded it did not say. */
  latency_ms: milliseconds.nullable(),
  ttft_ms: milliseconds.nullable(),
  user_id: z.string().nullable(),
  session_id: z.string().nullable(),
  trace_id: z.string().nullable(),
  span_id: z.string().nullable(),
  properties: z.record(z.string(), z.string()),
});
export type LogRow = z.infer<typeof logRowSchema>;

/** A row as lists show it. */
const listRowSchema = logRowSchema.extend({
  /** The beginning of the last user message, or else of the answer; at most 200 characters. */
  preview: z.string(),
});
export type ListRow = z.infer<typeof listRowSchema>;

export const logPageSchema = z.object({
  /** Rows that match now, whatever the page. */
  total: count,
  /** Present when there are more than `total` says: they are counted to 100,000. */
  total_is_estimate: z.literal(true).optional(),
  limit: count,
  /** 0 when the page was asked for by cursor. */
  offset: count,
  has_more: z.boolean(),
  /** Give it as `cursor` to get the next page; null on the last one. */
  next_cursor: z.string().nullable(),
  logs: z.array(listRowSchema),
});
export type LogPage = z.infer<typeof logPageSchema>;

/** The list row and everything else that is kept of a call, except its bodies. */
export const eventRowSchema = logRowSchema.extend({
  endpoint: z.string(),
  response_model: z.string().nullable(),
  method: z.string(),
  path: z.string(),
  error: z.object({ code: z.string(), message: z.string(), origin: z.string() }).nullable(),
  overhead_ms: milliseconds,
  /** Of an answer from the cache: what it cost when it was bought; null when that is not known. */
  saved_cost_usd: moneySchema.nullable(),
  /** Of an answer from the cache: how much sooner it was there. */
  saved_latency_ms: milliseconds.nullable(),
  finish_reason: z.string().nullable(),
  response_id: z.string().nullable(),
  key_id: z.string(),
  /** The vault's key that the call was sent on with; null when the vault had none for the provider. */
  provider_key_id: z.string().nullable(),
  parent_span_id: z.string().nullable(),
  usage: z.object({
    buckets: usageBucketsSchema,
    source: usageSourceSchema,
    reported_total: count.nullable(),
    consistent: z.boolean(),
  }),
  response_bytes: count,
  demo: z.boolean(),
});
export type EventRow = z.infer<typeof eventRowSchema>;

export const bodyInfoSchema = z.object({
  content_type: z.string().nullable(),
  /** Bytes as they were sent. */
  original_bytes: count,
  /** Bytes that were kept: less when `truncated`. */
  bytes: count,
  truncated: z.boolean(),
  /** `base64` when the body is not text. */
  encoding: z.enum(["json", "text", "base64"]),
});
export type BodyInfo = z.infer<typeof bodyInfoSchema>;

export const costBreakdownSchema = z.object({
  usd: moneySchema.nullable(),
  lines: z.array(costLineSchema),
  price: z.object({
    source: z.string(),
    version: z.string(),
    provider: z.string().nullable(),
    model: z.string().nullable(),
    match: priceMatchSchema,
    tier: z.string(),
  }),
  /** Why `usd` is null, or why nothing was charged. */
  unpriced_reason: z.string().nullable(),
  /** What the provider itself says that the call cost, when it does. */
  provider_cost_usd: moneySchema.nullable(),
  /** `usd` less `provider_cost_usd`; null unless both are known. */
  difference_usd: z.string().regex(/^-?\d+(\.\d{1,12})?$/).nullable(),
  /** When and why the call was priced again; null when it was not. */
  repriced: z.object({ at: instant, reason: z.string() }).nullable(),
});
export type CostBreakdown = z.infer<typeof costBreakdownSchema>;

/** One attempt of a call that had several. */
const attemptSchema = z.object({
  number: z.number().int().positive(),
  provider: z.string(),
  model: z.string(),
  /** What the route calls the target. */
  target: z.string(),
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  because: z.string(),
  /** Why another one followed; null for the last. */
  next_because: z.string().nullable(),
  /** How long it waited before it was sent. */
  waited_ms: milliseconds,
  latency_ms: milliseconds,
  ttft_ms: milliseconds.nullable(),
  /** What a failed attempt reported, and what that cost; null for nothing. */
  tokens_input: count.nullable(),
  tokens_output: count.nullable(),
  cost_usd: moneySchema.nullable(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** One thing that was decided for the call, and on what grounds. */
export const decisionSchema = z.object({
  about: z.enum(["cache", "price", "usage", "limit", "route", "translation", "attempt"]),
  decision: z.string(),
  because: z.string(),
  /** Of the cache's decision: all that it was made of. */
  detail: cacheDecisionSchema.optional(),
  /** Of an attempt: all that is known of it. */
  attempt: attemptSchema.optional(),
});
export type Decision = z.infer<typeof decisionSchema>;

export const eventDetailSchema = z.object({
  event: eventRowSchema,
  /** The body: parsed when it is JSON (unless `raw=true`), else text or base64; null when none is kept. */
  request: z.unknown(),
  response: z.unknown(),
  bodies: z.object({ request: bodyInfoSchema.nullable(), response: bodyInfoSchema.nullable() }),
  /** Headers that help to understand the call, by name in lower case; null when none was kept. */
  headers: keptHeadersSchema.nullable(),
  tool_calls: z.array(toolCallSchema),
  cost_breakdown: costBreakdownSchema,
  decisions: z.array(decisionSchema),
});
export type EventDetail = z.infer<typeof eventDetailSchema>;
