/**
 * The answers about traces, sessions, users, models, tools and scores as schemas: the one source of the
 * types here, the OpenAPI document and the tests. Conventions as in `types.ts`.
 *
 * @module
 */
import { z } from "zod";
import { logRowSchema, moneySchema } from "./types.ts";

const count = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();
const instant = z.iso.datetime({ precision: 3 });

const page = {
  limit: count,
  has_more: z.boolean(),
  /** Give it as `cursor` to get the next page; null on the last one. */
  next_cursor: z.string().nullable(),
};

/** What calls add up to; a call that another one stands for is left out. */
const sums = {
  calls: count,
  tokens_input: count,
  tokens_output: count,
  /** Sum of the known costs. */
  cost_usd: moneySchema,
  unpriced_requests: count,
};

const traceSummarySchema = z.object({
  trace_id: z.string(),
  /** The root span's; else the first call's model. */
  name: z.string(),
  start: instant,
  end: instant,
  duration_ms: milliseconds,
  status: z.enum(["success", "error"]),
  /** Recorded spans, calls not counted. */
  spans: count,
  tool_calls: count,
  /** Spans and calls that failed. */
  errors: count,
  ...sums,
  models: z.array(z.string()),
  services: z.array(z.string()),
  user_id: z.string().nullable(),
  session_id: z.string().nullable(),
  environment: z.string().nullable(),
}).meta({ id: "TraceSummary" });
export type TraceSummary = z.infer<typeof traceSummarySchema>;

export const tracePageSchema = z.object({ ...page, traces: z.array(traceSummarySchema) });
export type TracePage = z.infer<typeof tracePageSchema>;

export const scoreRowSchema = z.object({
  event_id: z.string(),
  timestamp: instant,
  kind: z.enum(["score", "feedback"]),
  name: z.string(),
  /** Null: it is text. */
  value: z.number().nullable(),
  text: z.string(),
  data_type: z.enum(["numeric", "boolean", "categorical"]),
  comment: z.string().nullable(),
  target_event_id: z.string().nullable(),
  trace_id: z.string().nullable(),
  span_id: z.string().nullable(),
  session_id: z.string().nullable(),
  user_id: z.string().nullable(),
  source: z.string(),
  properties: z.record(z.string(), z.string()),
  correction: z.string().nullable(),
}).meta({ id: "Score" });
export type ScoreRow = z.infer<typeof scoreRowSchema>;

export const scorePageSchema = z.object({ ...page, scores: z.array(scoreRowSchema) });
export type ScorePage = z.infer<typeof scorePageSchema>;

const nodeCallSchema = z.object({
  provider: z.string(),
  model: z.string(),
  cache: z.string(),
  status_code: z.number().int().nullable(),
  tokens_input: count,
  tokens_output: count,
  tokens_cache_read: count,
  tokens_cache_write: count,
  tokens_reasoning: count,
  cost_usd: moneySchema.nullable(),
  provider_cost_usd: moneySchema.nullable(),
  ttft_ms: milliseconds.nullable(),
  /** False: another call below it stands for it, and statistics leave it out. */
  counted: z.boolean(),
});

/** One place in a trace's tree. */
const traceNodeSchema = z.object({
  /** Unique in the tree. */
  id: z.string(),
  /** The event behind it; null when nobody recorded it. */
  event_id: z.string().nullable(),
  span_id: z.string().nullable(),
  /** As it was recorded: its parent may be missing. */
  parent_span_id: z.string().nullable(),
  kind: z.string(),
  name: z.string(),
  /** As it was recorded. */
  start: instant,
  duration_ms: milliseconds.nullable(),
  /** From the trace's beginning, with the skew corrected. */
  offset_ms: milliseconds,
  /** What its clock was behind its parent's, and was added for display; 0 when nothing was. */
  skew_ms: milliseconds,
  status: z.enum(["success", "error", "aborted", "unset"]),
  status_message: z.string().nullable(),
  source: z.string(),
  service: z.string().nullable(),
  preview: z.string(),
  /** Null: it is no call. */
  call: nodeCallSchema.nullable(),
  tool: z.object({ id: z.string().nullable(), name: z.string() }).nullable(),
  /** True: not recorded, but follows from two calls, the first asking for a tool, the second with its result. */
  derived: z.boolean(),
  /** True: holds those whose parent was not recorded. */
  synthetic: z.boolean(),
  scores: z.array(scoreRowSchema),
  get children() {
    return z.array(traceNodeSchema);
  },
}).meta({ id: "TraceNode" });
export type TraceNode = z.infer<typeof traceNodeSchema>;

export const traceSchema = z.object({
  trace: traceSummarySchema,
  roots: z.array(traceNodeSchema),
  /** Scores of the trace as a whole; a span's stand at the span. */
  scores: z.array(scoreRowSchema),
  /** What was mended to make it a tree, in sentences. */
  notes: z.array(z.string()),
  /** True: it has more spans than are shown. */
  truncated: z.boolean(),
});
export type Trace = z.infer<typeof traceSchema>;

export const spanDetailSchema = z.object({
  event_id: z.string(),
  trace_id: z.string(),
  span_id: z.string(),
  parent_span_id: z.string().nullable(),
  kind: z.string(),
  name: z.string(),
  start: instant,
  duration_ms: milliseconds.nullable(),
  status: z.enum(["success", "error", "aborted", "unset"]),
  status_message: z.string().nullable(),
  level: z.string().nullable(),
  source: z.string(),
  service: z.string().nullable(),
  scope: z.string().nullable(),
  environment: z.string().nullable(),
  release: z.string().nullable(),
  tags: z.array(z.string()),
  user_id: z.string().nullable(),
  session_id: z.string().nullable(),
  tool: z.object({ id: z.string().nullable(), name: z.string() }).nullable(),
  attributes: z.record(z.string(), z.string()),
  /** Names of attributes that no mapping knows. */
  unmapped: z.array(z.string()),
  /** Parsed when it is JSON, else text or base64; null when none is kept, or for a call. */
  input: z.unknown(),
  output: z.unknown(),
  /** True: it is a call, whose bodies and price are at /v1/analytics/event/:event_id. */
  is_call: z.boolean(),
});
export type SpanDetail = z.infer<typeof spanDetailSchema>;

const sessionSummarySchema = z.object({
  session_id: z.string(),
  start: instant,
  end: instant,
  duration_ms: milliseconds,
  traces: count,
  errors: count,
  ...sums,
  users: z.array(z.string()),
  models: z.array(z.string()),
}).meta({ id: "SessionSummary" });
export type SessionSummary = z.infer<typeof sessionSummarySchema>;

export const sessionPageSchema = z.object({ ...page, sessions: z.array(sessionSummarySchema) });
export type SessionPage = z.infer<typeof sessionPageSchema>;

const toolUseSchema = z.object({
  tool_call_id: z.string(),
  name: z.string(),
  /** When the answer that asked for it ended, or the tool's span began. */
  start: instant,
  duration_ms: milliseconds.nullable(),
  /** True: from two calls; false: from a recorded span. */
  derived: z.boolean(),
  asked_by: z.string().nullable(),
  answered_to: z.string().nullable(),
});
export type ToolUse = z.infer<typeof toolUseSchema>;

/** A call of a session with what was said in it; empty texts where none were kept. */
const sessionCallSchema = logRowSchema.extend({
  /** The last message of the user, at most 2,000 characters. */
  asked: z.string(),
  /** The answer's text, at most 2,000 characters. */
  answered: z.string(),
});
export type SessionCall = z.infer<typeof sessionCallSchema>;

export const sessionSchema = z.object({
  session: sessionSummarySchema,
  /** Latest first, at most 200. */
  traces: z.array(traceSummarySchema),
  /** In order, at most 500. */
  calls: z.array(sessionCallSchema),
  tools: z.array(toolUseSchema),
  scores: z.array(scoreRowSchema),
});
export type Session = z.infer<typeof sessionSchema>;

const userSummarySchema = z.object({
  user_id: z.string(),
  first_seen: instant,
  last_seen: instant,
  sessions: count,
  errors: count,
  ...sums,
}).meta({ id: "UserSummary" });
export type UserSummary = z.infer<typeof userSummarySchema>;

export const userPageSchema = z.object({ ...page, users: z.array(userSummarySchema) });
export type UserPage = z.infer<typeof userPageSchema>;

const modelSummarySchema = z.object({
  provider: z.string(),
  model: z.string(),
  errors: count,
  ...sums,
  avg_latency_ms: milliseconds.nullable(),
  p95_latency_ms: milliseconds.nullable(),
  p50_ttft_ms: milliseconds.nullable(),
  cache_hits: count,
  first_seen: instant,
  last_seen: instant,
}).meta({ id: "ModelSummary" });
export type ModelSummary = z.infer<typeof modelSummarySchema>;

export const userSchema = z.object({
  user: userSummarySchema,
  models: z.array(modelSummarySchema),
  /** Latest first, at most 50. */
  sessions: z.array(sessionSummarySchema),
});
export type User = z.infer<typeof userSchema>;

export const modelListSchema = z.object({ models: z.array(modelSummarySchema) });

const toolSummarySchema = z.object({
  name: z.string(),
  /** Times that a model asked for it, or a span tells of it. */
  uses: count,
  /** Of these, with a known duration. */
  timed: count,
  /** Of these, derived from two calls. */
  derived: count,
  errors: count,
  avg_ms: milliseconds.nullable(),
  p50_ms: milliseconds.nullable(),
  p95_ms: milliseconds.nullable(),
  last_used: instant,
}).meta({ id: "ToolSummary" });
export type ToolSummary = z.infer<typeof toolSummarySchema>;
export const toolListSchema = z.object({ tools: z.array(toolSummarySchema) });

export const unmappedSchema = z.object({
  mapping_version: z.number().int(),
  attributes: z.array(z.object({
    name: z.string(),
    spans: count,
    scopes: z.array(z.string()),
    /** One of its values, cut. */
    example: z.string(),
    last_seen: instant,
  })),
});
export type Unmapped = z.infer<typeof unmappedSchema>;
