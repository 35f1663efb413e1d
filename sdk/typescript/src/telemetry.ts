/**
 * A tracer for the Vercel AI SDK, which records itself through OpenTelemetry's tracer interface
 * (ai-sdk.dev, "Telemetry"). It keeps to the part of that interface that the AI SDK uses, so that
 * no OpenTelemetry package is needed here. Spans go to `/v1/traces` as OTLP/JSON.
 *
 * @module
 */
import type { WatchLLM } from "./client.ts";
import type { Json } from "./events.ts";
import { spanId, traceId } from "./ids.ts";
import { type Internals, internals } from "./internals.ts";
import type { LiveSpan } from "./span.ts";
import { written } from "./written.ts";

/** What `aiSdkTelemetry()` can be told. */
export interface TelemetryOptions {
  /** A name for this use of the AI SDK. */
  readonly functionId?: string;
  /** Further facts. `userId` and `sessionId` become the call's user and session. */
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
  /** Whether prompts are recorded. @default {true} */
  readonly recordInputs?: boolean;
  /** Whether answers are recorded. @default {true} */
  readonly recordOutputs?: boolean;
}

/** What the AI SDK takes as `experimental_telemetry`. */
export interface Telemetry extends TelemetryOptions {
  /** Always true. */
  readonly isEnabled: true;
  /** OpenTelemetry's `Tracer`, as far as the AI SDK uses it. */
  // deno-lint-ignore no-explicit-any -- OpenTelemetry's own type, without its package
  readonly tracer: any;
}

interface Ports extends Pick<Internals, "current" | "enter" | "sampled"> {
  readonly send: (span: Json) => void;
}

/** One queue for each client, whatever number of tracers it has. */
const ports = new WeakMap<WatchLLM, Ports>();

/**
 * Records the Vercel AI SDK's calls, steps and tools as part of the present trace.
 *
 * Up to version 6 it is a call's `experimental_telemetry`. From version 7 its `tracer` is given to the
 * integration of `@ai-sdk/otel`, once: `registerTelemetry(new OpenTelemetry({ tracer }))`.
 *
 * @example
 * ```ts
 * import { aiSdkTelemetry, WatchLLM } from "@watchllm/sdk";
 *
 * const watch = new WatchLLM({ enabled: false });
 * // generateText({ model, prompt, experimental_telemetry })
 * const experimental_telemetry = aiSdkTelemetry(watch, { functionId: "answer" });
 * console.assert(experimental_telemetry.isEnabled);
 * ```
 */
export function aiSdkTelemetry(watch: WatchLLM, options: TelemetryOptions = {}): Telemetry {
  const using = ports.get(watch) ?? portsOf(watch);
  ports.set(watch, using);
  const tracer = {
    startSpan: (name: string, settings?: Json, context?: Json) =>
      new OtelSpan(name, settings, parentOf(context) ?? using.current(), using),
    startActiveSpan(name: string, ...rest: Json[]) {
      const work = rest.pop();
      const [settings, context] = rest;
      const parent = parentOf(context) ?? using.current();
      const span = new OtelSpan(name, settings, parent, using);
      return using.enter(span.asParent(), () => work(span));
    },
  };
  return { ...options, isEnabled: true, tracer };
}

/** Where OpenTelemetry's contexts keep their span. */
const spanKey = Symbol.for("OpenTelemetry Context Key SPAN");

/** The span of an OpenTelemetry context, when it is one of ours. */
function parentOf(context: Json): LiveSpan | undefined {
  const span = context?.getValue?.(spanKey);
  return span instanceof OtelSpan ? span.asParent() : undefined;
}

function portsOf(watch: WatchLLM): Ports {
  const internal = internals.get(watch);
  if (!internal) throw new TypeError("This is no client of this SDK");
  const scope = { name: "watchllm", version: internal.version };
  const send = internal.senderTo(
    "/v1/traces",
    (spans) =>
      `{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"scope":${
        JSON.stringify(scope)
      },"spans":[${spans.join()}]}]}]}`,
  );
  return { ...internal, send };
}

class OtelSpan {
  readonly #ports: Ports;
  readonly #traceId: string;
  readonly #spanId = spanId();
  readonly #parent: LiveSpan | undefined;
  readonly #started: number;
  #name: string;
  #attributes: Record<string, Json>;
  readonly #events: Json[] = [];
  #status: { code: number; message?: string } = { code: 0 };
  #ended = false;

  constructor(name: string, settings: Json, parent: LiveSpan | undefined, ports: Ports) {
    this.#ports = ports;
    this.#parent = parent;
    this.#traceId = this.#parent?.traceId ?? traceId();
    this.#name = name;
    this.#attributes = { ...settings?.attributes };
    this.#started = milliseconds(settings?.startTime);
  }

  spanContext() {
    return { traceId: this.#traceId, spanId: this.#spanId, traceFlags: 1 };
  }

  setAttribute(name: string, value: Json): this {
    this.#attributes[name] = value;
    return this;
  }

  setAttributes(attributes: Record<string, Json>): this {
    Object.assign(this.#attributes, attributes);
    return this;
  }

  addEvent(name: string, attributes?: Json): this {
    this.#events.push({
      name,
      timeUnixNano: nanoseconds(Date.now()),
      attributes: keyValues(attributes ?? {}),
    });
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(status: { code: number; message?: string }): this {
    this.#status = status;
    return this;
  }

  updateName(name: string): this {
    this.#name = name;
    return this;
  }

  isRecording(): boolean {
    return !this.#ended;
  }

  recordException(error: Json): void {
    this.addEvent("exception", {
      "exception.type": error?.name ?? "Error",
      "exception.message": error?.message ?? String(error),
    });
  }

  end(at?: Json): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#ports.sampled(this.#traceId)) return;
    const { userId, sessionId } = this.#parent?.facts ?? {};
    this.#ports.send({
      traceId: this.#traceId,
      spanId: this.#spanId,
      ...(this.#parent && { parentSpanId: this.#parent.spanId }),
      name: this.#name,
      kind: 1,
      startTimeUnixNano: nanoseconds(this.#started),
      endTimeUnixNano: nanoseconds(milliseconds(at)),
      attributes: keyValues({
        ...(userId && { "user.id": userId }),
        ...(sessionId && { "session.id": sessionId }),
        ...this.#attributes,
      }),
      events: this.#events,
      status: this.#status,
    });
  }

  /** What work inside takes for the span around it. */
  asParent(): LiveSpan {
    const sampled = this.#ports.sampled(this.#traceId);
    const traceparent = `00-${this.#traceId}-${this.#spanId}-${sampled ? "01" : "00"}`;
    return {
      traceId: this.#traceId,
      spanId: this.#spanId,
      eventId: this.#spanId,
      traceparent,
      headers: { traceparent },
      facts: this.#parent?.facts ?? {},
      sampled,
      set: () => {},
      fail: () => {},
      end: () => this.end(),
    };
  }
}

/** OpenTelemetry's times: a `Date`, milliseconds, or seconds with nanoseconds; now when there is none. */
function milliseconds(time: Json): number {
  const ms = Array.isArray(time) ? time[0] * 1e3 + time[1] / 1e6 : Number(time);
  return ms > 1e12 ? Math.round(ms) : Date.now();
}

/** OTLP/JSON has 64-bit numbers as text. */
function nanoseconds(ms: number): string {
  return `${BigInt(ms) * 1_000_000n}`;
}

function keyValues(attributes: Record<string, Json>): Json[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [{ key, value: anyValue(value) }]
  );
}

function anyValue(value: Json): Json {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  switch (typeof value) {
    case "boolean":
      return { boolValue: value };
    case "number":
      return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    case "bigint":
      return { intValue: String(value) };
    case "string":
      return { stringValue: value };
    default:
      return { stringValue: written(value) ?? "" };
  }
}
