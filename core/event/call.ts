/**
 * The terminal event of a proxied LLM call. Exactly one is appended for each call that reached the
 * gateway with a valid key: `call.completed`, `call.failed` or `call.aborted`.
 *
 * @module
 */
import { z } from "zod";
import { cacheDecisionSchema } from "./cache.ts";
import { routeSchema, translationSchema } from "./attempt.ts";
import { costSchema, usdSchema } from "./cost.ts";
import { limitDecisionSchema } from "./limits.ts";
import { sourceSchema, spanFactsSchema } from "./span.ts";
import { usageSchema } from "./usage.ts";

/** The operation, named after OpenTelemetry's `gen_ai.operation.name` where it has a name. */
export const endpointSchema = z.enum([
  "chat",
  "text_completion",
  "responses",
  "embeddings",
  "messages",
  "generate_content",
  "count_tokens",
  "models",
  "other",
]);
export type Endpoint = z.infer<typeof endpointSchema>;

/** What the cache did, as the `X-WatchLLM-Cache` header says it. */
export const cacheStatusSchema = z.enum([
  "HIT",
  "HIT-SEMANTIC",
  "HIT-COALESCED",
  "MISS",
  "BYPASS",
]);
export type CacheStatus = z.infer<typeof cacheStatusSchema>;

export const toolCallSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** The arguments as the model wrote them, JSON or not. */
  arguments: z.string(),
});
export type ToolCall = z.infer<typeof toolCallSchema>;

/** Who failed. */
export const errorOriginSchema = z.enum(["gateway", "provider", "client", "network"]);

const headerFields = z.record(z.string(), z.string());

/** Headers of a call that help to understand it, by name in lower case; never a credential. */
export const keptHeadersSchema = z.object({ request: headerFields, response: headerFields });
export type KeptHeaders = z.infer<typeof keptHeadersSchema>;

const milliseconds = z.number().nonnegative();

export const callDataSchema = z.object({
  provider: z.string(),
  endpoint: endpointSchema,
  /** The model that was asked for, without the provider's prefix; empty when the request names none. */
  model: z.string(),
  /** The model that answered, as the provider names it. */
  response_model: z.string().nullable(),
  method: z.string(),
  /** The provider's path, without query. */
  path: z.string(),
  /** The status the client got; null when it left before one was sent. */
  status_code: z.number().int().min(100).max(599).nullable(),
  error: z.object({
    /** A code of our error table, or the provider's own error type. */
    code: z.string(),
    message: z.string(),
    origin: errorOriginSchema,
  }).nullable(),
  stream: z.boolean(),
  cache: cacheStatusSchema,
  /** Why the cache did that; absent when it could take no part. */
  cache_decision: cacheDecisionSchema.nullable().optional(),
  /** Of an answer from the cache: what it cost when it was bought; null when no price was known. */
  saved_cost_usd: usdSchema.nullable().optional(),
  /** Of an answer from the cache: how much sooner it was there than when it was bought. */
  saved_latency_ms: milliseconds.nullable().optional(),
  /** From the request's first byte to the answer's end; null when whoever recorded it did not say. */
  latency_ms: milliseconds.nullable(),
  /** To the first byte of the provider's body; null when none came. */
  ttft_ms: milliseconds.nullable(),
  /** The longest silence within a streamed body; null for what was not streamed in pieces. */
  stream_gap_ms: milliseconds.nullable().optional(),
  /** Output tokens for each second between the first and the last byte of a stream. */
  tokens_per_second: z.number().nonnegative().nullable().optional(),
  /** Time that the gateway itself spent before the upstream request was sent. */
  overhead_ms: milliseconds,
  usage: usageSchema,
  cost: costSchema,
  /** The service tier that the answer names, in the provider's word; null when it names none. */
  service_tier: z.string().nullable().optional(),
  /** Anthropic's `usage.speed`. */
  speed: z.string().nullable().optional(),
  /** Anthropic's `usage.inference_geo`. */
  inference_geo: z.string().nullable().optional(),
  /** What the provider itself says that the call cost (OpenRouter); kept beside ours, never taken for it. */
  provider_cost_usd: usdSchema.nullable().optional(),
  finish_reason: z.string().nullable(),
  tool_calls: z.array(toolCallSchema),
  /** The tool calls whose results the request brought: with the answer before, a tool's latency. */
  tool_result_ids: z.array(z.string()).nullable().optional(),
  /** The provider's id of the answer or request, for support cases. */
  response_id: z.string().nullable(),
  key_id: z.string(),
  /** The vault's key that the provider was called with; null when the vault had none for it. */
  provider_key_id: z.string().nullable().optional(),
  user_id: z.string().nullable(),
  session_id: z.string().nullable(),
  trace_id: z.string().nullable(),
  span_id: z.string().nullable(),
  parent_span_id: z.string().nullable(),
  properties: z.record(z.string(), z.string()),
  /** Who recorded it; absent for the gateway. */
  source: sourceSchema.optional(),
  /** What it says as a span of its trace; absent when it is none. */
  span: spanFactsSchema.nullable().optional(),
  /** How it was routed; absent for a call that went straight to what it named. */
  route: routeSchema.nullable().optional(),
  /** Between which formats it was translated; absent for a call that went as it was. */
  translation: translationSchema.nullable().optional(),
  /** Of the request as the client sent it and of the provider's answer; absent when none was kept. */
  headers: keptHeadersSchema.nullable().optional(),
  /** Bytes of the answer that the client was sent. */
  response_bytes: z.number().int().nonnegative(),
  /** What the project's limits had to say; absent when nothing. */
  limits: z.array(limitDecisionSchema).optional(),
  /** True for events that `task demo` wrote; they can be removed again. */
  demo: z.boolean(),
});

/** Everything the gateway knows of a call when it ends. Its bodies are the event's payloads. */
export type CallData = z.infer<typeof callDataSchema>;
