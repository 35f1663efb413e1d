/**
 * What is to become of an event that stands in the log, by what was taken away after it. Pure.
 *
 * An event goes only when a later event of the log has taken its rows away: a projection that is made
 * anew without it is therefore the same as one that is made with it.
 *
 * @module
 */
import type { ErasureData } from "../event/retention.ts";
import type { Cuts } from "./cuts.ts";

/** `strip`: it stays without its prompts and answers. */
export type Fate = "keep" | "strip" | "remove";

/** The place of an event in its partition. */
export interface Place {
  readonly versionstamp: string;
  readonly index: number;
}

/** Cuts, and the place of the event in the log that applied them. */
export interface AppliedCuts extends Cuts, Place {}

/** An erasure, and the place of its event in the log. */
export type AppliedErasure = Place & ErasureData;

/** Everything that was taken away from one project. */
export interface Removals {
  readonly cuts: readonly AppliedCuts[];
  readonly erasures: readonly AppliedErasure[];
}

/** What a project's retention takes away; settings, prices and what was taken away stay. */
const timed: ReadonlySet<string> = new Set([
  "call.completed",
  "call.failed",
  "call.aborted",
  "call.attempted",
  "call.amended",
  "call.repriced",
  "span.recorded",
  "score.recorded",
  "limit.crossed",
]);

/**
 * The fate of one stored event, whatever it is. What a newer release wrote is kept.
 *
 * @example
 * ```ts
 * import { fateOf } from "@/core/retention/fate.ts";
 * import { expect } from "expect";
 *
 * const event = { type: "call.completed", v: 1, at: "2026-01-05T10:00:00.000Z" };
 * const cuts = [{
 *   calls_before: null,
 *   bodies_before: "2026-02-01T00:00:00.000Z",
 *   versionstamp: "b",
 *   index: 0,
 * }];
 * const removals = { cuts, erasures: [] };
 * expect(fateOf(event, { versionstamp: "a", index: 0 }, removals)).toBe("strip");
 * expect(fateOf(event, { versionstamp: "c", index: 0 }, removals)).toBe("keep");
 * ```
 */
export function fateOf(raw: unknown, place: Place, { cuts, erasures }: Removals): Fate {
  const time = timeOf(raw);
  if (time === null) return "keep";
  const after = (one: Place) => isBefore(place, one);
  if (erasuresOf(raw, wantedOf(erasures)).some(after)) return "remove";
  const effective = cuts.filter(after);
  if (effective.some(({ calls_before }) => calls_before !== null && time < calls_before)) {
    return "remove";
  }
  const stripped = effective.some(({ bodies_before }) =>
    bodies_before !== null && time < bodies_before
  );
  return stripped ? "strip" : "keep";
}

/** When what it tells of happened; null for what is never taken away. */
export function timeOf(raw: unknown): string | null {
  const type = field(raw, "type");
  if (typeof type !== "string" || !timed.has(type) || field(raw, "v") !== 1) return null;
  const time = type === "call.repriced" ? field(field(raw, "data"), "called_at") : field(raw, "at");
  return typeof time === "string" ? time : null;
}

function isBefore(one: Place, other: Place): boolean {
  return one.versionstamp === other.versionstamp
    ? one.index < other.index
    : one.versionstamp < other.versionstamp;
}

/** What was erased, each with the place of its latest erasure: there may be thousands of them. */
interface Wanted {
  readonly users: ReadonlyMap<string, Place>;
  /** Whose events that name no user go. */
  readonly traces: ReadonlyMap<string, Place>;
  readonly about: ReadonlyMap<string, Place>;
  readonly events: ReadonlyMap<string, Place>;
}

const wanted = new WeakMap<readonly AppliedErasure[], Wanted>();

/** The same list is asked for every event of a partition. */
function wantedOf(erasures: readonly AppliedErasure[]): Wanted {
  const known = wanted.get(erasures);
  if (known) return known;
  const places = () => new Map<string, Place>();
  const made = { users: places(), traces: places(), about: places(), events: places() };
  const put = (to: Map<string, Place>, name: string, place: Place) => {
    const before = to.get(name);
    if (!before || isBefore(before, place)) to.set(name, place);
  };
  for (const one of erasures) {
    if ("event_id" in one) put(made.events, one.event_id, one);
    else {
      put(made.users, one.user_id, one);
      for (const trace of one.trace_ids ?? []) put(made.traces, trace, one);
      for (const id of one.about_ids ?? []) put(made.about, id, one);
    }
  }
  wanted.set(erasures, made);
  return made;
}

/** The places of the erasures that want this event gone. */
function erasuresOf(raw: unknown, { users, traces, about, events }: Wanted): Place[] {
  const data = field(raw, "data");
  const call = field(data, "call");
  const found = (from: ReadonlyMap<string, Place>, ...names: unknown[]) =>
    names.flatMap((name) => (typeof name === "string" && from.get(name)) || []);
  const user = field(data, "user_id") || field(call, "user_id");
  const id = field(raw, "id");
  return [
    ...found(users, field(data, "user_id"), field(call, "user_id")),
    ...(user ? [] : found(traces, field(data, "trace_id"), field(call, "trace_id"))),
    ...found(about, id),
    ...found(
      events,
      id,
      field(data, "event_id"),
      field(data, "call_id"),
      field(data, "target_event_id"),
      field(data, "amends"),
    ),
  ];
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
