/**
 * The figures that the overview begins with.
 *
 * @module
 */
import type { Analytics } from "@/core/analytics/contract.ts";
import { lastBuckets } from "@/core/analytics/range.ts";
import type { Metric, Period } from "@/core/analytics/types.ts";
import { AppError } from "@/core/error.ts";
import { type Figures, joinSeries } from "@/components/overview_data.ts";

interface LoadQuery {
  readonly project: string;
  readonly period: Period;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** All figures of one range, so that the totals are the sums of the bars. Null: ClickHouse is away. */
export async function loadFigures(analytics: Analytics, query: LoadQuery): Promise<Figures | null> {
  const { project, period, now, signal } = query;
  const buckets = lastBuckets(period, now);
  const series = (metric: Metric) =>
    analytics.timeseries(project, { ...buckets, metric }, { signal });
  try {
    const [stats, requests, errors, cost] = await Promise.all([
      analytics.stats(project, { range: buckets.range }, { signal }),
      series("requests"),
      series("errors"),
      series("cost"),
    ]);
    return { stats, series: joinSeries(requests, errors, cost) };
  } catch (error) {
    if (error instanceof AppError && error.code === "analytics_unavailable") return null;
    throw error;
  }
}
