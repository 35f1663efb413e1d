/**
 * The figures of the spend page as cards.
 *
 * @module
 */
import { changeOf } from "../change.ts";
import { exactCount, formatCount } from "../format.ts";
import { exactUsd, formatSpend, formatUsd } from "../money.ts";
import { drillDown } from "../page_url.ts";
import type { Stat } from "../stat_card.tsx";
import type { SpendData } from "./types.ts";

interface Looked {
  readonly data: SpendData;
  readonly url: URL;
  readonly against: string;
}

export function spendStats({ data, url, against }: Looked): readonly Stat[] {
  const { groups: { total, previous }, forecast, unpriced } = data;
  const spend = formatSpend(total.cost_usd, total.unpriced_requests, total.requests);
  const absent = spend.text === "no price" && total.requests > 0;
  // Nothing before is no comparison: every figure would be new.
  const before = previous && previous.total.requests > 0 ? previous.total : undefined;
  const money = (now: string, then: string | undefined, good: "up" | "down") =>
    then === undefined ? null : changeOf(Number(now), Number(then), good);
  return [
    {
      id: "spend",
      label: "Spend",
      meaning: "What the calls cost, summed over those whose price is known.",
      value: total.requests === 0 ? "$0.00" : spend.text,
      title: spend.title,
      ...(spend.suffix && { beside: spend.suffix }),
      ...(absent && { tone: "absent" as const }),
      change: absent ? null : money(total.cost_usd, before?.cost_usd, "down"),
      against,
      href: drillDown("/dashboard/requests", url, {}),
    },
    {
      id: "month",
      label: "This month so far",
      meaning: "Known costs since the first of the month (UTC), with the same filters.",
      value: formatUsd(forecast.spent_usd),
      title: exactUsd(forecast.spent_usd),
      beside: monthName(forecast.month),
    },
    {
      id: "forecast",
      label: "Forecast to month's end",
      meaning: forecast.explanation,
      value: forecast.forecast_usd === null ? "not yet" : `≈ ${formatUsd(forecast.forecast_usd)}`,
      title: forecast.explanation,
      ...(forecast.forecast_usd === null && { tone: "absent" as const }),
      beside: methodWord[forecast.method],
    },
    {
      id: "saved",
      label: "Saved by cache",
      meaning: "What answers from the cache would have cost at the provider.",
      value: formatUsd(total.saved_cost_usd),
      title: exactUsd(total.saved_cost_usd),
      change: money(total.saved_cost_usd, before?.saved_cost_usd, "up"),
      against,
      href: drillDown("/dashboard/cache", url, {}),
    },
    {
      id: "unpriced",
      label: "Calls without a price",
      meaning: "Calls that no sum here holds, because a price is missing: see below which.",
      value: formatCount(unpriced.total.calls),
      title: exactCount(unpriced.total.calls),
      ...(unpriced.total.calls > 0 && { href: "#unpriced" }),
    },
  ];
}

const methodWord = {
  weekdays: "by weekday, from 4 weeks",
  linear: "linear, less than 4 weeks known",
  none: "needs a whole day of spend",
} as const;

function monthName(month: string): string {
  return new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" })
    .format(new Date(`${month}-01T00:00:00.000Z`));
}
