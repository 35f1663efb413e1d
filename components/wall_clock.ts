/**
 * Between moments and what a clock on the wall of a zone shows. Only `Intl` knows the zones, and it tells
 * one way: the other is found from it.
 *
 * @module
 */
import type { Zone } from "./zone.ts";

export interface Wall {
  /** `2026-11-01` */
  readonly date: string;
  /** `14:05` */
  readonly time: string;
}

/**
 * What the clocks of a zone show at a moment, in milliseconds since 1970.
 *
 * @example
 * ```ts
 * import { wallAt } from "@/components/wall_clock.ts";
 * import { expect } from "expect";
 *
 * const moment = Date.parse("2026-10-31T23:30:00.000Z");
 * expect(wallAt(moment, "Europe/Vienna")).toEqual({ date: "2026-11-01", time: "00:30" });
 * ```
 */
export function wallAt(moment: number, zone: Zone): Wall {
  const iso = new Date(moment + offsetAt(moment, zone)).toISOString();
  return { date: iso.slice(0, 10), time: iso.slice(11, 16) };
}

/**
 * When the clocks of a zone show that. A time that is skipped when the clocks go forward is taken as the
 * moment that it would have been; of two in autumn it is the first.
 *
 * @example
 * ```ts
 * import { momentOf } from "@/components/wall_clock.ts";
 * import { expect } from "expect";
 *
 * const moment = momentOf({ date: "2026-11-01", time: "00:30" }, "Europe/Vienna");
 * expect(new Date(moment).toISOString()).toBe("2026-10-31T23:30:00.000Z");
 * ```
 */
export function momentOf({ date, time }: Wall, zone: Zone): number {
  const asUtc = Date.parse(`${date}T${time}Z`);
  // The offset before any change that is near: what it gives stands unless the change has passed.
  const before = asUtc - offsetAt(asUtc - 86_400_000, zone);
  if (before + offsetAt(before, zone) === asUtc) return before;
  const after = asUtc - offsetAt(asUtc + 86_400_000, zone);
  return after + offsetAt(after, zone) === asUtc ? after : before;
}

/** By how much the clocks of a zone are ahead of UTC, in milliseconds. */
function offsetAt(moment: number, zone: Zone): number {
  if (zone === "UTC") return 0;
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(moment);
  const part = (name: string) => Number(parts.find(({ type }) => type === name)?.value ?? NaN);
  const shown = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return shown - Math.floor(moment / 1_000) * 1_000;
}
