/**
 * The overview's charts as data.
 *
 * @module
 */
import type { Overview } from "@/core/analytics/overview/types.ts";
import type { ChartData, ChartLine } from "../chart/data.ts";
import { colorsOf } from "../chart/series_color.ts";
import { drillDown } from "../page_url.ts";

interface Looked {
  readonly overview: Overview;
  readonly url: URL;
  readonly open: boolean;
}

const requestsPage = "/dashboard/requests";

function axis({ overview, open }: Looked) {
  return {
    bucketSeconds: overview.bucket_seconds,
    at: overview.series.map(({ at }) => at),
    open,
  };
}

export function spendByModel(looked: Looked): ChartData {
  const { overview: { spend_by_model }, url } = looked;
  const named = spend_by_model
    .map(({ model, rest, cost_usd }) => ({
      label: rest ? "other models" : model ?? "no model named",
      model: rest ? null : model,
      cost_usd,
      // An order and nothing else: amounts are shown from their own digits.
      sum: cost_usd.reduce((sum, value) => sum + Number(value), 0),
    }))
    .filter(({ sum }) => sum > 0)
    .sort((a, b) => Number(a.model === null) - Number(b.model === null) || b.sum - a.sum);
  const colors = colorsOf(named.flatMap(({ model }) => model ?? []));
  return {
    ...axis(looked),
    unit: "usd",
    shape: "bars",
    lines: named.map(({ label, model, cost_usd }): ChartLine => ({
      label,
      values: cost_usd,
      color: model === null ? "series-other" : colors.get(model) ?? "series-other",
      ...(model !== null && { href: drillDown(requestsPage, url, { model }) }),
    })),
  };
}

export function requestsAndErrors(looked: Looked): ChartData {
  const { overview: { series }, url } = looked;
  const failed = drillDown(requestsPage, url, { status: ["error", "aborted"] });
  return {
    ...axis(looked),
    unit: "count",
    shape: "bars",
    lines: [
      {
        label: "Succeeded",
        color: "series-1",
        values: series.map(({ requests, failed }) => requests - failed),
        href: drillDown(requestsPage, url, { status: "success" }),
      },
      {
        label: "Failed",
        color: "series-error",
        values: series.map(({ failed }) => failed),
        href: failed,
      },
    ],
  };
}

export function latencies(looked: Looked): ChartData {
  const { overview: { series } } = looked;
  return {
    ...axis(looked),
    unit: "ms",
    shape: "lines",
    lines: [
      { label: "median", color: "series-1", values: series.map(({ p50_ms }) => p50_ms) },
      { label: "p95", color: "series-3", values: series.map(({ p95_ms }) => p95_ms) },
      { label: "p99", color: "series-4", values: series.map(({ p99_ms }) => p99_ms) },
    ],
  };
}
