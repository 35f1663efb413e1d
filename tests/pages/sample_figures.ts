/**
 * Figures of an imagined project, made from a seed: a working day's shape, several models, some errors
 * and some calls without a price. The same input gives the same figures.
 */
import type { Analytics, StatsQuery, TimeseriesQuery } from "@/core/analytics/contract.ts";
import type { Point, Stats, Timeseries, TopModel } from "@/core/analytics/types.ts";

export const sampleModels: readonly TopModel[] = [
  {
    provider: "openai",
    model: "gpt-4o-mini",
    request_count: 9_412,
    total_cost_usd: "6.381204",
    unpriced_requests: 0,
  },
  {
    provider: "anthropic",
    model: "claude-sonnet-4-5",
    request_count: 4_120,
    total_cost_usd: "24.12",
    unpriced_requests: 0,
  },
  {
    provider: "openai",
    model: "gpt-4o",
    request_count: 2_207,
    total_cost_usd: "9.4021",
    unpriced_requests: 0,
  },
  {
    provider: "google",
    model: "gemini-2.5-flash",
    request_count: 1_830,
    total_cost_usd: "1.19803",
    unpriced_requests: 0,
  },
  {
    provider: "openai",
    model: "text-embedding-3-small",
    request_count: 796,
    total_cost_usd: "0.00317",
    unpriced_requests: 0,
  },
  {
    provider: "mistral",
    model: "our-own-fine-tuned-mistral-7b",
    request_count: 37,
    total_cost_usd: "0",
    unpriced_requests: 37,
  },
];

export interface Sample {
  /** Multiplies every count; 0 is a range without a call. */
  readonly scale: number;
  readonly models?: readonly TopModel[];
}

export function sampleAnalytics(sample: () => Sample): Pick<Analytics, "stats" | "timeseries"> {
  return {
    stats: (project, query) => Promise.resolve(stats(project, query, sample())),
    timeseries: (project, query) => Promise.resolve(series(project, query, sample())),
  };
}

function stats(project: string, { range }: StatsQuery, sample: Sample): Stats {
  const of = (count: number) => Math.round(count * sample.scale);
  const total = of(18_402);
  const some = total > 0;
  return {
    project_id: project,
    date_from: range.from,
    date_to: range.to,
    stats: {
      total_requests: total,
      successful_requests: total - of(129),
      failed_requests: of(129),
      total_tokens_input: of(41_820_114),
      total_tokens_output: of(5_101_882),
      total_cost_usd: some ? (41.104504 * Math.min(1, sample.scale)).toFixed(6) : "0",
      saved_cost_usd: "0",
      unpriced_requests: of(37),
      avg_latency_ms: some ? 1_104 : null,
      p50_latency_ms: some ? 812 : null,
      p95_latency_ms: some ? 1_938 : null,
      p99_latency_ms: some ? 4_610 : null,
      p50_ttft_ms: some ? 310 : null,
      p95_ttft_ms: some ? 905 : null,
      error_rate: some ? of(129) / total : 0,
      cache_hit_rate: 0,
      unique_models: some ? sampleModels.length : 0,
      unique_users: of(312),
      unique_sessions: of(4_980),
    },
    top_models: some ? (sample.models ?? sampleModels) as TopModel[] : [],
  };
}

function series(project: string, query: TimeseriesQuery, sample: Sample): Timeseries {
  const { range, bucketSeconds, metric, period } = query;
  const data: Point[] = [];
  const end = Date.parse(range.to);
  for (let at = Date.parse(range.from); at < end; at += bucketSeconds * 1_000) {
    const hour = new Date(at).getUTCHours();
    const shape = bucketSeconds >= 86_400 ? 1 : 0.15 + Math.exp(-((hour - 14) ** 2) / 22);
    const noise = 0.8 + 0.4 * fraction(at / 1_000 / bucketSeconds);
    const open = at + bucketSeconds * 1_000 >= end ? 0.4 : 1;
    const usual = 1_400 * shape * noise * open * sample.scale * bucketSeconds / 3_600;
    // A handful of calls would be rounded away: they stand in the bucket that is not over.
    const requests = Math.round(usual) || (open < 1 ? Math.round(18_402 * sample.scale) : 0);
    const errors = Math.round(requests * (0.004 + 0.012 * fraction(at / 7_000_000)));
    const cost = (requests * 0.00223).toFixed(6);
    const value = metric === "cost" ? cost : metric === "errors" ? errors : requests;
    data.push({ timestamp: new Date(at).toISOString(), value });
  }
  return {
    project_id: project,
    metric,
    ...(period && { period }),
    bucket_seconds: bucketSeconds,
    date_from: range.from,
    date_to: range.to,
    group_by: null,
    data,
  };
}

/** A number between 0 and 1 that looks random and is the same for the same input. */
export function fraction(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}
