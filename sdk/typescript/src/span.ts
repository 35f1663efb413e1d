/**
 * Handles on work that is under way. A handle gathers what is known of it and makes the event when the
 * work ends.
 *
 * @module
 */
import { snapshot } from "./written.ts";
import type { ErrorFacts, EventBase, Json, Outcome, SpanKind, WatchEvent } from "./events.ts";

/** What a trace says for all that happens in it. */
export interface TraceFacts {
  /** Who the application works for. */
  readonly userId?: string;
  /** The conversation. */
  readonly sessionId?: string;
  /** Words to filter by. */
  readonly tags?: readonly string[];
  /** Short facts to filter and group by. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
}

/** What can be said when work begins. */
export interface SpanOptions {
  /** What goes in. */
  readonly input?: Json;
  /** Further facts. */
  readonly attributes?: Readonly<Record<string, Json>>;
  /** Where context does not follow by itself (browsers after an `await`): the span around. */
  readonly parent?: Span;
}

/** What can be said when a trace begins. */
export interface TraceOptions extends SpanOptions, TraceFacts {
  /** Goes on with a trace of another process: its 32 hex digits. */
  readonly traceId?: string;
  /** The span of that process that this work belongs to. */
  readonly parentSpanId?: string;
}

/** What can be said when other work begins. */
export interface WorkOptions extends SpanOptions {
  /** What the work is about. @default {"span"} */
  readonly kind?: SpanKind;
}

/** What can be said when a tool is used. */
export interface ToolOptions extends SpanOptions {
  /** The id that the model gave the call. */
  readonly toolId?: string;
}

/** What can be said when a model is called. */
export interface GenerationOptions extends SpanOptions {
  /** As it is asked for. */
  readonly model: string;
  /** As the gateway names it, e.g. `openai`. */
  readonly provider?: string;
}

/** Work that is under way. */
export interface Span {
  /** The trace that it belongs to. */
  readonly traceId: string;
  /** Its own id in the trace. */
  readonly spanId: string;
  /** The id of the event that will tell of it: what scores and feedback can name. */
  readonly eventId: string;
  /** W3C trace context, to go on with the trace in another process. */
  readonly traceparent: string;
  /** Headers that make a call through the gateway part of this trace. */
  readonly headers: Readonly<Record<string, string>>;
  /** Adds facts. A value is a snapshot: what is changed afterwards is not seen. */
  set(facts: SpanResult): void;
  /** Marks it as failed. */
  fail(error: unknown): void;
  /** Ends it; later calls do nothing. */
  end(facts?: SpanResult): void;
}

/** What is known when work has ended. The second half is for calls of models. */
export interface SpanResult {
  /** What came out. */
  output?: Json;
  /** How it ended. */
  status?: Outcome;
  /** Further facts. */
  attributes?: Readonly<Record<string, Json>>;
  /** Tokens; or the provider's own usage object. */
  usage?: Usage | Json;
  /** The model that answered. */
  responseModel?: string;
  /** The provider's id of the answer. */
  responseId?: string;
  /** Why the model stopped. */
  finishReason?: string;
  /** What the model asked for. */
  toolCalls?: readonly { id?: string; name: string; arguments?: Json }[];
  /** US dollars as a decimal string, when you know better than the price list. */
  costUsd?: string;
  /** To the first token, in milliseconds. */
  ttftMs?: number;
  /** Whether it was streamed. */
  stream?: boolean;
}

/** Tokens of a call. */
export interface Usage {
  /** All input tokens, cached and written ones included. */
  readonly input?: number;
  /** All output tokens, reasoning included. */
  readonly output?: number;
  /** Of the input, those read from the provider's cache. */
  readonly cacheRead?: number;
  /** Of the input, those written to it. */
  readonly cacheWrite?: number;
  /** Of the output, those spent on reasoning. */
  readonly reasoning?: number;
}

/** What a handle is made from. */
export interface SpanMaking {
  readonly event: Partial<WatchEvent> & { readonly type: WatchEvent["type"] };
  readonly ids: Pick<Span, "traceId" | "spanId" | "eventId">;
  readonly facts: TraceFacts;
  readonly parentSpanId: string | undefined;
  /** Whether the trace is among those that are sent. */
  readonly sampled: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
  readonly send: (event: WatchEvent) => void;
}

/** A handle with what the client needs of it to make the ones inside. */
export interface LiveSpan extends Span {
  readonly facts: TraceFacts;
  readonly sampled: boolean;
}

export function startSpan(making: SpanMaking): LiveSpan {
  const { ids, facts, parentSpanId, sampled, now, monotonic, send } = making;
  const at = now();
  const started = monotonic();
  const gathered: Record<string, Json> = { ...making.event };
  let ended = false;
  const traceparent = `00-${ids.traceId}-${ids.spanId}-${sampled ? "01" : "00"}`;

  return {
    ...ids,
    facts,
    sampled,
    traceparent,
    get headers() {
      return {
        traceparent,
        ...headerOf("x-watchllm-user", facts.userId),
        ...headerOf("x-watchllm-session", facts.sessionId),
      };
    },
    set(result) {
      Object.assign(gathered, wireFacts(snapshot(result), gathered));
    },
    fail(error) {
      gathered.status = "error";
      gathered.error = errorFacts(error);
    },
    end(result) {
      if (ended) return;
      ended = true;
      if (result) Object.assign(gathered, wireFacts(result, gathered));
      const took = Math.max(0, Math.round((monotonic() - started) * 1_000) / 1_000);
      send({
        ...gathered,
        ...baseOf(facts),
        event_id: ids.eventId,
        timestamp: new Date(at).toISOString(),
        trace_id: ids.traceId,
        span_id: ids.spanId,
        ...(parentSpanId && { parent_span_id: parentSpanId }),
        [gathered.type === "prompt_call" ? "latency_ms" : "duration_ms"]: took,
        status: gathered.status ?? "success",
      } as WatchEvent);
    },
  };
}

/** A trace's facts in the server's words. */
export function baseOf({ userId, sessionId, tags, properties }: TraceFacts): EventBase {
  // Without what is not there it is the event's own fields.
  return defined({ user_id: userId, session_id: sessionId, tags, properties }) as EventBase;
}

/** An id as text: applications have numbers, and an empty one is none. */
export function idOf(id: unknown): string | undefined {
  return id === undefined || id === null || id === "" ? undefined : String(id);
}

/** A header that any client can send: percent-encoded when it is not plain, as the gateway reads it. */
function headerOf(name: string, value = ""): Record<string, string> {
  try {
    const text = /[^!-$&-~]/.test(value) ? encodeURIComponent(value) : value;
    return text ? { [name]: text } : {};
  } catch {
    // Half a character.
    return {};
  }
}

/** What failed, from whatever was thrown: it may be an object that cannot even be looked at. */
export function errorFacts(error: unknown): ErrorFacts {
  try {
    if (!(error instanceof Error)) return { message: String(error) };
    // Node's errors have a code; on others it is undefined.
    const { message, name, stack, code } = error as Error & { code?: unknown };
    return {
      message,
      type: name,
      ...(stack && { stack: stack.slice(0, 4_000) }),
      ...((typeof code === "string" || typeof code === "number") && { code }),
    };
  } catch {
    return { message: "" };
  }
}

function wireFacts(result: SpanResult, before: Record<string, Json>): Record<string, Json> {
  const { usage, attributes, responseModel, responseId, finishReason, toolCalls } = result;
  const { costUsd, ttftMs, output, status, stream } = result;
  return defined({
    output,
    status,
    stream,
    attributes: attributes && { ...before.attributes, ...attributes },
    ...(usage && usageFacts(usage)),
    response_model: responseModel,
    response_id: responseId,
    finish_reason: finishReason,
    tool_calls: toolCalls,
    cost_usd: costUsd,
    ttft_ms: ttftMs,
  });
}

const ours = ["input", "output", "cacheRead", "cacheWrite", "reasoning"];

/** Our own counts by name; anything else is a provider's usage object, which the server reads. */
function usageFacts(usage: Usage | Json): Record<string, Json> {
  const names = Object.keys(usage);
  if (!names.every((name) => ours.includes(name))) return { usage };
  return defined({
    tokens_input: usage.input,
    tokens_output: usage.output,
    tokens_cache_read: usage.cacheRead,
    tokens_cache_write: usage.cacheWrite,
    tokens_reasoning: usage.reasoning,
  });
}

/** Leaves out what is not there. */
export function defined<T extends object>(facts: T): { [K in keyof T]: NonNullable<T[K]> } {
  const there = Object.entries(facts).filter(([, value]) => value !== undefined && value !== null);
  // The entries of `facts`, without those that are not there.
  return Object.fromEntries(there) as { [K in keyof T]: NonNullable<T[K]> };
}
