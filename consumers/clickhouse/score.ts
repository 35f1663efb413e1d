/**
 * From a score or a feedback to its row in `scores`.
 *
 * @module
 */
import type { EventOf } from "@/core/event/event.ts";
import type { Projected, ReadPayload } from "../projection.ts";
import { bodyOf } from "./body.ts";
import { checkOf } from "./columns.ts";
import { logPosition, orNull, outOfRange, type Place, wellFormed } from "./place.ts";
import { scoreColumns, type ScoreRow } from "./span_rows.ts";

export interface ScoreEffect {
  readonly kind: "score";
  readonly row: ScoreRow;
}

const problemOf = checkOf(scoreColumns);

/** A promise only when there is a correction. */
export function projectScore(
  event: EventOf<"score.recorded">,
  place: Place,
  payload: ReadPayload,
): Projected<ScoreEffect> | Promise<Projected<ScoreEffect>> {
  const correction = event.payloads?.correction;
  if (!correction) return projected(event, place, null);
  return bodyOf("correction", correction, payload)
    .then(({ text }) => projected(event, place, text));
}

function projected(
  { id, project, at, data }: EventOf<"score.recorded">,
  place: Place,
  correction: string | null,
): Projected<ScoreEffect> {
  const row: ScoreRow = {
    project_id: project.toWellFormed(),
    event_id: (data.amends ?? id).toWellFormed(),
    timestamp: at,
    kind: data.kind,
    name: data.name.toWellFormed(),
    value: data.value,
    text: data.text.toWellFormed(),
    data_type: data.data_type,
    comment: orNull(data.comment),
    target_event_id: orNull(data.target_event_id),
    trace_id: orNull(data.trace_id),
    span_id: orNull(data.span_id),
    session_id: orNull(data.session_id),
    user_id: orNull(data.user_id),
    source: data.source,
    properties: wellFormed(data.properties),
    correction,
    key_id: data.key_id.toWellFormed(),
    demo: data.demo,
    ...logPosition(place),
  };
  const problem = problemOf(row);
  if (problem !== null) return outOfRange(`scores.${problem}`);
  return {
    ok: true,
    row: { kind: "score", row },
    counts: data.amends !== null ? "nothing" : data.demo ? "removable" : "row",
  };
}
