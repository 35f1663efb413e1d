/**
 * What is to become of an event that stands in the log, by what was taken away after it. Pure.
 *
 * An event goes only when a later event of the log has taken its rows away: a projection that is made
 * anew without it is therefore the same as one that is made with it.
 *
 * @module
 */
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
export type AppliedErasure =
  & Place
  & ({ readonly user_id: string } | { readonly event_id: string });

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
  if (erasures.some((one) => after(one) && isErased(raw, one))) return "remove";
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

function isErased(raw: unknown, erasure: AppliedErasure): boolean {
  const data = field(raw, "data");
  if ("user_id" in erasure) {
    return field(data, "user_id") === erasure.user_id ||
      field(field(data, "call"), "user_id") === erasure.user_id;
  }
  const { event_id } = erasure;
  return field(raw, "id") === event_id || field(data, "event_id") === event_id ||
    field(data, "call_id") === event_id || field(data, "target_event_id") === event_id ||
    field(data, "amends") === event_id;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
