/**
 * Work that is no call of a model: a span of a trace, a tool's use, an agent's step, an error or an
 * alert. What was sent in and what came out are the event's payloads `input` and `output`.
 *
 * @module
 */
import { z } from "zod";

/** Who recorded it: the gateway itself, or what reached `core/ingest/` and by which way. */
export const sourceSchema = z.enum(["gateway", "sdk", "otel", "langfuse", "helicone"]);
export type Source = z.infer<typeof sourceSchema>;

export const spanKindSchema = z.enum([
  "span",
  "call",
  "agent",
  "agent_step",
  "chain",
  "tool",
  "retriever",
  "embedding",
  "reranker",
  "guardrail",
  "evaluator",
  "event",
  "error",
  "assertion_failed",
  "hallucination_detected",
  "cost_threshold_exceeded",
  "performance_alert",
]);
export type SpanKind = z.infer<typeof spanKindSchema>;

/** What a span says beside its place in the trace; calls that are spans say it too. */
export const spanFactsSchema = z.object({
  kind: spanKindSchema,
  name: z.string(),
  /** The beginning in microseconds since 1970: the event's own time has only milliseconds. */
  start_us: z.number().int().nonnegative(),
  status_message: z.string().nullable(),
  level: z.string().nullable(),
  /** The service and the instrumentation library, as OpenTelemetry names them. */
  service: z.string().nullable(),
  scope: z.string().nullable(),
  environment: z.string().nullable(),
  release: z.string().nullable(),
  tags: z.array(z.string()),
  /** Everything else that it says; what is no text is JSON. */
  attributes: z.record(z.string(), z.string()),
  /** Names of attributes that no mapping knows. */
  unmapped: z.array(z.string()),
});
export type SpanFacts = z.infer<typeof spanFactsSchema>;

export const spanDataSchema = spanFactsSchema.extend({
  source: sourceSchema,
  trace_id: z.string().min(1),
  span_id: z.string().min(1),
  parent_span_id: z.string().nullable(),
  /** Null: it has not ended, or nobody said when. */
  duration_ms: z.number().nonnegative().nullable(),
  /** `unset`: nobody said how it ended. */
  status: z.enum(["success", "error", "unset"]),
  user_id: z.string().nullable(),
  session_id: z.string().nullable(),
  tool_name: z.string().nullable(),
  /** The id that the model gave the tool call. */
  tool_call_id: z.string().nullable(),
  key_id: z.string(),
  /** The event that this one replaces in the analytics; null: it is a span of its own. */
  amends: z.string().nullable(),
  demo: z.boolean(),
});
export type SpanData = z.infer<typeof spanDataSchema>;
