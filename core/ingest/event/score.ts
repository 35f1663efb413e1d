/**
 * Scores and feedback.
 *
 * @module
 */
import type { ScoreData } from "../../event/score.ts";
import type { Drafted, IngestContext } from "../context.ts";
import { badFields, type Problem } from "../problem.ts";
import {
  type FeedbackEvent,
  feedbackSchema,
  type ScoreEvent,
  scoreSchema,
} from "../schema/event.ts";
import { payloadOf, payloadsOf, propertyBounds, TextMap, textOf } from "../text.ts";
import { isoOf, orNull, timeOf, traceOf, unknownFields } from "./common.ts";

const known: ReadonlySet<string> = new Set([
  ...Object.keys(scoreSchema.shape),
  ...Object.keys(feedbackSchema.shape),
]);

type Opinion = ScoreEvent | FeedbackEvent;

/** The event's own id and the call that it is about: a feedback's `event_id` may mean either. */
export function subjectOf(
  event: FeedbackEvent,
): { readonly id: string | null; readonly target: string | null } {
  const { target_event_id, event_id, id } = event;
  const elsewhere = target_event_id ?? traceOf(event) ?? event.span_id ?? event.session_id;
  if (elsewhere || !event_id) {
    return { id: id ?? event_id ?? null, target: orNull(target_event_id) };
  }
  return { id: orNull(id), target: event_id };
}

/** A score as evaluators send it: a name with a number, a truth value or a word. */
export function draftScore(
  event: ScoreEvent,
  id: string,
  context: IngestContext,
): Drafted | Problem {
  const { value } = event;
  return drafted(event, id, orNull(event.target_event_id), context, {
    kind: "score",
    name: event.name,
    value: typeof value === "string" ? null : Number(value),
    text: textOf(value),
    data_type: typeof value === "number"
      ? "numeric"
      : typeof value === "boolean"
      ? "boolean"
      : "categorical",
  });
}

const good: ReadonlySet<unknown> = new Set(["up", "positive", "good", "like", true]);

/** Feedback as people give it: thumbs or a rating, as a score of the event that it speaks of. */
export function draftFeedback(
  event: FeedbackEvent,
  id: string,
  context: IngestContext,
): Drafted | Problem {
  const rating = event.rating ?? event.value ?? event.score;
  if (rating === undefined || rating === null) {
    return badFields({
      field: "rating",
      expected: 'must be "up" or "down", a number, true or false',
    });
  }
  const { target } = subjectOf(event);
  const value = typeof rating === "number" ? rating : good.has(rating) ? 1 : -1;
  const made = drafted(event, id, target, context, {
    kind: "feedback",
    name: typeof event.name === "string" && event.name !== ""
      ? event.name.slice(0, 256)
      : "feedback",
    value,
    text: textOf(rating),
    data_type: typeof rating === "number" ? "numeric" : "boolean",
  });
  if ("error" in made || target === null) return made;
  const feedback = {
    project: context.project,
    eventId: target,
    value,
    comment: orNull(event.comment),
  };
  return { ...made, feedback };
}

function drafted(
  event: Opinion,
  id: string,
  target: string | null,
  context: IngestContext,
  verdict: Pick<ScoreData, "kind" | "name" | "value" | "text" | "data_type">,
): Drafted | Problem {
  const trace = traceOf(event);
  const { span_id, session_id } = event;
  if (target === null && !trace && !span_id && !session_id) {
    return badFields({
      field: "target_event_id",
      expected: "must be given, or trace_id, span_id or session_id: what it is about",
    });
  }
  const data: ScoreData = {
    ...verdict,
    comment: orNull(event.comment),
    target_event_id: target,
    trace_id: trace,
    span_id: orNull(span_id),
    session_id: orNull(session_id),
    user_id: orNull(event.user_id),
    source: context.source,
    properties: propertiesOf(event),
    key_id: context.keyId,
    amends: null,
    demo: false,
  };
  const at = isoOf(timeOf(event.timestamp, context.now));
  return {
    draft: { id, type: "score.recorded", v: 1, project: context.project, at, data },
    payloads: payloadsOf({
      correction: payloadOf("correction" in event ? event.correction : null),
    }),
  };
}

function propertiesOf(event: Opinion): Record<string, string> {
  const properties = new TextMap(propertyBounds);
  properties.addAll(event.properties);
  properties.add("environment", event.environment ?? event.env);
  properties.add("release", event.release);
  if (event.tags?.length) properties.add("tags", event.tags.join(","));
  properties.addAll(event.metadata);
  properties.addAll(event.client);
  for (const [name, value] of unknownFields(event, known)) {
    if (name !== "name") properties.add(name, value);
  }
  return properties.values;
}
