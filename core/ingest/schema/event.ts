/**
 * What `POST /v1/events` takes: one schema for each kind of event. Requests are checked with them (two
 * microseconds an event), errors explained and the OpenAPI document made.
 *
 * Fields that a schema does not name are kept: as properties of a call, as attributes of a span.
 *
 * @module
 */
import { z } from "zod";
import {
  bounds,
  costSchema,
  durationSchema,
  errorSchema,
  idSchema,
  innerToolCallSchema,
  jsonSchema,
  maybe,
  nameSchema,
  outcomeSchema,
  propertiesSchema,
  timestampSchema,
  tokensSchema,
} from "./parts.ts";

/** What every event may say. */
const base = {
  /**
   * The event's own id; made when absent. Sent again within 24 hours with the same content it is a
   * duplicate (200), with other content a conflict (409).
   */
  event_id: maybe(idSchema),
  /** The same as `event_id`. */
  id: maybe(idSchema),
  /** When it began; now when absent. */
  timestamp: maybe(timestampSchema),
  /** Must be the key's own project. */
  project_id: maybe(z.string()),
  trace_id: maybe(nameSchema),
  span_id: maybe(nameSchema),
  parent_span_id: maybe(nameSchema),
  /** The run that it belongs to: the trace's id when `trace_id` is absent, else a property. */
  run_id: maybe(nameSchema),
  user_id: maybe(nameSchema),
  session_id: maybe(nameSchema),
  tags: maybe(z.array(z.string().max(bounds.tag)).max(bounds.tags)),
  release: maybe(nameSchema),
  environment: maybe(nameSchema),
  /** The same as `environment`. */
  env: maybe(nameSchema),
  properties: maybe(propertiesSchema),
  /** Any JSON object: its entries become properties (calls) or attributes (spans). */
  metadata: maybe(z.record(z.string(), jsonSchema)),
  /** Where it came from: `hostname`, `sdk_version`, `platform`. */
  client: maybe(z.record(z.string(), jsonSchema)),
};

/** A call of a model that did not pass through the gateway. Only `type` and `model` are needed. */
export const promptCallSchema = z.looseObject({
  type: z.literal("prompt_call"),
  ...base,
  model: nameSchema,
  /** The model that answered. */
  model_version: maybe(z.string().max(bounds.name)),
  response_model: maybe(z.string().max(bounds.name)),
  /** As the gateway names it, e.g. `openai`; read from the model's name when absent, else `unknown`. */
  provider: maybe(nameSchema),
  operation: maybe(z.enum([
    "chat",
    "text_completion",
    "responses",
    "embeddings",
    "messages",
    "generate_content",
    "other",
  ])),
  /** Text, messages, or any JSON that was sent. `messages` and `input` are read as well. */
  prompt: maybe(jsonSchema),
  messages: maybe(jsonSchema),
  input: maybe(jsonSchema),
  prompt_template_id: maybe(nameSchema),
  /** Text, or any JSON that was answered. */
  response: maybe(jsonSchema),
  output: maybe(jsonSchema),
  response_id: maybe(z.string().max(bounds.name)),
  response_metadata: maybe(z.record(z.string(), jsonSchema)),
  /** All input tokens, cached and written ones included. */
  tokens_input: maybe(tokensSchema),
  /** All output tokens, reasoning included. */
  tokens_output: maybe(tokensSchema),
  /** Of the input, those read from the provider's cache. */
  tokens_cache_read: maybe(tokensSchema),
  /** Of the input, those written to the provider's cache. */
  tokens_cache_write: maybe(tokensSchema),
  /** Of the output, those spent on reasoning. */
  tokens_reasoning: maybe(tokensSchema),
  /** The provider's own usage object, as it answered it; goes before the `tokens_` fields. */
  usage: maybe(z.record(z.string(), jsonSchema)),
  /** What it cost, when the client knows better; else it is priced here. */
  cost_usd: maybe(costSchema),
  /** The same as `cost_usd`. */
  cost_estimate_usd: maybe(costSchema),
  latency_ms: maybe(durationSchema),
  /** To the first token. */
  ttft_ms: maybe(durationSchema),
  status: maybe(outcomeSchema),
  /** The provider's HTTP status. */
  status_code: maybe(z.number().int().min(100).max(599)),
  error: maybe(errorSchema),
  stream: maybe(z.boolean()),
  finish_reason: maybe(z.string().max(bounds.name)),
  tool_calls: maybe(z.array(innerToolCallSchema).max(128)),
  /** The tool calls whose results this call's prompt brought. */
  tool_result_ids: maybe(z.array(nameSchema).max(128)),
});

/** What spans of all kinds have in common. */
const spanBase = {
  ...base,
  name: maybe(z.string().max(bounds.name)),
  /** Its end; else `duration_ms` or `latency_ms` tell it, else it is a moment. */
  end_time: maybe(timestampSchema),
  /** The same as `timestamp`. */
  start_time: maybe(timestampSchema),
  duration_ms: maybe(durationSchema),
  latency_ms: maybe(durationSchema),
  status: maybe(outcomeSchema),
  status_message: maybe(z.string().max(bounds.message)),
  error: maybe(errorSchema),
  input: maybe(jsonSchema),
  output: maybe(jsonSchema),
  attributes: maybe(z.record(z.string(), jsonSchema)),
  level: maybe(z.string().max(32)),
};

export const spanKindSchema = z.enum([
  "span",
  "agent",
  "chain",
  "tool",
  "retriever",
  "embedding",
  "reranker",
  "guardrail",
  "evaluator",
  "event",
]);

/** A stretch of work. */
export const spanSchema = z.looseObject({
  type: z.literal("span"),
  ...spanBase,
  kind: maybe(spanKindSchema),
});

/** One use of a tool. */
export const toolCallSchema = z.looseObject({
  type: z.literal("tool_call"),
  ...spanBase,
  tool_name: maybe(z.string().max(bounds.name)),
  /** The id that the model gave the call. */
  tool_id: maybe(z.string().max(bounds.name)),
});

/** One step of an agent. */
export const agentStepSchema = z.looseObject({
  type: z.literal("agent_step"),
  ...spanBase,
  agent_name: maybe(z.string().max(bounds.name)),
  step_number: maybe(z.number().int().min(0).max(4_294_967_295)),
  step_name: maybe(z.string().max(bounds.name)),
  /** `reasoning`, `tool_call`, `validation`, `output`, or the agent's own word. */
  step_type: maybe(z.string().max(bounds.name)),
  input_data: maybe(jsonSchema),
  output_data: maybe(jsonSchema),
  reasoning: maybe(jsonSchema),
  context: maybe(jsonSchema),
});

/** Something failed. */
export const errorEventSchema = z.looseObject({
  type: z.literal("error"),
  ...spanBase,
  message: maybe(z.string()),
});

const alertKinds = [
  "assertion_failed",
  "hallucination_detected",
  "cost_threshold_exceeded",
  "performance_alert",
] as const;

/** Something was noticed. Whatever else it says (`threshold`, `actual`, `severity`) is kept. */
export const alertSchema = z.looseObject({
  type: z.enum(alertKinds),
  ...spanBase,
  message: maybe(z.string()),
});

/** What a score or a feedback is about: at least one of them. */
const subject = {
  ...base,
  /** A call or span by its event id, e.g. what `X-WatchLLM-Event-Id` said. */
  target_event_id: maybe(idSchema),
  comment: maybe(z.string().max(bounds.message)),
};

/** A measurement of a call, a span, a trace or a session. */
export const scoreSchema = z.looseObject({
  type: z.literal("score"),
  ...subject,
  name: nameSchema,
  value: z.union([z.number(), z.boolean(), z.string().max(1_000)], {
    error: "must be a number, true, false or text",
  }),
});

const ratingSchema = z.union([
  z.enum(["up", "down", "positive", "negative", "good", "bad", "like", "dislike"]),
  z.number().min(-1_000).max(1_000),
  z.boolean(),
], { error: 'must be "up" or "down", a number, true or false' });

/**
 * What a person thought of an answer. Without another target, `event_id` is the call that it is about
 * and `id` its own id.
 */
export const feedbackSchema = z.looseObject({
  type: z.literal("feedback"),
  ...subject,
  /** `up` and above zero is good, `down` and below zero is bad. */
  rating: maybe(ratingSchema),
  /** The same as `rating`. */
  value: maybe(ratingSchema),
  score: maybe(ratingSchema),
  /** What should have been answered. */
  correction: maybe(jsonSchema),
});

/** Any event, told apart by `type`. */
export const ingestEventSchema = z.discriminatedUnion("type", [
  promptCallSchema,
  toolCallSchema,
  agentStepSchema,
  errorEventSchema,
  spanSchema,
  scoreSchema,
  feedbackSchema,
  alertSchema,
]).meta({ id: "IngestEvent" });

export type IngestEvent = z.infer<typeof ingestEventSchema>;
export type IngestKind = IngestEvent["type"];
export type PromptCall = z.infer<typeof promptCallSchema>;
export type SpanEvent = Extract<
  IngestEvent,
  { type: "span" | "tool_call" | "agent_step" | "error" | (typeof alertKinds)[number] }
>;
export type ScoreEvent = z.infer<typeof scoreSchema>;
export type FeedbackEvent = z.infer<typeof feedbackSchema>;

/** Every kind, in the order of the documentation. */
export const ingestKinds = [
  "prompt_call",
  "tool_call",
  "agent_step",
  "error",
  "span",
  "score",
  "feedback",
  ...alertKinds,
] as const satisfies readonly IngestKind[];
