/**
 * From an event about a span, or a call that is one, to its row in `spans`.
 *
 * @module
 */
import type { CallEvent, EventOf } from "@/core/event/event.ts";
import type { SpanData, SpanFacts } from "@/core/event/span.ts";
import type { Projected, ReadPayload } from "../projection.ts";
import { type Body, bodyInside, bodyOf, isBeside, noBody } from "./body.ts";
import { checkOf } from "./columns.ts";
import { logPosition, orNull, outOfRange, type Place, wellFormed } from "./place.ts";
import { spanColumns, type SpanRow } from "./span_rows.ts";
import { preview } from "./words.ts";

export interface SpanEffect {
  readonly kind: "span";
  readonly row: SpanRow;
}

const problemOf = checkOf(spanColumns);

/** A promise only when a payload stands beside the event. */
export function projectSpan(
  event: EventOf<"span.recorded">,
  place: Place,
  payload: ReadPayload,
): Projected<SpanEffect> | Promise<Projected<SpanEffect>> {
  const { input, output } = event.payloads ?? {};
  if (!isBeside(input) && !isBeside(output)) {
    return projected(event, place, bodyInside(input), bodyInside(output));
  }
  return Promise.all([bodyOf("input", input, payload), bodyOf("output", output, payload)])
    .then(([sent, came]) => projected(event, place, sent, came));
}

function projected(
  event: EventOf<"span.recorded">,
  place: Place,
  input: Body,
  output: Body,
): Projected<SpanEffect> {
  const row = rowOf(event, place, input, output);
  const problem = problemOf(row);
  if (problem !== null) return outOfRange(`spans.${problem}`);
  const { amends, demo } = event.data;
  return {
    ok: true,
    row: { kind: "span", row },
    counts: amends !== null ? "nothing" : demo ? "removable" : "row",
  };
}

function rowOf(
  { id, project, at, data }: EventOf<"span.recorded">,
  place: Place,
  input: Body,
  output: Body,
): SpanRow {
  return assembled({ project, at, id: data.amends ?? id }, data, place, {
    ...data,
    is_call: false,
    preview: preview((output.text ?? input.text ?? data.status_message ?? "").toWellFormed()),
    input,
    output,
  });
}

/** The span that a call is; null when it is none, or in no trace. */
export function callSpanRow(
  event: Pick<CallEvent, "id" | "project" | "at" | "data" | "type">,
  place: Place,
): SpanRow | null {
  const { data } = event;
  const { span, trace_id, span_id } = data;
  if (!span || trace_id === null || span_id === null) return null;
  return assembled(event, span, place, {
    ...data,
    trace_id,
    span_id,
    is_call: true,
    duration_ms: data.latency_ms,
    status: event.type === "call.completed" ? "success" : "error",
    source: data.source ?? "gateway",
    tool_name: null,
    tool_call_id: null,
    preview: "",
    input: noBody,
    output: noBody,
  });
}

type Rest =
  & Pick<
    SpanData,
    | "trace_id"
    | "span_id"
    | "parent_span_id"
    | "duration_ms"
    | "status"
    | "source"
    | "user_id"
    | "session_id"
    | "tool_name"
    | "tool_call_id"
    | "key_id"
    | "demo"
  >
  & {
    readonly is_call: boolean;
    readonly preview: string;
    readonly input: Body;
    readonly output: Body;
  };

/** The one expression that makes rows: all of an insert have the order of the first one's columns. */
function assembled(
  { id, project, at }: Pick<CallEvent, "id" | "project" | "at">,
  facts: SpanFacts,
  place: Place,
  rest: Rest,
): SpanRow {
  return {
    project_id: project.toWellFormed(),
    event_id: id.toWellFormed(),
    timestamp: at,
    trace_id: rest.trace_id.toWellFormed(),
    span_id: rest.span_id.toWellFormed(),
    parent_span_id: orNull(rest.parent_span_id) ?? "",
    kind: facts.kind,
    name: facts.name.toWellFormed(),
    start_us: facts.start_us,
    status_message: orNull(facts.status_message),
    level: orNull(facts.level),
    service: orNull(facts.service),
    scope: orNull(facts.scope),
    environment: orNull(facts.environment),
    release: orNull(facts.release),
    tags: facts.tags.map((tag) => tag.toWellFormed()),
    attributes: wellFormed(facts.attributes),
    unmapped: facts.unmapped.map((name) => name.toWellFormed()),
    is_call: rest.is_call,
    duration_ms: rest.duration_ms,
    status: rest.status,
    source: rest.source,
    user_id: orNull(rest.user_id),
    session_id: orNull(rest.session_id),
    tool_name: orNull(rest.tool_name),
    tool_call_id: orNull(rest.tool_call_id),
    key_id: rest.key_id.toWellFormed(),
    preview: rest.preview,
    input: rest.input.text,
    input_encoding: rest.input.encoding,
    input_truncated: rest.input.ref?.truncated ?? false,
    output: rest.output.text,
    output_encoding: rest.output.encoding,
    output_truncated: rest.output.ref?.truncated ?? false,
    demo: rest.demo,
    ...logPosition(place),
  };
}
