/**
 * From an event of the log to its rows. Pure: the same event gives the same rows for ever, or the
 * projection's version goes up.
 *
 * @module
 */
import { type CallEvent, type Event, type EventOf, isCallEvent } from "@/core/event/event.ts";
import type { Position } from "@/core/log/position.ts";
import type { Counts, Projected, ReadPayload } from "../projection.ts";
import { type AttemptEffect, projectAttempt } from "./attempt.ts";
import { type CostColumns, costColumns } from "./cost_columns.ts";
import type { Erasure } from "./erase.ts";
import { bodyInside, bodyOf, isBeside } from "./body.ts";
import { callRows } from "./call_rows.ts";
import { type CallRows, rowProblem } from "./rows.ts";
import { outOfRange, type Place } from "./place.ts";
import type { Retirement } from "./retire.ts";
import { projectScore, type ScoreEffect } from "./score.ts";
import { projectSpan, type SpanEffect } from "./span.ts";

/** Goes up with every change of what a stored event looks like in ClickHouse. */
export const projectionVersion = 5;

/** What an event does to the tables. */
export type Effect =
  | { readonly kind: "call"; readonly rows: CallRows }
  | SpanEffect
  | ScoreEffect
  | AttemptEffect
  /** Takes away the demo's rows that stand before it in the log. */
  | {
    readonly kind: "demo_removed";
    readonly project: string;
    readonly before: string;
    readonly generation: number;
    readonly position: Position;
  }
  | Retirement
  | Erasure
  | Repricing;

/** Gives a call that stands before it in the log another cost. */
export interface Repricing {
  readonly kind: "repriced";
  readonly project: string;
  readonly event_id: string;
  /** The call's own time. */
  readonly timestamp: string;
  readonly cost: CostColumns;
  readonly repriced_at: string;
  readonly repriced_reason: string;
  readonly position: Place;
}

/** Makes the projection of one log; `generation` is the log's. */
export function createProject(generation: number) {
  return function project(
    event: Event,
    position: Position,
    payload: ReadPayload,
  ): Projected<Effect> | Promise<Projected<Effect>> {
    const place = { ...position, generation };
    if (isCallEvent(event)) return projectCall(event, place, payload);
    if (event.type === "call.amended") {
      return projectCall(amended(event), place, payload, "nothing");
    }
    if (event.type === "span.recorded") return projectSpan(event, place, payload);
    if (event.type === "score.recorded") return projectScore(event, place, payload);
    if (event.type === "call.attempted") return projectAttempt(event, place);
    return { ok: true, row: effectOf(event, place), counts: "nothing" };
  };
}

type OtherEvent = Exclude<
  Event,
  CallEvent | EventOf<"call.amended" | "call.attempted" | "span.recorded" | "score.recorded">
>;

/** The call as it is known now: its rows take the place of the first event's. */
function amended({ data, ...envelope }: EventOf<"call.amended">): CallEvent {
  return { ...envelope, id: data.event_id, type: data.outcome, data: data.call };
}

/** What an event does that is no call; null when it concerns other projections alone. */
function effectOf(event: OtherEvent, place: Place): Effect | null {
  switch (event.type) {
    case "demo.removed": {
      const { project, data: { before } } = event;
      const { generation, ...position } = place;
      return { kind: "demo_removed", project, before, generation, position };
    }
    case "call.repriced":
      return repricing(event, place);
    case "retention.applied": {
      const { project, at, data } = event;
      return { kind: "retired", project, at, place, ...data };
    }
    case "data.erased": {
      const { project, at, data: whom } = event;
      return { kind: "erased", project, at, place, whom };
    }
    case "event.removed":
    case "price.changed":
    case "settings.changed":
    case "limit.crossed":
    case "cache.judged":
      return null;
  }
}

function repricing(event: EventOf<"call.repriced">, position: Place): Repricing {
  const { event_id, called_at, cost, reason } = event.data;
  return {
    kind: "repriced",
    project: event.project.toWellFormed(),
    event_id: event_id.toWellFormed(),
    timestamp: called_at,
    cost: costColumns(cost),
    repriced_at: event.at,
    repriced_reason: reason.toWellFormed(),
    position,
  };
}

function projectCall(
  event: CallEvent,
  place: Place,
  payload: ReadPayload,
  counts?: Counts,
): Projected<Effect> | Promise<Projected<Effect>> {
  const { request, response } = event.payloads ?? {};
  if (!isBeside(request) && !isBeside(response)) {
    // Nearly every call comes this way, and a promise for each would be felt.
    return checked(callRows(event, place, bodyInside(request), bodyInside(response)), counts);
  }
  return Promise.all([bodyOf("request", request, payload), bodyOf("response", response, payload)])
    .then(([asked, answered]) => checked(callRows(event, place, asked, answered), counts));
}

function checked(rows: CallRows, counts?: Counts): Projected<Effect> {
  const problem = rowProblem(rows);
  if (problem !== null) return outOfRange(problem);
  return {
    ok: true,
    row: { kind: "call", rows },
    counts: counts ?? (rows.events.demo ? "removable" : "row"),
  };
}
