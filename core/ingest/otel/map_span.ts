/**
 * From a span of OpenTelemetry to what the log keeps of it: a call when it is one, else a span.
 *
 * @module
 */
import type { CallData } from "../../event/call.ts";
import type { SpanData, SpanFacts } from "../../event/span.ts";
import { scrub } from "../../gateway/scrub.ts";
import type { Drafted, IngestContext } from "../context.ts";
import { isoOf } from "../event/common.ts";
import {
  attributeBounds,
  cut,
  payloadOf,
  payloadsOf,
  propertyBounds,
  TextMap,
  textOf,
} from "../text.ts";
import { callFacts } from "./call_facts.ts";
import { conversationOf, spanBodies } from "./conversation.ts";
import { listOf, most, saysError, short, textField } from "./field_values.ts";
import { type Work, workOf } from "./kind.ts";
import type { Field } from "./mapping.ts";
import { type ReadAttributes, readAttributes } from "./read_attributes.ts";
import type { Attributes, OtelScope, OtelSpan } from "./span.ts";

/** What a span stands in. */
export interface SpanPlace {
  readonly resource: Attributes;
  readonly scope: OtelScope;
}

/** @param id the event's, which follows from the span's */
export function mapSpan(
  span: OtelSpan,
  place: SpanPlace,
  id: string,
  context: IngestContext,
): Drafted {
  const read = readAttributes(span.attributes);
  const about = readAttributes(place.resource);
  const work = workOf(read.fields);
  const facts = factsOf(span, place, read, about, work);
  const at = isoOf(Math.floor(span.startUs / 1_000));
  const durationMs = span.endUs > 0 ? Math.max(0, span.endUs - span.startUs) / 1_000 : null;
  const envelope = { id, v: 1 as const, project: context.project, at };
  const whose = {
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId || null,
    user_id: short(read.fields.get("user") ?? about.fields.get("user")),
    session_id: short(read.fields.get("session") ?? about.fields.get("session")),
    key_id: context.keyId,
    demo: false,
  };
  if (!work.isCall) {
    const data: SpanData = {
      ...facts,
      ...whose,
      source: context.source,
      duration_ms: durationMs,
      status: statusOf(span, read),
      tool_name: short(read.fields.get("tool_name")),
      tool_call_id: short(read.fields.get("tool_call_id")),
      amends: null,
    };
    return {
      draft: { ...envelope, type: "span.recorded", data },
      payloads: payloadsOf(spanBodies(read, span)),
    };
  }
  const said = conversationOf(read, span);
  const data: CallData = {
    ...callFacts(read, span, work.endpoint, said, durationMs, context),
    ...whose,
    properties: propertiesOf(read, facts),
    source: context.source,
    span: facts,
  };
  const type = data.error ? "call.failed" : "call.completed";
  return {
    draft: { ...envelope, type, data },
    payloads: payloadsOf({ request: payloadOf(said.request), response: payloadOf(said.response) }),
  };
}

function statusOf(span: OtelSpan, { fields }: ReadAttributes): SpanData["status"] {
  if (span.status.code === 2 || saysError(fields)) return "error";
  return span.status.code === 1 ? "success" : "unset";
}

function factsOf(
  span: OtelSpan,
  { resource, scope }: SpanPlace,
  read: ReadAttributes,
  about: ReadAttributes,
  work: Work,
): SpanFacts {
  const attributes = new TextMap(attributeBounds);
  attributes.addAll(read.kept);
  for (const name in resource) {
    if (name !== "service.name") attributes.add(`resource.${name}`, resource[name]);
  }
  for (const name in scope.attributes) attributes.add(`scope.${name}`, scope.attributes[name]);
  if (scope.version) attributes.add("scope.version", scope.version);
  if (span.links > 0) attributes.add("otel.links", span.links);
  span.events.slice(0, 32).forEach((event, i) => {
    if (event.name.startsWith("gen_ai.")) return;
    attributes.add(`event.${i}`, {
      name: event.name,
      at: isoOf(Math.floor(event.timeUs / 1_000)),
      ...event.attributes,
    });
  });
  const field = (name: Field) => read.fields.get(name) ?? about.fields.get(name);
  return {
    kind: work.kind,
    name: cut(span.name, most.name),
    start_us: span.startUs,
    status_message: messageOf(span, read),
    level: short(read.fields.get("level"), 32),
    service: short({ value: resource["service.name"] ?? null }),
    scope: scope.name === "" ? null : cut(scope.name, most.name),
    environment: short(field("environment")),
    release: short(field("release")),
    tags: listOf(field("tags")?.value ?? null).slice(0, 50).map((tag) => cut(textOf(tag), 200)),
    attributes: attributes.values,
    unmapped: read.unmapped.slice(0, most.unmapped).map((name) => cut(name, 200)),
  };
}

function messageOf(span: OtelSpan, { fields }: ReadAttributes): string | null {
  const exception = span.events.find(({ name }) => name === "exception")
    ?.attributes["exception.message"];
  const message = span.status.message || textField(fields.get("status_message")) ||
    (typeof exception === "string" ? exception : "");
  return message === "" ? null : scrub(cut(message, most.message));
}

function propertiesOf({ properties }: ReadAttributes, facts: SpanFacts): Record<string, string> {
  const map = new TextMap(propertyBounds);
  map.addAll(properties);
  map.add("environment", facts.environment);
  map.add("release", facts.release);
  map.add("service", facts.service);
  if (facts.tags.length > 0) map.add("tags", facts.tags.join(","));
  return map.values;
}
