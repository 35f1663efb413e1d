/**
 * Reads an `ExportTraceServiceRequest` in JSON: lower camel case, ids in hex, 64-bit integers as text
 * or numbers. Field names with underscores are understood as well, unknown ones passed by.
 *
 * @module
 */
import { fields, type JsonObject, object, objects } from "../../json.ts";
import {
  type Attributes,
  NotOtlp,
  type OtelEvent,
  type OtelScope,
  type OtelSpan,
  parentOf,
  setAttribute,
  type SpanGroup,
  type Value,
} from "./span.ts";

/** @throws {NotOtlp} */
export function readJson(body: unknown): SpanGroup[] {
  const request = object(body);
  if (!request) throw new NotOtlp("the body is not an object");
  return listOf(request, "resourceSpans", "resource_spans").flatMap((group) => {
    const resource = attributesOf(fields(group.resource).attributes);
    const scopes = [
      ...listOf(group, "scopeSpans", "scope_spans"),
      ...listOf(group, "instrumentationLibrarySpans", "instrumentation_library_spans"),
    ];
    return scopes.map((scope): SpanGroup => ({
      resource,
      scope: scopeOf(fields(scope.scope ?? scope.instrumentationLibrary)),
      spans: objects(scope.spans).map(spanOf),
    }));
  });
}

function listOf(from: JsonObject, name: string, other: string): readonly JsonObject[] {
  const list = from[name] ?? from[other];
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw new NotOtlp(`${name} is not a list`);
  return objects(list);
}

function scopeOf(scope: JsonObject): OtelScope {
  return {
    name: textOf(scope.name),
    version: textOf(scope.version),
    attributes: attributesOf(scope.attributes),
  };
}

function spanOf(span: JsonObject): OtelSpan {
  const status = fields(span.status);
  return {
    traceId: idOf(span.traceId ?? span.trace_id),
    spanId: idOf(span.spanId ?? span.span_id),
    parentSpanId: parentOf(idOf(span.parentSpanId ?? span.parent_span_id)),
    name: textOf(span.name),
    kind: enumOf(span.kind, spanKinds),
    startUs: microseconds(span.startTimeUnixNano ?? span.start_time_unix_nano),
    endUs: microseconds(span.endTimeUnixNano ?? span.end_time_unix_nano),
    attributes: attributesOf(span.attributes),
    events: objects(span.events).map(eventOf),
    status: { code: enumOf(status.code, statusCodes), message: textOf(status.message) },
    links: Array.isArray(span.links) ? span.links.length : 0,
  };
}

function eventOf(event: JsonObject): OtelEvent {
  return {
    name: textOf(event.name),
    timeUs: microseconds(event.timeUnixNano ?? event.time_unix_nano),
    attributes: attributesOf(event.attributes),
  };
}

const spanKinds = [
  "SPAN_KIND_UNSPECIFIED",
  "SPAN_KIND_INTERNAL",
  "SPAN_KIND_SERVER",
  "SPAN_KIND_CLIENT",
  "SPAN_KIND_PRODUCER",
  "SPAN_KIND_CONSUMER",
];
const statusCodes = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"];

/** A number, or the name that older exporters write. */
function enumOf(value: unknown, names: readonly string[]): number {
  if (typeof value === "number") return Math.trunc(value);
  if (typeof value !== "string") return 0;
  return /^\d$/.test(value) ? Number(value) : Math.max(0, names.indexOf(value));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const base64Id = /^[A-Za-z0-9+/]{11}=$|^[A-Za-z0-9+/]{22}==$/;

/** Hex, as OTLP wants it; base64, as JSON out of plain Protocol Buffers has it. */
function idOf(value: unknown): string {
  if (typeof value !== "string") return "";
  if (base64Id.test(value)) return Uint8Array.fromBase64(value).toHex();
  return value.toLowerCase();
}

/** Twenty digits: what fits 64 bits, and is a date. */
const mostNano = 1e20;

/** Nanoseconds as text or number; 0 for what is neither. */
function microseconds(value: unknown): number {
  if (typeof value === "string" && /^\d{1,20}$/.test(value)) {
    return Number(BigInt(value) / 1_000n);
  }
  return typeof value === "number" && value > 0 && value < mostNano
    // A number holds nanoseconds to the nearest 256.
    ? Math.round(value / 1_000)
    : 0;
}

function attributesOf(list: unknown): Attributes {
  const attributes: Record<string, Value> = {};
  for (const { key, value } of objects(list)) {
    if (typeof key === "string") setAttribute(attributes, key, valueOf(value));
  }
  return attributes;
}

/** An AnyValue. The body's depth was bounded before. */
function valueOf(any: unknown): Value {
  const value = fields(any);
  for (const name in value) {
    const read = readers.get(name)?.(value[name]);
    if (read !== undefined) return read;
  }
  return null;
}

const asText = (value: unknown) => typeof value === "string" ? value : undefined;
const asTruth = (value: unknown) => typeof value === "boolean" ? value : undefined;
const asList = (value: unknown) => {
  const { values } = fields(value);
  return Array.isArray(values) ? values.map(valueOf) : [];
};
const asObject = (value: unknown) => attributesOf(fields(value).values);

/** Undefined: it is not what its name says. */
type ReadMember = (value: unknown) => Value | undefined;

/** By the member of the AnyValue. */
const readers: ReadonlyMap<string, ReadMember> = new Map<string, ReadMember>([
  ["stringValue", asText],
  ["string_value", asText],
  ["boolValue", asTruth],
  ["bool_value", asTruth],
  ["intValue", integerOf],
  ["int_value", integerOf],
  ["doubleValue", doubleOf],
  ["double_value", doubleOf],
  ["arrayValue", asList],
  ["array_value", asList],
  ["kvlistValue", asObject],
  ["kvlist_value", asObject],
  ["bytesValue", asText],
  ["bytes_value", asText],
]);

function integerOf(value: unknown): Value {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !/^-?\d{1,20}$/.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function doubleOf(value: unknown): Value {
  return typeof value === "number" || typeof value === "string" ? value : null;
}
