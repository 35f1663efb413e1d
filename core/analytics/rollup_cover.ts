/**
 * Which parts of a range are read from the sums by day, hour and minute, and which from the calls
 * themselves. Pure. Every moment of the range is in exactly one part.
 *
 * @module
 */

/** Milliseconds. */
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export type Unit = "day" | "hour" | "minute";

/** Milliseconds since 1970, `to` excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** An hour or a day whose sums may be used: the number of the run that made them, by its beginning. */
export type Sealed = ReadonlyMap<number, string>;

export interface Seals {
  readonly days: Sealed;
  readonly hours: Sealed;
}

/** A sealed day or hour; of an hour whose minutes are used, the hour. */
export interface Used {
  readonly at: number;
  readonly made: string;
}

export interface Cover {
  readonly days: readonly Used[];
  readonly hours: readonly Used[];
  /** Hours of which the minutes are used that lie whole in the range. */
  readonly minutes: readonly Used[];
  /** To be read from the calls, in order and apart from one another. */
  readonly rows: readonly Span[];
}

/**
 * @param units those that may be used: a chart by the hour has no use for days
 * @example
 * ```ts
 * import { coverOf, hour, minute } from "@/core/analytics/rollup_cover.ts";
 * import { expect } from "expect";
 *
 * const seals = { days: new Map(), hours: new Map([[hour, "7"], [2 * hour, "7"]]) };
 * const range = { from: hour + minute / 2, to: 3 * hour + minute };
 * expect(coverOf(range, seals, new Set(["hour", "minute"]))).toEqual({
 *   days: [],
 *   hours: [{ at: 2 * hour, made: "7" }],
 *   minutes: [{ at: hour, made: "7" }],
 *   rows: [{ from: hour + minute / 2, to: hour + minute }, { from: 3 * hour, to: 3 * hour + minute }],
 * });
 * ```
 */
export function coverOf(range: Span, seals: Seals, units: ReadonlySet<Unit>): Cover {
  const days: Used[] = [];
  const hours: Used[] = [];
  const minutes: Used[] = [];
  const rows: Span[] = [];
  const readRows = (from: number, to: number) => {
    if (from >= to) return;
    const before = rows.at(-1);
    if (before?.to === from) rows[rows.length - 1] = { from: before.from, to };
    else rows.push({ from, to });
  };

  const [first, last] = sealedSpan(seals);
  readRows(range.from, Math.min(first, range.to));
  for (let at = Math.max(range.from, first); at < Math.min(range.to, last);) {
    const dayMade = at % day === 0 && at + day <= range.to ? seals.days.get(at) : undefined;
    if (dayMade !== undefined && units.has("day")) {
      days.push({ at, made: dayMade });
      at += day;
      continue;
    }
    const begin = Math.floor(at / hour) * hour;
    const end = Math.min(begin + hour, range.to);
    const made = seals.hours.get(begin);
    const wholeMinutes = [
      Math.ceil(at / minute) * minute,
      Math.floor(end / minute) * minute,
    ] as const;
    if (made !== undefined && units.has("hour") && end - at === hour) {
      hours.push({ at, made });
    } else if (made !== undefined && units.has("minute") && wholeMinutes[0] < wholeMinutes[1]) {
      readRows(at, wholeMinutes[0]);
      minutes.push({ at: begin, made });
      readRows(wholeMinutes[1], end);
    } else {
      readRows(at, end);
    }
    at = end;
  }
  readRows(Math.max(range.from, Math.min(last, range.to)), range.to);
  return { days, hours, minutes, rows };
}

/** From the first sealed hour to the end of the last; empty, and after every time, when there is none. */
function sealedSpan({ days, hours }: Seals): readonly [number, number] {
  if (days.size + hours.size === 0) return [Infinity, Infinity];
  let [first, last] = [Infinity, -Infinity];
  const take = (at: number, length: number) => {
    first = Math.min(first, at);
    last = Math.max(last, at + length);
  };
  for (const at of days.keys()) take(at, day);
  for (const at of hours.keys()) take(at, hour);
  return [first, last];
}
