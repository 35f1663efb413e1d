/**
 * The events that are sent, in the server's words (`docs/ingest.md`). Everything but `type` and what a
 * kind cannot do without is optional; `event_id` and `timestamp` are filled in.
 *
 * @module
 */

/** Any JSON value. */
// deno-lint-ignore no-explicit-any -- prompts, arguments and answers are the host's own types
export type Json = any;

/** What every event may say. */
export interface EventBase {
  /** Its own id; the same id is stored once, however often it is sent. */
  event_id?: string;
  /** When it began: ISO 8601, or milliseconds since 1970. */
  timestamp?: string | number;
  /** 32 hex digits. */
  trace_id?: string;
  /** 16 hex digits. */
  span_id?: string;
  /** The span that it belongs to. */
  parent_span_id?: string;
  /** Who the application worked for. */
  user_id?: string;
  /** The conversation. */
  session_id?: string;
  /** Words to filter by. */
  tags?: readonly string[];
  /** The application's version. */
  release?: string;
  /** `production`, `staging`, … */
  environment?: string;
  /** Short facts to filter and group by, at most 50. */
  properties?: Readonly<Record<string, string | number | boolean>>;
  /** Any further facts. */
  metadata?: Readonly<Record<string, Json>>;
}

/** How something ended. */
export type Outcome = "success" | "error" | "timeout" | "assertion_failed" | "warning";

/** What failed. */
export interface ErrorFacts {
  /** In words. */
  message: string;
  /** The exception's class. */
  type?: string;
  /** A code, as HTTP's or the provider's. */
  code?: string | number;
  /** Where. */
  stack?: string;
}

/** One tool call that a model asked for. */
export interface ToolCallFacts {
  /** The model's id of it. */
  id?: string;
  /** The tool. */
  name: string;
  /** As the model wrote them, or parsed. */
  arguments?: Json;
}

/** A call of a model that did not pass through the gateway. */
export interface PromptCallEvent extends EventBase {
  /** The kind. */
  type: "prompt_call";
  /** As it was asked for. */
  model: string;
  /** As it answered. */
  response_model?: string;
  /** As the gateway names it, e.g. `openai`. */
  provider?: string;
  /** The API that was used. */
  operation?:
    | "chat"
    | "text_completion"
    | "responses"
    | "embeddings"
    | "messages"
    | "generate_content"
    | "other";
  /** Text, messages, or whatever was sent. */
  input?: Json;
  /** Text, or whatever was answered. */
  output?: Json;
  /** The provider's id of the answer. */
  response_id?: string;
  /** All input tokens, cached and written ones included. */
  tokens_input?: number;
  /** All output tokens, reasoning included. */
  tokens_output?: number;
  /** Of the input, those read from the provider's cache. */
  tokens_cache_read?: number;
  /** Of the input, those written to it. */
  tokens_cache_write?: number;
  /** Of the output, those spent on reasoning. */
  tokens_reasoning?: number;
  /** The provider's usage object as it came; goes before the fields above. */
  usage?: Json;
  /** US dollars as a decimal string, when you know better than the price list. */
  cost_usd?: string;
  /** From request to the answer's end. */
  latency_ms?: number;
  /** To the first token. */
  ttft_ms?: number;
  /** How it ended. */
  status?: Outcome;
  /** The provider's HTTP status. */
  status_code?: number;
  /** What failed. */
  error?: ErrorFacts;
  /** Whether it was streamed. */
  stream?: boolean;
  /** Why the model stopped. */
  finish_reason?: string;
  /** What the model asked for. */
  tool_calls?: readonly ToolCallFacts[];
  /** The tool calls whose results this prompt brought. */
  tool_result_ids?: readonly string[];
}

/** What kinds of spans share. */
export interface SpanBase extends EventBase {
  /** What was done. */
  name?: string;
  /** How long it took. */
  duration_ms?: number;
  /** How it ended. */
  status?: Outcome;
  /** What failed. */
  error?: ErrorFacts;
  /** What went in. */
  input?: Json;
  /** What came out. */
  output?: Json;
  /** Further facts. */
  attributes?: Readonly<Record<string, Json>>;
}

/** What a span is about. */
export type SpanKind =
  | "span"
  | "agent"
  | "chain"
  | "tool"
  | "retriever"
  | "embedding"
  | "reranker"
  | "guardrail"
  | "evaluator"
  | "event";

/** A stretch of work. */
export interface SpanEvent extends SpanBase {
  /** The kind of event. */
  type: "span";
  /** The kind of work. */
  kind?: SpanKind;
}

/** One use of a tool. */
export interface ToolCallEvent extends SpanBase {
  /** The kind. */
  type: "tool_call";
  /** The tool. */
  tool_name?: string;
  /** The id that the model gave the call. */
  tool_id?: string;
}

/** One step of an agent. */
export interface AgentStepEvent extends SpanBase {
  /** The kind. */
  type: "agent_step";
  /** Whose step. */
  agent_name?: string;
  /** Which one, from 0 or 1. */
  step_number?: number;
  /** What it does. */
  step_name?: string;
  /** `reasoning`, `tool_call`, `validation`, `output`, or your own word. */
  step_type?: string;
  /** Why. */
  reasoning?: Json;
}

/** Something failed, or was noticed. */
export interface AlertEvent extends SpanBase {
  /** The kind. */
  type:
    | "error"
    | "assertion_failed"
    | "hallucination_detected"
    | "cost_threshold_exceeded"
    | "performance_alert";
  /** In words. */
  message?: string;
}

/** A measurement. One of `target_event_id`, `span_id`, `trace_id` and `session_id` says of what. */
export interface ScoreEvent extends EventBase {
  /** The kind. */
  type: "score";
  /** What was measured. */
  name: string;
  /** How it came out. */
  value: number | boolean | string;
  /** The event that it is about. */
  target_event_id?: string;
  /** Why. */
  comment?: string;
}

/** What a person thought of an answer. */
export interface FeedbackEvent extends EventBase {
  /** The kind. */
  type: "feedback";
  /** The event that it is about, e.g. what `X-WatchLLM-Event-Id` said. */
  target_event_id?: string;
  /** Good or bad. */
  rating: "up" | "down" | number | boolean;
  /** Why. */
  comment?: string;
  /** What should have been answered. */
  correction?: Json;
}

/** Any event. */
export type WatchEvent =
  | PromptCallEvent
  | SpanEvent
  | ToolCallEvent
  | AgentStepEvent
  | AlertEvent
  | ScoreEvent
  | FeedbackEvent;
