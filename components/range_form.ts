/**
 * A range of one's own as a form has it: days, and times for who wants them. The address has it in UTC,
 * the form in the zone of whoever looks at it.
 *
 * @module
 */
import { endsOf, type RangeChoice } from "./view.ts";
import { momentOf, wallAt } from "./wall_clock.ts";
import type { Zone } from "./zone.ts";

/** Days as `2026-11-01`; times as `14:05`, or empty: the whole day. */
export interface RangeFields {
  readonly from: string;
  readonly from_time: string;
  readonly to: string;
  readonly to_time: string;
}

const noFields: RangeFields = { from: "", from_time: "", to: "", to_time: "" };

/** A range as the fields show it: without times when it consists of whole days of the zone. */
export function fieldsOf(range: RangeChoice, zone: Zone): RangeFields {
  const ends = range.kind === "dates" ? endsOf(range) : null;
  if (!ends) return noFields;
  const from = wallAt(ends.begin, zone);
  const to = wallAt(ends.end, zone);
  if (from.time === "00:00" && to.time === "00:00" && ends.begin < ends.end) {
    const last = wallAt(ends.end - 1, zone);
    return { from: from.date, from_time: "", to: last.date, to_time: "" };
  }
  return { from: from.date, from_time: from.time, to: to.date, to_time: to.time };
}

export type ChosenRange =
  | { readonly ok: true; readonly from: string; readonly to: string }
  | { readonly ok: false; readonly field: "from" | "to"; readonly message: string };

/**
 * What the address says for the fields. Whole days of UTC are dates, all else are moments.
 *
 * @example
 * ```ts
 * import { chosenRange } from "@/components/range_form.ts";
 * import { expect } from "expect";
 *
 * const days = { from: "2026-11-01", from_time: "", to: "2026-11-01", to_time: "" };
 * expect(chosenRange(days, "UTC")).toEqual({ ok: true, from: "2026-11-01", to: "2026-11-01" });
 * expect(chosenRange(days, "Europe/Vienna")).toEqual({
 *   ok: true, from: "2026-10-31T23:00:00Z", to: "2026-11-01T23:00:00Z",
 * });
 * ```
 */
export function chosenRange(fields: RangeFields, zone: Zone): ChosenRange {
  if (fields.from === "") return { ok: false, field: "from", message: "Choose the first day." };
  if (fields.to === "") return { ok: false, field: "to", message: "Choose the last day." };
  const begin = momentOf({ date: fields.from, time: fields.from_time || "00:00" }, zone);
  const end = fields.to_time === ""
    ? momentOf({ date: dayAfter(fields.to), time: "00:00" }, zone)
    : momentOf({ date: fields.to, time: fields.to_time }, zone);
  if (!(begin < end)) {
    return { ok: false, field: "to", message: "The end must be later than the beginning." };
  }
  const wholeDays = fields.from_time === "" && fields.to_time === "";
  return zone === "UTC" && wholeDays
    ? { ok: true, from: fields.from, to: fields.to }
    : { ok: true, from: instantOf(begin), to: instantOf(end) };
}

/** What a form that was sent without script has put into the address, as the address has it; else null. */
export function withTimesJoined(url: URL): URL | null {
  const { searchParams } = url;
  if (!searchParams.has("from_time") && !searchParams.has("to_time")) return null;
  const joined = new URL(url);
  for (const end of ["from", "to"]) {
    const day = searchParams.get(end);
    const time = searchParams.get(`${end}_time`);
    if (day && time) joined.searchParams.set(end, `${day}T${time}Z`);
    joined.searchParams.delete(`${end}_time`);
  }
  return joined;
}

function dayAfter(date: string): string {
  return new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
}

function instantOf(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`;
}
