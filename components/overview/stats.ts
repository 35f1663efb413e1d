/**
 * The overview's figures as cards: what each is called, means, says and leads to.
 *
 * @module
 */
import type { Overview, OverviewFigures } from "@/core/analytics/overview/types.ts";
import { type Change, changeOf, changeOfRate } from "../change.ts";
import { exactCount, formatCount, formatDuration, formatRate } from "../format.ts";
import { exactUsd, formatSpend, formatUsd } from "../money.ts";
import { drillDown } from "../page_url.ts";
import type { Stat } from "../stat_card.tsx";

interface Looked {
  readonly overview: Overview;
  readonly url: URL;
  /** What a change is against, e.g. `previous 24 hours`. */
  readonly against: string;
}

const requestsPage = "/dashboard/requests";

export function overviewStats(looked: Looked): readonly Stat[] {
  return [
    spend(looked),
    saved(looked),
    requests(looked),
    errors(looked),
    tokens(looked),
    latency(looked, "p50", "Latency, median", "Half of the calls ended within this time."),
    latency(looked, "p95", "Latency, p95", "95 of 100 calls ended within this time."),
    latency(looked, "p99", "Latency, p99", "99 of 100 calls ended within this time."),
    firstToken(looked),
    hitRate(looked),
  ];
}

function spend({ overview: { now, before, series }, url, against }: Looked): Stat {
  const { text, suffix, title } = formatSpend(now.cost_usd, now.unpriced, now.requests);
  const absent = text === "no price";
  return {
    id: "spend",
    label: "Spend",
    meaning: "What the calls cost, summed over those whose price is known.",
    value: now.requests === 0 ? "$0.00" : text,
    title,
    ...(suffix && { beside: suffix }),
    ...(absent && now.requests > 0 && { tone: "absent" as const }),
    change: absent ? null : moneyChange(now.cost_usd, before?.cost_usd, "down"),
    against,
    spark: series.map(({ cost_usd }) => Number(cost_usd)),
    href: drillDown("/dashboard/spend", url, {}),
  };
}

function saved({ overview: { now, before, series }, url, against }: Looked): Stat {
  return {
    id: "saved",
    label: "Saved by cache",
    meaning: "What answers from the cache would have cost at the provider.",
    value: formatUsd(now.saved_usd),
    title: exactUsd(now.saved_usd),
    change: moneyChange(now.saved_usd, before?.saved_usd, "up"),
    against,
    spark: series.map(({ saved_usd }) => Number(saved_usd)),
    href: drillDown(requestsPage, url, { cache: ["HIT", "HIT-SEMANTIC", "HIT-COALESCED"] }),
  };
}

function requests({ overview: { now, before, series }, url, against }: Looked): Stat {
  return {
    id: "requests",
    label: "Requests",
    meaning: "Calls that reached the gateway and ended, whatever their outcome.",
    value: formatCount(now.requests),
    title: exactCount(now.requests),
    change: before && changeOf(now.requests, before.requests, null),
    against,
    spark: series.map(({ requests }) => requests),
    href: drillDown(requestsPage, url, {}),
  };
}

function errors({ overview: { now, before, series }, url, against }: Looked): Stat {
  return {
    id: "errors",
    label: "Errors",
    meaning: "Share of calls that failed or that the client left before their end.",
    value: now.requests === 0 ? "no calls" : formatRate(rate(now)),
    title: `${exactCount(now.failed)} failed`,
    beside: `${formatCount(now.failed)} failed`,
    ...(now.requests === 0 ? { tone: "absent" as const } : rate(now) >= 0.05 && {
      tone: "error" as const,
    }),
    change: before && before.requests > 0 && now.requests > 0
      ? changeOfRate(rate(now), rate(before), "down")
      : null,
    against,
    spark: series.map((bucket) => bucket.requests === 0 ? null : rate(bucket)),
    href: drillDown(requestsPage, url, { status: ["error", "aborted"] }),
  };
}

function tokens({ overview: { now, before, series }, url, against }: Looked): Stat {
  const { tokens_input, tokens_output } = now;
  return {
    id: "tokens",
    label: "Tokens",
    meaning: "What was read and written: all input, cached and not, and all output with reasoning.",
    value: formatCount(tokensOf(now)),
    title: `${exactCount(tokens_input)} in, ${exactCount(tokens_output)} out`,
    beside: `${formatCount(tokens_output)} out`,
    change: before && changeOf(tokensOf(now), tokensOf(before), null),
    against,
    spark: series.map(tokensOf),
    href: drillDown("/dashboard/spend", url, { order: "tokens" }),
  };
}

function tokensOf({ tokens_input, tokens_output }: OverviewFigures): number {
  return tokens_input + tokens_output;
}

function latency(
  { overview: { now, before, series }, url, against }: Looked,
  which: "p50" | "p95" | "p99",
  label: string,
  meaning: string,
): Stat {
  const field = `${which}_ms` as const;
  const value = now[field];
  return {
    id: which,
    label,
    meaning: `${meaning} From first byte in to last byte out.`,
    ...duration(value),
    change: before && changeOf(value, before[field], "down"),
    against,
    spark: series.map((bucket) => bucket[field]),
    href: value === null
      ? drillDown(requestsPage, url, {})
      : drillDown(requestsPage, url, { latency_min: String(Math.floor(value)) }),
  };
}

function firstToken({ overview: { now, before, series }, against }: Looked): Stat {
  return {
    id: "ttft",
    label: "First token, median",
    meaning: "Time until the first byte of the provider's answer, over the calls that have one.",
    ...duration(now.ttft_ms),
    change: before && changeOf(now.ttft_ms, before.ttft_ms, "down"),
    against,
    spark: series.map(({ ttft_ms }) => ttft_ms),
  };
}

function hitRate({ overview: { now, before, series }, url, against }: Looked): Stat {
  const share = (figures: OverviewFigures) => figures.hits / figures.requests;
  return {
    id: "hits",
    label: "Cache hits",
    meaning: "Share of calls that were answered from the cache, of any kind.",
    value: now.requests === 0 ? "no calls" : formatRate(share(now)),
    title: `${exactCount(now.hits)} hits`,
    beside: `${formatCount(now.hits)} hits`,
    ...(now.requests === 0 && { tone: "absent" as const }),
    change: before && before.requests > 0 && now.requests > 0
      ? changeOfRate(share(now), share(before), "up")
      : null,
    against,
    spark: series.map((bucket) => bucket.requests === 0 ? null : share(bucket)),
    href: drillDown(requestsPage, url, { cache: ["HIT", "HIT-SEMANTIC", "HIT-COALESCED"] }),
  };
}

function duration(value: number | null): Pick<Stat, "value" | "tone"> {
  return value === null ? { value: "no calls", tone: "absent" } : { value: formatDuration(value) };
}

function rate({ failed, requests }: OverviewFigures): number {
  return failed / requests;
}

function moneyChange(now: string, before: string | undefined, good: "up" | "down"): Change | null {
  return before === undefined ? null : changeOf(Number(now), Number(before), good);
}
