/** Spans as OTLP's JSON has them, for tests. */

export const trace = "4bf92f3577b34da6a3ce929d0e0e4736";

type Scalar = string | number | boolean | readonly string[];

export interface SpanParts {
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceId?: string;
  readonly name?: string;
  /** Milliseconds after the trace's beginning. */
  readonly startMs?: number;
  readonly durationMs?: number;
  readonly attributes?: Readonly<Record<string, Scalar>>;
  readonly events?: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, Scalar>>;
  }[];
  readonly status?: { readonly code: number; readonly message?: string };
}

/** 2026-03-04T09:00:00.000Z */
const beginMs = Date.UTC(2026, 2, 4, 9);

function spanBody(parts: SpanParts) {
  const start = beginMs + (parts.startMs ?? 0);
  return {
    traceId: parts.traceId ?? trace,
    spanId: parts.spanId,
    ...(parts.parentSpanId && { parentSpanId: parts.parentSpanId }),
    name: parts.name ?? "work",
    kind: 3,
    startTimeUnixNano: `${start}123456`,
    endTimeUnixNano: `${start + (parts.durationMs ?? 100)}123456`,
    attributes: attributeList(parts.attributes ?? {}),
    events: (parts.events ?? []).map(({ name, attributes }) => ({
      name,
      timeUnixNano: `${start}000000`,
      attributes: attributeList(attributes),
    })),
    status: parts.status ?? {},
  };
}

export function exportBody(spans: readonly SpanParts[], resource: Record<string, Scalar> = {}) {
  return {
    resourceSpans: [{
      resource: { attributes: attributeList({ "service.name": "shop", ...resource }) },
      scopeSpans: [{ scope: { name: "my-scope", version: "1.2" }, spans: spans.map(spanBody) }],
    }],
  };
}

function attributeList(attributes: Readonly<Record<string, Scalar>>) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Scalar): unknown {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value !== "number") {
    return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } };
  }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
