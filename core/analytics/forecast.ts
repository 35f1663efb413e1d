/**
 * What the running month will cost, from the days so far. Amounts are exact: the only rounding is that
 * of a division to the twelfth digit.
 *
 * Guarantees: pure; what is spent is part of the forecast, so it is never below it; without a whole day
 * of spend there is no forecast.
 *
 * @module
 */
import { z } from "zod";
import { decimal, divideRounded, exactText } from "../pricing/decimal.ts";
import type { Range } from "./contract.ts";
import { moneySchema } from "./types.ts";

const dayMs = 86_400_000;
/** Four of each weekday. */
const historyDays = 28;

export const forecastSchema = z.object({
  project_id: z.string(),
  /** The UTC month, e.g. `2026-11`. */
  month: z.string().regex(/^\d{4}-\d\d$/),
  as_of: z.iso.datetime({ precision: 3 }),
  /** Known costs of the month until now. */
  spent_usd: moneySchema,
  /** What the whole month will have cost; null when less than a day of spend is known. */
  forecast_usd: moneySchema.nullable(),
  /** `weekdays`: each day costs what its weekday did; `linear`: all days cost alike. */
  method: z.enum(["weekdays", "linear", "none"]),
  /** The method in one sentence. */
  explanation: z.string(),
});
export type Forecast = z.infer<typeof forecastSchema>;

/** What one UTC day cost. */
export interface DaySpend {
  /** ISO UTC, the day's beginning. */
  readonly timestamp: string;
  /** US dollars, decimal. */
  readonly cost_usd: string;
}

/**
 * The whole days that a forecast is made from: the month so far and the four weeks before today.
 *
 * @param now milliseconds since 1970
 */
export function forecastRange(now: number): Range {
  const today = dayOf(now);
  const from = Math.min(monthOf(now).begin, today - historyDays * dayMs);
  return { from: new Date(from).toISOString(), to: new Date(today + dayMs).toISOString() };
}

/**
 * The month's end from its days so far.
 *
 * With four whole weeks of history each day to come costs the mean of its weekday in them; with less,
 * what a day has cost on average since the first spend. Of today the hours that are left are added.
 *
 * @param days those of `forecastRange()`; a missing one cost nothing
 * @param now milliseconds since 1970
 * @example
 * ```ts
 * import { forecastMonth } from "@/core/analytics/forecast.ts";
 * import { expect } from "expect";
 *
 * // Ten whole days at two dollars in a month of thirty.
 * const days = Array.from({ length: 10 }, (_, day) => ({
 *   timestamp: new Date(Date.UTC(2026, 10, 1 + day)).toISOString(),
 *   cost_usd: "2",
 * }));
 * const { forecast_usd, method } = forecastMonth(days, Date.UTC(2026, 10, 11));
 * expect(forecast_usd).toBe("60");
 * expect(method).toBe("linear");
 * ```
 */
export function forecastMonth(
  days: readonly DaySpend[],
  now: number,
): Omit<Forecast, "project_id"> {
  const month = monthOf(now);
  const today = dayOf(now);
  const costs = new Map(
    days.map(({ timestamp, cost_usd }) => [dayOf(Date.parse(timestamp)), exactText(cost_usd)]),
  );
  const between = (from: number, to: number) =>
    [...costs].reduce((sum, [day, cost]) => day >= from && day < to ? sum + cost : sum, 0n);
  const spent = between(month.begin, month.end);
  const first = Math.min(...[...costs].filter(([, cost]) => cost > 0n).map(([day]) => day));
  const known = {
    month: new Date(now).toISOString().slice(0, 7),
    as_of: new Date(now).toISOString(),
    spent_usd: decimal(spent),
  };

  if (!(now - first >= dayMs)) {
    return {
      ...known,
      forecast_usd: null,
      method: "none",
      explanation: "There is no forecast yet: it needs a whole day with a known cost.",
    };
  }
  const historyBegins = today - historyDays * dayMs;
  if (first <= historyBegins) {
    return {
      ...known,
      forecast_usd: decimal(spent + weekdaysToCome(costs, now, month.end)),
      method: "weekdays",
      explanation:
        "Spent so far, and for each day to come the mean of its weekday in the last four weeks.",
    };
  }
  const rest = divideRounded(
    between(first, today + dayMs) * BigInt(month.end - now),
    BigInt(now - first),
  );
  return {
    ...known,
    forecast_usd: decimal(spent + rest),
    method: "linear",
    explanation:
      "Spent so far, and for the days to come the mean of a day since the first spend: there are " +
      "less than four weeks of it.",
  };
}

/** What the rest of today and the days until `end` cost when each is like its weekday was. */
function weekdaysToCome(costs: ReadonlyMap<number, bigint>, now: number, end: number): bigint {
  const today = dayOf(now);
  let sum = 0n;
  for (let day = today; day < end; day += dayMs) {
    const ahead = Math.floor((day - today) / (7 * dayMs)) + 1;
    const weeks = [0, 1, 2, 3].map((week) => costs.get(day - (ahead + week) * 7 * dayMs) ?? 0n);
    const mean = weeks.reduce((total, cost) => total + cost, 0n);
    const left = Math.min(dayMs, day + dayMs - now);
    sum += divideRounded(mean * BigInt(left), BigInt(weeks.length * dayMs));
  }
  return sum;
}

function dayOf(time: number): number {
  return Math.floor(time / dayMs) * dayMs;
}

function monthOf(time: number): { begin: number; end: number } {
  const date = new Date(time);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { begin: Date.UTC(year, month, 1), end: Date.UTC(year, month + 1, 1) };
}
