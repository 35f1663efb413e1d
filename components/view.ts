/**
 * What a page of the dashboard looks at, read from its address: project, range, comparison and how
 * often it follows. The whole state is in the address, so that a link shows the same view.
 *
 * @module
 */
import type { Period } from "@/core/analytics/types.ts";

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
    range: readRange(params),
    compare: params.get("compare") !== "off",
    live: params.get("live") !== "off",
    everySeconds: refreshChoices.find((seconds) => seconds === every) ?? usualRefresh,
  };
}

const moment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?)?$/;

function readRange(params: URLSearchParams): RangeChoice {
  const from = params.get("from");
  const to = params.get("to");
  if (from && to && isMoment(from) && isMoment(to) && from <= to) {
    return { kind: "dates", from, to };
  }
  const asked = params.get("range");
  return { kind: "period", period: periods.find((period) => period === asked) ?? "24h" };
}

function isMoment(text: string): boolean {
  return moment.test(text) && !Number.isNaN(Date.parse(text));
}

/** The range as the analytics API's query takes it. */
export type RangeQuery =
  | { readonly period: Period }
  | { readonly date_from: string; readonly date_to: string };

export function rangeQuery(range: RangeChoice): RangeQuery {
  return range.kind === "period"
    ? { period: range.period }
    : { date_from: range.from, date_to: range.to };
}

/** `Last 24 hours`, or `1 Nov to 3 Nov 2026`. Instants are written in UTC, which the label then names. */
export function rangeLabel(range: RangeChoice): string {
  if (range.kind === "period") return `Last ${periodWords[range.period]}`;
  const whole = range.from.length === 10 && range.to.length === 10;
  const from = dayText(range.from, whole);
  const to = dayText(range.to, whole);
  if (whole) return from === to ? from : `${from} to ${to}`;
  return `${from} to ${to} UTC`;
}

/** What the figures are compared with, to stand after "vs". */
export function previousLabel(range: RangeChoice): string {
  return range.kind === "period" ? `previous ${periodWords[range.period]}` : "the time before";
}

function dayText(moment: string, whole: boolean): string {
  const date = new Date(moment.length === 10 || moment.endsWith("Z") ? moment : `${moment}Z`);
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    ...(whole ? { year: "numeric" } : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    timeZone: "UTC",
  }).format(date);
}
