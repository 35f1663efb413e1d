/**
 * Spans of time as the API takes them: two dates, or a period that ends now. Everything is UTC.
 *
 * @module
 */
import { z } from "zod";
import type { Range } from "./contract.ts";
import { type Period, periodSchema } from "./types.ts";

const hour = 3_600;
const day = 86_400;

const periods: Readonly<Record<Period, { seconds: number; bucket: number }>> = {
  "1h": { seconds: hour, bucket: 300 },
  "6h": { seconds: 6 * hour, bucket: 1_800 },
  "24h": { seconds: day, bucket: hour },
  "7d": { seconds: 7 * day, bucket: 6 * hour },
  "30d": { seconds: 30 * day, bucket: day },
};

const bucketSizes = [60, ...Object.values(periods).map(({ bucket }) => bucket)];
/** A chart of more points than this says no more than one with wider buckets. */
const bucketsWanted = 120;
const bucketsAllowed = 4_000;

/** What ClickHouse's DateTime64 holds without loss, and more than any log does. */
const earliest = Date.UTC(1970, 0, 1);
const latest = Date.UTC(2299, 11, 31);

const expected = "must be a date (2026-01-31) or an ISO time (2026-01-31T10:00:00.000Z)";

const dateText = z.string().refine(
  (text) => readDate(text) !== null,
  { error: `${expected} between 1970 and 2299` },
);

/** The fields of a query string that choose a range. */
export const rangeFields = {
  date_from: dateText.optional(),
  date_to: dateText.optional(),
  period: periodSchema.optional(),
};

export type RangeInput = z.infer<z.ZodObject<typeof rangeFields>>;

/** What a range may be refused for, naming the field. */
export type RangeResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly field: string; readonly expected: string };

/**
 * The range that was asked for, or the last 24 hours. `date_from` is included; an ISO `date_to` is
 * excluded, and a `date_to` without a time means the whole of that day.
 *
 * @param now milliseconds since 1970
 * @example
 * ```ts
 * import { rangeOf } from "@/core/analytics/range.ts";
 * import { expect } from "expect";
 *
 * expect(rangeOf({ date_from: "2026-01-30", date_to: "2026-01-31" }, 0)).toEqual({
 *   ok: true,
 *   value: { from: "2026-01-30T00:00:00.000Z", to: "2026-02-01T00:00:00.000Z" },
 * });
 * ```
 */
export function rangeOf(input: RangeInput, now: number): RangeResult<Range> {
  const end = input.date_to === undefined ? now : readEnd(input.date_to);
  const seconds = periods[input.period ?? "24h"].seconds;
  const begin = input.date_from === undefined ? end - seconds * 1000 : readBegin(input.date_from);
  return begin < end ? { ok: true, value: range(begin, end) } : reversed;
}

/** As `rangeOf()`, but open where nothing was said: lists and exports reach back to the beginning. */
export function openRangeOf(input: RangeInput, now: number): RangeResult<Partial<Range>> {
  if (input.period !== undefined) return rangeOf(input, now);
  const { date_from, date_to } = input;
  const open = {
    ...(date_from !== undefined && { from: iso(readBegin(date_from)) }),
    ...(date_to !== undefined && { to: iso(readEnd(date_to)) }),
  };
  if (open.from !== undefined && open.to !== undefined && open.from >= open.to) return reversed;
  return { ok: true, value: open };
}

export interface Buckets {
  readonly range: Range;
  readonly bucketSeconds: number;
  readonly period?: Period;
}

/**
 * The range of a chart and the width of its buckets. A period is shifted to whole buckets, of which the
 * last is the one that is not over; dates are taken as they are, so the outer buckets may be cut.
 */
export function bucketsOf(input: RangeInput, now: number): RangeResult<Buckets> {
  if (input.date_from === undefined && input.date_to === undefined) {
    return { ok: true, value: lastBuckets(input.period ?? "24h", now) };
  }
  const given = rangeOf(input, now);
  if (!given.ok) return given;
  const seconds = (Date.parse(given.value.to) - Date.parse(given.value.from)) / 1000;
  const bucketSeconds = bucketSizes.find((size) => seconds / size <= bucketsWanted) ?? day;
  if (seconds / bucketSeconds > bucketsAllowed) {
    return {
      ok: false,
      field: "date_from",
      expected: `must be at most ${bucketsAllowed} days before date_to`,
    };
  }
  return { ok: true, value: { range: given.value, bucketSeconds } };
}

/** A period's buckets up to and with the present one. */
export function lastBuckets(period: Period, now: number): Buckets & { readonly period: Period } {
  const { seconds, bucket } = periods[period];
  const end = (Math.floor(now / 1000 / bucket) + 1) * bucket * 1000;
  return { range: range(end - seconds * 1000, end), bucketSeconds: bucket, period };
}

const reversed = { ok: false, field: "date_from", expected: "must be before date_to" } as const;

const iso = (time: number) => new Date(time).toISOString();
const range = (from: number, to: number): Range => ({ from: iso(from), to: iso(to) });

interface ReadDate {
  readonly time: number;
  readonly wholeDay: boolean;
}

const dateOnly = z.iso.date();
const instant = z.iso.datetime({ offset: true, local: true });

/** The `+` of an offset that was not encoded arrives as a space. */
const spacedOffset = /(?<=T[\d:.]+) (?=\d\d:?\d\d$)/;

function readDate(asked: string): ReadDate | null {
  const text = asked.replace(spacedOffset, "+");
  const wholeDay = dateOnly.safeParse(text).success;
  if (!wholeDay && !instant.safeParse(text).success) return null;
  // Without a zone a time is UTC here, whatever the zone of the machine.
  const zoned = wholeDay || /(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
  const time = Date.parse(zoned);
  return time >= earliest && time <= latest ? { time, wholeDay } : null;
}

function readBegin(text: string): number {
  return readDate(text)?.time ?? NaN;
}

function readEnd(text: string): number {
  const read = readDate(text);
  if (!read) return NaN;
  return read.wholeDay ? read.time + day * 1000 : read.time;
}
