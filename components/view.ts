/**
 * What a page of the dashboard looks at, read from its address: project, range, comparison and how
 * often it follows. The whole state is in the address, so that a link shows the same view.
 *
 * @module
 */
import type { Period } from "@/core/analytics/types.ts";
import type { Zone } from "./zone.ts";

/** A span of time by its length, ending now, or by its ends. */
export type RangeChoice =
  | { readonly kind: "period"; readonly period: Period }
  /** Dates (`2026-11-01`, UTC days, the last one included) or ISO instants (the last one excluded). */
  | { readonly kind: "dates"; readonly from: string; readonly to: string };

export interface View {
  readonly range: RangeChoice;
  /** Whether figures stand beside those of the period before. */
  readonly compare: boolean;
  /** Whether an open page follows the calls. */
  readonly live: boolean;
  /** How often it asks while it does. */
  readonly everySeconds: number;
  /** Why the range is not the one that the address asks for, in a sentence. */
  readonly problem?: string;
}

export const periods = ["1h", "6h", "24h", "7d", "30d"] as const satisfies readonly Period[];

/** Seconds between two reads of an open page, 5 s to 5 min. */
export const refreshChoices = [5, 10, 30, 60, 300] as const;
const usualRefresh = 10;

/** A period in words, to stand after "in the last" or "Last". */
export const periodWords: Readonly<Record<Period, string>> = {
  "1h": "hour",
  "6h": "6 hours",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
};

/**
 * The view of an address. What it does not name, or names wrongly, is as usual: 24 hours, compared,
 * live every 10 seconds.
 *
 * @example
 * ```ts
 * import { readView } from "@/components/view.ts";
 * import { expect } from "expect";
 *
 * const view = readView(new URLSearchParams("range=7d&compare=off&every=60"));
 * expect(view).toEqual({
 *   range: { kind: "period", period: "7d" }, compare: false, live: true, everySeconds: 60,
 * });
 * ```
 */
export function readView(params: URLSearchParams): View {
  const every = Number(params.get("every"));
  return {
    ...readRange(params),
    compare: params.get("compare") !== "off",
    live: params.get("live") !== "off",
    everySeconds: refreshChoices.find((seconds) => seconds === every) ?? usualRefresh,
  };
}

/** A range of more days has no chart. */
const mostDays = 3_660;
const instead = "The last 24 hours are shown instead.";

function readRange(params: URLSearchParams): Pick<View, "range" | "problem"> {
  const asked = params.get("range");
  const period = periods.find((period) => period === asked) ?? "24h";
  const [from, to] = [params.get("from"), params.get("to")];
  const usual = { range: { kind: "period", period } } as const;
  if (!from && !to) return usual;
  const dates = { kind: "dates", from: from ?? "", to: to ?? "" } as const;
  const ends = endsOf(dates);
  if (!ends) return { ...usual, problem: `The range needs a first and a last day. ${instead}` };
  if (ends.begin >= ends.end) {
    return { ...usual, problem: `The range ends before it begins. ${instead}` };
  }
  return ends.end - ends.begin > mostDays * dayMs
    ? { ...usual, problem: `The range is longer than ten years. ${instead}` }
    : { range: dates };
}

const moment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?)?$/;
const dayMs = 86_400_000;
/** What the analytics API takes. */
const earliest = Date.UTC(1970, 0, 1);
const latest = Date.UTC(2299, 11, 31);

/** A range's ends in milliseconds since 1970, the last one excluded; null for what are none. */
export function endsOf(
  { from, to }: RangeChoice & { readonly kind: "dates" },
): { readonly begin: number; readonly end: number } | null {
  const begin = timeOf(from);
  const end = timeOf(to);
  if (begin === null || end === null) return null;
  return { begin, end: to.length === 10 ? end + dayMs : end };
}

function timeOf(text: string): number | null {
  if (!moment.test(text)) return null;
  const time = Date.parse(text.length === 10 || text.endsWith("Z") ? text : `${text}Z`);
  // Days that no month has would be taken for those of the next one.
  const isDay = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 10));
  return isDay && time >= earliest && time <= latest ? time : null;
}

/** The range as the analytics API's query takes it. */
export type RangeQuery =
  | { readonly period: Period }
  | { readonly date_from: string; readonly date_to: string };

export function rangeQuery(range: RangeChoice): RangeQuery {
  return range.kind === "period"
    ? { period: range.period }
    : { date_from: withSeconds(range.from), date_to: withSeconds(range.to) };
}

/** Addresses that people write may stop at the minute and leave out the zone; the API's do not. */
function withSeconds(text: string): string {
  const time = timeOf(text);
  return time === null || text.length === 10 ? text : new Date(time).toISOString();
}

/**
 * `Last 24 hours`, `1 Nov to 3 Nov 2026`, or with times when it is not whole days of the zone. UTC is
 * named beside times: it is hardly anybody's own.
 *
 * @example
 * ```ts
 * import { rangeLabel } from "@/components/view.ts";
 * import { expect } from "expect";
 *
 * const range = { kind: "dates", from: "2026-10-31T23:00Z", to: "2026-11-03T23:00Z" } as const;
 * expect(rangeLabel(range, "UTC")).toBe("31 Oct, 23:00 to 3 Nov, 23:00 UTC");
 * expect(rangeLabel(range, "Europe/Vienna")).toBe("1 Nov to 3 Nov 2026");
 * ```
 */
export function rangeLabel(range: RangeChoice, zone: Zone = "UTC"): string {
  if (range.kind === "period") return `Last ${periodWords[range.period]}`;
  const ends = endsOf(range);
  if (!ends) return "";
  const write = (time: number, parts: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: zone }).format(time);
  if ([ends.begin, ends.end].every((time) => write(time, clock) === "00:00")) {
    const [first, last] = [write(ends.begin, day), write(ends.end - 1, { ...day, ...year })];
    return last.startsWith(`${first} `) ? last : `${first} to ${last}`;
  }
  const [first, last] = [write(ends.begin, day), write(ends.end, day)];
  const until = write(ends.end, clock);
  const label = `${first}, ${write(ends.begin, clock)} to ${first === last ? "" : `${last}, `}`;
  return label + until + (zone === "UTC" ? " UTC" : "");
}

const day = { day: "numeric", month: "short" } as const;
const year = { year: "numeric" } as const;
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

/** What the figures are compared with, to stand after "vs" or "the". */
export function previousLabel(range: RangeChoice): string {
  return range.kind === "period" ? `previous ${periodWords[range.period]}` : "time before";
}
