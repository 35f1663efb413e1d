/**
 * The client: traces, spans, scores and feedback, queued and sent behind the host's back.
 *
 * @module
 */
import { Analytics } from "./analytics.ts";
import { wrapAnthropic } from "./anthropic.ts";
import type { FeedbackEvent, ScoreEvent, WatchEvent } from "./events.ts";
import { eventId, spanId, traceId } from "./ids.ts";
import { wrapOpenAI } from "./openai.ts";
import { type Settings, settingsOf, type WatchLLMOptions } from "./options.ts";
import { type Counts, Outbox } from "./outbox.ts";
import { type ProviderName, proxy, type ProxyAddress } from "./proxy.ts";
import { followGenerator, isGenerator } from "./generator.ts";
import { internals } from "./internals.ts";
import { createCarrier, onExit } from "./runtime.ts";
import {
  baseOf,
  type GenerationOptions,
  idOf,
  type LiveSpan,
  type Span,
  type SpanMaking,
  type SpanOptions,
  startSpan,
  type ToolOptions,
  type TraceFacts,
  type TraceOptions,
  type WorkOptions,
} from "./span.ts";
import { snapshot } from "./written.ts";

/** Work that is given its handle. */
export type Work<R> = (span: Span) => R;

const version = "0.1.0";
/** The carrier is shared, so that a span of one client can be the parent of another's. */
const carrier = createCarrier<LiveSpan>();

/**
 * A client of one project.
 *
 * It never throws into the host and never holds it up: events are queued within bounds and sent in the
 * background until the server has acknowledged them. What will not arrive is told to `onLoss`.
 *
 * @example
 * ```ts
 * import { WatchLLM } from "@watchllm/sdk";
 *
 * // In your code the address is WatchLLM's; here a small server stands in for it.
 * const taken: string[] = [];
 * const server = Deno.serve({ port: 0, onListen() {} }, async (request) => {
 *   const { events } = await request.json();
 *   taken.push(...events.map(({ type }: { type: string }) => type));
 *   return Response.json({ results: events.map(() => ({ id: null, status: 201 })) });
 * });
 * {
 *   await using watch = new WatchLLM({
 *     apiKey: "wl_live_…",
 *     baseUrl: `http://127.0.0.1:${server.addr.port}`,
 *   });
 *   await watch.trace("answer", { userId: "u_1" }, async () => {
 *     const found = await watch.tool("search", { input: { q: "refund" } }, () => ["Page 3"]);
 *     return found.length;
 *   });
 * }
 * console.assert(taken.join() === "tool_call,span");
 * await server.shutdown();
 * ```
 */
export class WatchLLM implements AsyncDisposable {
  /** What is stored, read back. */
  readonly analytics: Analytics;
  readonly #settings: Settings;
  readonly #outbox: Outbox;
  readonly #forget: () => void;

  /** Makes a client. Nothing is sent, and no connection made, before the first event. */
  constructor(options: WatchLLMOptions = {}) {
    const settings = this.#settings = settingsOf(options);
    this.#outbox = new Outbox(settings, (trace) => this.#sampled(trace));
    this.analytics = new Analytics(settings);
    this.#forget = onExit(() => void this.#leave());
    internals.set(this, {
      version,
      current: () => carrier.get(),
      enter: (span, work) => carrier.run(span, work),
      sampled: (trace) => this.#sampled(trace),
      senderTo: (path, body) => this.#outbox.senderTo(path, body),
    });
  }

  /** Where WatchLLM is, without a slash at the end. */
  get baseUrl(): string {
    return this.#settings.baseUrl;
  }

  /** What has become of the events until now. */
  get counts(): Counts {
    return this.#outbox.counts;
  }

  /** The innermost span around this line of code. */
  current(): Span | undefined {
    return carrier.get();
  }

  /** Runs work as the root of a trace; what is recorded inside belongs to it. */
  trace<R>(name: string, work: Work<R>): R;
  /** The same, with facts for all that happens in it. */
  trace<R>(name: string, options: TraceOptions, work: Work<R>): R;
  trace<R>(name: string, options: TraceOptions | Work<R>, work?: Work<R>): R {
    const [given, run] = optionsAndWork<TraceOptions, R>(options, work);
    return this.#run(this.startTrace(name, given), run);
  }

  /** Runs work as a span. */
  span<R>(name: string, work: Work<R>): R;
  /** The same, with what is known when it begins. */
  span<R>(name: string, options: WorkOptions, work: Work<R>): R;
  span<R>(name: string, options: WorkOptions | Work<R>, work?: Work<R>): R {
    const [given, run] = optionsAndWork<WorkOptions, R>(options, work);
    return this.#run(this.startSpan(name, given), run);
  }

  /** Runs a tool; what it returns is its output. */
  tool<R>(name: string, work: Work<R>): R;
  /** The same, with what is known when it begins. */
  tool<R>(name: string, options: ToolOptions, work: Work<R>): R;
  tool<R>(name: string, options: ToolOptions | Work<R>, work?: Work<R>): R {
    const [given, run] = optionsAndWork<ToolOptions, R>(options, work);
    const { toolId } = given;
    const event = { type: "tool_call", name, tool_name: name, ...(toolId && { tool_id: toolId }) };
    // An event's beginning: `set` and the end give the rest.
    return this.#run(this.#start(event as SpanMaking["event"], given), run, true);
  }

  /** Runs a call of a model that does not pass through the gateway. Tell its tokens with `set`. */
  generation<R>(name: string, options: GenerationOptions, work: Work<R>): R {
    return this.#run(this.startGeneration(name, options), work);
  }

  /** Begins a trace whose end you tell yourself. */
  startTrace(name: string, options: TraceOptions = {}): Span {
    const { traceId: given, parentSpanId, userId, sessionId, tags, properties } = options;
    const facts = {
      userId: idOf(userId),
      sessionId: idOf(sessionId),
      tags,
      properties,
    } as TraceFacts;
    return this.#start({ type: "span", kind: "chain", name }, options, {
      facts,
      traceId: given ?? traceId(),
      parentSpanId,
    });
  }

  /** Begins a span whose end you tell yourself. */
  startSpan(name: string, options: WorkOptions = {}): Span {
    return this.#start({ type: "span", kind: options.kind ?? "span", name }, options);
  }

  /** Begins a call of a model whose end you tell yourself. */
  startGeneration(name: string, options: GenerationOptions): Span {
    const { model, provider } = options;
    const metadata = { name };
    return this.#start(
      { type: "prompt_call", model, metadata, ...(provider && { provider }) },
      options,
    );
  }

  /** Records a measurement, of the present span when it names nothing else. */
  score(score: Omit<ScoreEvent, "type">): string {
    return this.#about({ ...score, type: "score" });
  }

  /** Records what a person thought, of the present span when it names nothing else. */
  feedback(feedback: Omit<FeedbackEvent, "type">): string {
    return this.#about({ ...feedback, type: "feedback" });
  }

  /** Records any event, as part of the present span. Returns its id. */
  record(event: WatchEvent): string {
    const span = carrier.get();
    const id = event.event_id ?? this.#newId();
    this.#outbox.send({
      timestamp: new Date().toISOString(),
      ...(span &&
        { ...baseOf(span.facts), trace_id: span.traceId, parent_span_id: span.spanId }),
      ...event,
      event_id: id,
    } as WatchEvent);
    return id;
  }

  /**
   * Sends what is queued.
   *
   * @returns how many events are not acknowledged when `timeoutMs` are over; they stay queued
   */
  async flush(timeoutMs = 30_000): Promise<number> {
    return await this.#outbox.flush(timeoutMs);
  }

  /** Sends what is queued, for at most `timeoutMs`, and reports the rest as lost. */
  async close(timeoutMs: number = this.#settings.exitTimeoutMs): Promise<void> {
    this.#forget();
    await this.#outbox.close(timeoutMs);
  }

  /** The same as `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Records the calls of an OpenAI client, from `npm:openai`. The client is changed in place. */
  wrapOpenAI<T extends object>(client: T): T {
    return wrapOpenAI(client, this);
  }

  /** Records the calls of an Anthropic client, from `npm:@anthropic-ai/sdk`. It is changed in place. */
  wrapAnthropic<T extends object>(client: T): T {
    return wrapAnthropic(client, this);
  }

  /**
   * Base URL and headers that send a provider's own client through the gateway, as part of the present
   * trace.
   */
  proxy(provider: ProviderName): ProxyAddress {
    const { baseUrl, apiKey } = this.#settings;
    return proxy(provider, { baseUrl, apiKey, headers: carrier.get()?.headers ?? {} });
  }

  /** The host is about to end: what the server does not take in time is reported. */
  async #leave(): Promise<void> {
    if (this.counts.queued === 0) return;
    if (await this.flush(this.#settings.exitTimeoutMs) > 0) await this.close(0);
  }

  #run<R>(span: Span, work: Work<R>, outputIsResult = false): R {
    const ended = (result: unknown) => span.end(outputIsResult ? { output: result } : {});
    const failed = (error: unknown) => {
      span.fail(error);
      span.end();
    };
    let result: R;
    try {
      // Spans are made by `#start` alone, which makes live ones.
      result = carrier.run(span as LiveSpan, () => work(span));
    } catch (error) {
      failed(error);
      throw error;
    }
    // Thenables of the providers' clients do more than promises: they are handed on as they are.
    if (result instanceof Promise) result.then(ended, failed);
    else if (isGenerator(result)) {
      const within = <T>(step: () => T) => carrier.run(span as LiveSpan, step);
      followGenerator(result, within, () => span.end(), failed);
    } else ended(result);
    return result;
  }

  #start(
    event: SpanMaking["event"],
    { input, attributes, parent }: SpanOptions,
    root?: { facts: TraceFacts; traceId: string; parentSpanId: string | undefined },
  ): LiveSpan {
    // Spans are made by this method alone, and are live ones.
    const around = (parent as LiveSpan | undefined) ?? carrier.get();
    const trace = root?.traceId ?? around?.traceId ?? traceId();
    return startSpan({
      event: {
        ...event,
        ...(input !== undefined && { input: snapshot(input) }),
        ...(attributes && { attributes }),
      },
      ids: { traceId: trace, spanId: spanId(), eventId: this.#newId() },
      facts: root?.facts ?? around?.facts ?? {},
      parentSpanId: root ? root.parentSpanId : around?.spanId,
      sampled: root || !around ? this.#sampled(trace) : around.sampled,
      now: Date.now,
      monotonic: () => performance.now(),
      send: (made) => this.#outbox.send(made),
    });
  }

  /** By the trace's id, so that every process decides alike. One that is no hex is always sent. */
  #sampled(trace: string): boolean {
    const end = trace.slice(-8);
    return !/^[\da-f]{8}$/i.test(end) || parseInt(end, 16) < this.#settings.sampleRate * 2 ** 32;
  }

  #about(event: ScoreEvent | FeedbackEvent): string {
    const { target_event_id, trace_id, span_id, session_id } = event;
    const span = carrier.get();
    const named = target_event_id ?? trace_id ?? span_id ?? session_id;
    const id = event.event_id ?? this.#newId();
    this.#outbox.send({
      timestamp: new Date().toISOString(),
      ...(span && !named && { trace_id: span.traceId, span_id: span.spanId }),
      ...event,
      // About nothing, it must not be taken for an opinion about the event of its own id.
      [named || span ? "event_id" : "id"]: id,
    });
    return id;
  }

  #newId(): string {
    return eventId(Date.now());
  }
}

function optionsAndWork<O, R>(first: O | Work<R>, second?: Work<R>): [O, Work<R>] {
  // The overloads allow a function in the first place only when there is none in the second.
  return second ? [first as O, second] : [{} as O, first as Work<R>];
}
