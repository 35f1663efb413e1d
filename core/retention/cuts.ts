/**
 * From days that are kept to the instants before which nothing is. Pure.
 *
 * A cut is always the beginning of a day in UTC: whole days go, so that sums by day stay what they were.
 *
 * @module
 */
import type { RetentionSettings } from "./settings.ts";

const dayMs = 86_400_000;

/** ISO UTC with milliseconds; null: nothing goes. */
export interface Cuts {
  readonly calls_before: string | null;
  readonly bodies_before: string | null;
}

/**
 * What a project's settings say at a time. Bodies go with their calls at the latest.
 *
 * @param now milliseconds since 1970
 *
 * @example
 * ```ts
 * import { cutsOf } from "@/core/retention/cuts.ts";
 * import { expect } from "expect";
 *
 * const now = Date.parse("2026-11-23T15:09:00.000Z");
 * expect(cutsOf({ calls_days: 90, bodies_days: 7 }, now)).toEqual({
 *   calls_before: "2026-08-25T00:00:00.000Z",
 *   bodies_before: "2026-11-16T00:00:00.000Z",
 * });
 * ```
 */
export function cutsOf({ calls_days, bodies_days }: RetentionSettings, now: number): Cuts {
  const calls = cutOf(calls_days, now);
  return { calls_before: calls, bodies_before: later(cutOf(bodies_days, now), calls) };
}

function cutOf(days: number | null, now: number): string | null {
  if (days === null) return null;
  const today = Math.floor(now / dayMs) * dayMs;
  return new Date(Math.max(0, today - days * dayMs)).toISOString();
}

/** The later of two instants. */
export function later(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
