/**
 * The cache's figures as cards and as a chart.
 *
 * @module
 */
import type { ChartData } from "../chart/data.ts";
import { exactCount, formatBytes, formatCount, formatDuration, formatRate } from "../format.ts";
import { exactUsd, formatUsd } from "../money.ts";
import { drillDown } from "../page_url.ts";
import type { Stat } from "../stat_card.tsx";
import type { CacheRange, CacheStats } from "./types.ts";

const requestsPage = "/dashboard/requests";

export function cacheStats(stats: CacheStats, url: URL): readonly Stat[] {
  const { hits, eligible, stored } = stats;
  const kinds = [
    [hits.exact, "exact"],
    [hits.coalesced, "coalesced"],
    [hits.semantic, "semantic"],
  ] as const;
  const made = kinds.filter(([count]) => count > 0);
  const all = kinds.map(([count, kind]) => `${exactCount(count)} ${kind}`).join(", ");
  return [
    {
      id: "hit-rate",
      label: "Hit rate",
      meaning: "Of the calls that the cache could answer, the share that it did answer.",
      value: eligible === 0 ? "no calls" : formatRate(stats.hit_rate),
      title: `${exactCount(hits.total)} of ${exactCount(eligible)}`,
      beside: `${formatCount(hits.total)} of ${formatCount(eligible)}`,
      ...(eligible === 0 && { tone: "absent" as const }),
    },
    {
      id: "hits",
      label: "Hits",
      meaning:
        "Exact: the same request. Coalesced: it waited for an identical one. Semantic: the same question.",
      value: formatCount(hits.total),
      title: all,
      ...(made.length > 0 && {
        beside: made.length === 1
          ? `all ${made[0]?.[1]}`
          : made.map(([count, kind]) => `${formatCount(count)} ${kind}`).join(", "),
      }),
      href: drillDown(requestsPage, url, { cache: ["HIT", "HIT-SEMANTIC", "HIT-COALESCED"] }),
    },
    {
      id: "saved",
      label: "Saved money",
      meaning: "What the answers from the cache cost when they were bought.",
      value: formatUsd(stats.saved_cost_usd),
      title: exactUsd(stats.saved_cost_usd),
      ...(stats.hits_without_price > 0 && {
        beside: `+ ${formatCount(stats.hits_without_price)} unpriced`,
      }),
    },
    {
      id: "saved-time",
      label: "Saved time",
      meaning: "How much sooner the answers were there, added up over all hits.",
      value: hits.total === 0 ? "0 ms" : formatDuration(stats.saved_latency_ms),
      ...(hits.total > 0 && {
        beside: `${formatDuration(stats.saved_latency_ms / hits.total)} a hit`,
      }),
    },
    {
      id: "stored",
      label: "Stored now",
      meaning: "Answers that can be given again, until they run out or are removed.",
      value: `${formatCount(stored.entries)}${stored.more ? "+" : ""}`,
      title: exactCount(stored.entries),
      beside: formatBytes(stored.bytes),
      href: drillDown("/dashboard/cache/entries", url, {}),
    },
  ];
}

const kinds = [
  { label: "Exact", cache: "HIT", color: "series-1" },
  { label: "Coalesced", cache: "HIT-COALESCED", color: "series-5" },
  { label: "Semantic", cache: "HIT-SEMANTIC", color: "series-4" },
] as const;

/** Shares of the calls that the cache could answer; null where there was none. */
export function hitRates({ series }: CacheRange, url: URL, open: boolean): ChartData {
  const counts = new Map<string, Map<string, number>>();
  for (const { timestamp, group, value } of series.data) {
    const bucket = counts.get(timestamp) ?? new Map<string, number>();
    bucket.set(group ?? "", Number(value));
    counts.set(timestamp, bucket);
  }
  const at = [...counts.keys()].sort();
  const count = (time: string, cache: string) => counts.get(time)?.get(cache) ?? 0;
  const eligible = (time: string) =>
    count(time, "MISS") + kinds.reduce((sum, { cache }) => sum + count(time, cache), 0);
  return {
    bucketSeconds: series.bucket_seconds,
    at,
    open,
    unit: "rate",
    shape: "bars",
    lines: kinds.map(({ label, cache, color }) => ({
      label,
      color,
      href: drillDown(requestsPage, url, { cache }),
      values: at.map((time) => eligible(time) === 0 ? null : count(time, cache) / eligible(time)),
    })),
  };
}
