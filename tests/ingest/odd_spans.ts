/** Spans as exporters of all kinds write them, and what is made of them, without a server. */
import type { CallData } from "@/core/event/call.ts";
import type { SpanData } from "@/core/event/span.ts";
import { mapSpan } from "@/core/ingest/otel/map_span.ts";
import { readJson } from "@/core/ingest/otel/read_json.ts";
import type { OtelSpan } from "@/core/ingest/otel/span.ts";
import type { Payload } from "@/core/log/contract.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import type { Json } from "@/tests/api/fixture.ts";
import { trace } from "./span_bodies.ts";

/** Any value as OTLP's JSON has it; what is an AnyValue already stays. */
export function any(value: unknown): Json {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(any) } };
  const object = value as Readonly<Record<string, unknown>>;
  if (Object.keys(object).some((name) => /_?[vV]alue$/.test(name))) return object;
  return { kvlistValue: { values: list(object) } };
}

export function list(attributes: Readonly<Record<string, unknown>>) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: any(value) }));
}

const base = {
  traceId: trace,
  spanId: "00f067aa0ba902b7",
  name: "call",
  startTimeUnixNano: "1772614800000000000",
  endTimeUnixNano: "1772614801000000000",
};

export function readSpan(
  attributes: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): OtelSpan {
  const spans = [{ ...base, attributes: list(attributes), ...more }];
  const [group] = readJson({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const span = group?.spans[0];
  if (!span) throw new Error("The span was not read");
  return span;
}

/** What a span becomes. */
export function mapped(
  attributes: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
) {
  const span = readSpan(attributes, more);
  const { draft, payloads } = mapSpan(
    span,
    { resource: {}, scope: { name: "", version: "", attributes: {} } },
    "id",
    {
      project: "p",
      keyId: "k",
      now: 0,
      source: "otel",
      prices: noProjectPrices,
      newId: () => "new",
    },
  );
  return {
    type: draft.type,
    call: draft.data as CallData,
    span: draft.data as SpanData,
    request: bodyOf(payloads?.request ?? payloads?.input),
    response: bodyOf(payloads?.response ?? payloads?.output),
  };
}

function bodyOf(payload: Payload | undefined): Json {
  const text = payload ? new TextDecoder().decode(payload.bytes) : "null";
  return payload?.contentType === "text/plain" ? text : JSON.parse(text);
}

export function events(...all: readonly (readonly [string, Readonly<Record<string, unknown>>])[]) {
  return {
    events: all.map(([name, attributes]) => ({
      name,
      timeUnixNano: "1772614800500000000",
      attributes: list(attributes),
    })),
  };
}
