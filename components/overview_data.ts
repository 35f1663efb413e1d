/**
 * What the overview shows, as plain data: the server reads it for the first answer, the island reads
 * it again while the page is open.
 *
 * @module
 */
import type { Period, Stats, Timeseries } from "@/core/analytics/types.ts";

/** The figures of one moment. */
export interface Figures {
  readonly stats: Stats;
  readonly series: Series;
}

/** Requests, errors and cost in the same buckets. */
export interface Series {
  readonly bucketSeconds: number;
  readonly buckets: readonly Bucket[];
}

export interface Bucket {
  /** ISO UTC of its beginning. */
  readonly at: string;
  readonly requests: number;
  /** Errors and aborted calls, part of `requests`. */
  readonly errors: number;
  /** US dollars, decimal. */
  readonly cost: string;
}

/** Joins the three answers of the time series by their buckets. */
export function joinSeries(requests: Timeseries, errors: Timeseries, cost: Timeseries): Series {
  const errorsAt = new Map(errors.data.map(({ timestamp, value }) => [timestamp, Number(value)]));
  const costAt = new Map(cost.data.map(({ timestamp, value }) => [timestamp, String(value)]));
  return {
    bucketSeconds: requests.bucket_seconds,
    buckets: requests.data.map(({ timestamp, value }) => ({
      at: timestamp,
      requests: Number(value),
      // Read a moment later, the other two may hold a call that this one does not.
      errors: Math.min(Number(value), errorsAt.get(timestamp) ?? 0),
      cost: costAt.get(timestamp) ?? "0",
    })),
  };
}

export const periods = ["1h", "6h", "24h", "7d", "30d"] as const satisfies readonly Period[];

/** The period that an address names, 24 hours when it names none. */
export function readPeriod(value: string | null): Period {
  return periods.find((period) => period === value) ?? "24h";
}

/** A period in words, to stand after "in the last" or "Last". */
export const periodWords: Readonly<Record<Period, string>> = {
  "1h": "hour",
  "6h": "6 hours",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
};
