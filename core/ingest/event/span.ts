/**
 * Spans, tool calls, agent steps, errors and alerts as one kind of event.
 *
 * @module
 */
import type { SpanData, SpanKind } from "../../event/span.ts";
import type { Drafted, IngestContext } from "../context.ts";
import {
  agentStepSchema,
  alertSchema,
  errorEventSchema,
  type SpanEvent,
  spanSchema,
  toolCallSchema,
} from "../schema/event.ts";
import { millisecondsOf } from "../schema/parts.ts";
import { attributeBounds, cut, payloadOf, payloadsOf, TextMap } from "../text.ts";
import {
  errorOf,
  type Fields,
  firstText,
  isoOf,
  orNull,
  timeOf,
  traceOf,
  unknownFields,
} from "./common.ts";

const shapes = [spanSchema, toolCallSchema, agentStepSchema, errorEventSchema, alertSchema];
/** Fields that have a place of their own, in any of the kinds. */
const known: ReadonlySet<string> = new Set(shapes.flatMap(({ shape }) => Object.keys(shape)));
/** Of these, what has none: it becomes attributes. */
const further = ["agent_name", "step_number", "step_type", "reasoning", "context"] as const;

export function draftSpan(event: SpanEvent, id: string, context: IngestContext): Drafted {
  const at = timeOf(event.timestamp ?? event.start_time, context.now);
  const more: Fields = event;
  const trace = traceOf(event);
  const error = errorOf(event.error);
  const data: SpanData = {
    kind: kindOf(event),
    name: cut(nameOf(event, more, error?.message ?? null), 256),
    start_us: at * 1_000,
    status_message: firstText(event.status_message, error?.message, more.message),
    level: orNull(event.level),
    service: null,
    scope: null,
    environment: firstText(event.environment, event.env),
    release: orNull(event.release),
    tags: event.tags ?? [],
    attributes: attributesOf(event, more),
    unmapped: [],
    source: context.source,
    // Alone it is a trace of its own: whatever was sent can be found again.
    trace_id: trace ?? id,
    span_id: event.span_id ?? id,
    parent_span_id: orNull(event.parent_span_id),
    duration_ms: durationOf(event, at),
    status: statusOf(event, error !== null),
    user_id: orNull(event.user_id),
    session_id: orNull(event.session_id),
    tool_name: firstText(more.tool_name),
    tool_call_id: firstText(more.tool_id),
    key_id: context.keyId,
    amends: null,
    demo: false,
  };
  return {
    draft: { id, type: "span.recorded", v: 1, project: context.project, at: isoOf(at), data },
    payloads: payloadsOf({
      input: payloadOf(event.input ?? more.input_data),
      output: payloadOf(event.output ?? more.output_data),
    }),
  };
}

function kindOf(event: SpanEvent): SpanKind {
  if (event.type === "span") return event.kind ?? "span";
  return event.type === "tool_call" ? "tool" : event.type;
}

function nameOf(event: SpanEvent, more: Fields, message: string | null): string {
  return firstText(event.name, more.tool_name, more.step_name, more.agent_name) ??
    (event.type === "error" ? firstText(message, more.message) : null) ?? event.type;
}

function durationOf(event: SpanEvent, at: number): number | null {
  const { end_time } = event;
  if (end_time !== undefined && end_time !== null) {
    return Math.max(0, millisecondsOf(end_time) - at);
  }
  return event.duration_ms ?? event.latency_ms ?? null;
}

function statusOf(event: SpanEvent, failed: boolean): SpanData["status"] {
  if (failed || event.type === "error") return "error";
  switch (event.status) {
    case "error":
    case "timeout":
    case "assertion_failed":
      return "error";
    case "success":
    case "warning":
      return "success";
    default:
      return event.type === "assertion_failed" ? "error" : "unset";
  }
}

function attributesOf(event: SpanEvent, more: Fields): Record<string, string> {
  const attributes = new TextMap(attributeBounds);
  attributes.addAll(event.attributes);
  attributes.addAll(event.properties);
  for (const name of further) attributes.add(name, more[name]);
  if (typeof event.error === "object" && event.error !== null) {
    for (const name of ["type", "code", "stack", "context"] as const) {
      attributes.add(`error.${name}`, event.error[name]);
    }
  }
  if (event.trace_id) attributes.add("run_id", event.run_id);
  attributes.addAll(event.metadata);
  for (const name in event.client) attributes.add(`client.${name}`, event.client[name]);
  for (const [name, value] of unknownFields(event, known)) attributes.add(name, value);
  return attributes.values;
}
