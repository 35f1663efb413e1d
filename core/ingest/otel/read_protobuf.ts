/**
 * Reads an `ExportTraceServiceRequest` in Protocol Buffers.
 *
 * @module
 */
import { Reader } from "./protobuf.ts";
import {
  type Attributes,
  noScope,
  NotOtlp,
  type OtelEvent,
  type OtelScope,
  type OtelSpan,
  parentOf,
  setAttribute,
  type SpanGroup,
  type Value,
} from "./span.ts";

/** Levels of lists and objects in one attribute. */
const mostLevels = 32;

/** @throws {NotOtlp} */
export function readProtobuf(bytes: Uint8Array): SpanGroup[] {
  const groups: SpanGroup[] = [];
  const reader = new Reader(bytes);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) resourceSpans(reader.bytes(), groups);
    else reader.skip();
  }
  return groups;
}

function resourceSpans(bytes: Uint8Array, groups: SpanGroup[]): void {
  let resource: Attributes = {};
  const scopes: Uint8Array[] = [];
  const reader = new Reader(bytes);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) resource = resourceAttributes(reader.bytes());
    // 1000 is where older exporters put the scopes' predecessors.
    else if (field === 2 || field === 1_000) scopes.push(reader.bytes());
    else reader.skip();
  }
  // The resource may stand behind its spans.
  for (const scope of scopes) groups.push(scopeSpans(scope, resource));
}

function resourceAttributes(bytes: Uint8Array): Attributes {
  const attributes: Record<string, Value> = {};
  const reader = new Reader(bytes);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) keyValue(reader.bytes(), attributes, 0);
    else reader.skip();
  }
  return attributes;
}

function scopeSpans(bytes: Uint8Array, resource: Attributes): SpanGroup {
  let scope = noScope;
  const spans: OtelSpan[] = [];
  const reader = new Reader(bytes);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) scope = readScope(reader.bytes());
    else if (field === 2) spans.push(readSpan(reader.bytes()));
    else reader.skip();
  }
  return { resource, scope, spans };
}

function readScope(bytes: Uint8Array): OtelScope {
  let name = "";
  let version = "";
  const attributes: Record<string, Value> = {};
  const reader = new Reader(bytes);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) name = reader.text();
    else if (field === 2) version = reader.text();
    else if (field === 3) keyValue(reader.bytes(), attributes, 0);
    else reader.skip();
  }
  return { name, version, attributes };
}

function readSpan(bytes: Uint8Array): OtelSpan {
  const attributes: Record<string, Value> = {};
  const events: OtelEvent[] = [];
  const span = {
    traceId: "",
    spanId: "",
    parentSpanId: "",
    name: "",
    kind: 0,
    startUs: 0,
    endUs: 0,
    attributes,
    events,
    status: { code: 0, message: "" },
    links: 0,
  };
  const reader = new Reader(bytes);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case 1:
        span.traceId = hex(reader.bytes());
        break;
      case 2:
        span.spanId = hex(reader.bytes());
        break;
      case 4:
        span.parentSpanId = parentOf(hex(reader.bytes()));
        break;
      case 5:
        span.name = reader.text();
        break;
      case 6:
        span.kind = reader.int32();
        break;
      case 7:
        span.startUs = reader.microseconds();
        break;
      case 8:
        span.endUs = reader.microseconds();
        break;
      case 9:
        keyValue(reader.bytes(), attributes, 0);
        break;
      case 11:
        events.push(readEvent(reader.bytes()));
        break;
      case 13:
        reader.skip();
        span.links++;
        break;
      case 15:
        span.status = readStatus(reader.bytes());
        break;
      default:
        reader.skip();
    }
  }
  return span;
}

function hex(bytes: Uint8Array): string {
  return bytes.toHex();
}

function readEvent(bytes: Uint8Array): OtelEvent {
  let name = "";
  let timeUs = 0;
  const attributes: Record<string, Value> = {};
  const reader = new Reader(bytes);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) timeUs = reader.microseconds();
    else if (field === 2) name = reader.text();
    else if (field === 3) keyValue(reader.bytes(), attributes, 0);
    else reader.skip();
  }
  return { name, timeUs, attributes };
}

function readStatus(bytes: Uint8Array): OtelSpan["status"] {
  let code = 0;
  let message = "";
  const reader = new Reader(bytes);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 2) message = reader.text();
    else if (field === 3) code = reader.int32();
    else reader.skip();
  }
  return { code, message };
}

function keyValue(bytes: Uint8Array, to: Record<string, Value>, level: number): void {
  let name = "";
  let value: Value = null;
  const reader = new Reader(bytes);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) name = reader.text();
    else if (field === 2) value = anyValue(reader.bytes(), level);
    else reader.skip();
  }
  setAttribute(to, name, value);
}

function anyValue(bytes: Uint8Array, level: number): Value {
  if (level > mostLevels) throw new NotOtlp("an attribute is nested too deeply");
  const reader = new Reader(bytes);
  let value: Value = null;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case 1:
        value = reader.text();
        break;
      case 2:
        value = reader.bool();
        break;
      case 3:
        value = reader.int64();
        break;
      case 4: {
        const number = reader.double();
        value = Number.isFinite(number) ? number : String(number);
        break;
      }
      case 5:
        value = listOf(reader.bytes(), level + 1);
        break;
      case 6:
        value = objectOf(reader.bytes(), level + 1);
        break;
      case 7:
        value = reader.bytes().toBase64();
        break;
      default:
        reader.skip();
    }
  }
  return value;
}

function listOf(bytes: Uint8Array, level: number): Value[] {
  const values: Value[] = [];
  const reader = new Reader(bytes);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) values.push(anyValue(reader.bytes(), level));
    else reader.skip();
  }
  return values;
}

function objectOf(bytes: Uint8Array, level: number): Record<string, Value> {
  const value: Record<string, Value> = {};
  const reader = new Reader(bytes);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) keyValue(reader.bytes(), value, level);
    else reader.skip();
  }
  return value;
}
