/**
 * The overview's figures, of a range at once or bucket by bucket.
 *
 * @module
 */
import type { Filters, Range, ReadOptions } from "../contract.ts";
import { exact } from "../settings.ts";
import type { Store } from "../store.ts";
import { where } from "../where.ts";
import type { OverviewBucket, OverviewFigures } from "./types.ts";

const columns = `
  toString(count()) AS requests,
  toString(countIf(status != 'success')) AS failed,
  toString(countIf(startsWith(cache, 'HIT'))) AS hits,
  toString(ifNull(sum(cost_usd), 0)) AS cost,
  toString(ifNull(sum(saved_cost_usd), 0)) AS saved,
  toString(countIf(cost_usd IS NULL)) AS unpriced,
  arrayMap(q -> round(q, 3), quantilesTDigest(0.5, 0.95, 0.99)(latency_ms)) AS quantiles,
  round(quantileTDigest(0.5)(ttft_ms), 3) AS ttft,
  toString(sum(tokens_input)) AS input,
  toString(sum(tokens_output)) AS output`;

/** As ClickHouse answers: counts and decimals as text, so that no digit is lost. */
interface FiguresRow {
  readonly requests: string;
  readonly failed: string;
  readonly hits: string;
  readonly cost: string;
  readonly saved: string;
  readonly unpriced: string;
  readonly quantiles: readonly (number | null)[];
  readonly ttft: number | null;
  readonly input: string;
  readonly output: string;
}

export interface FiguresQuery {
  readonly range: Range;
  readonly filters: Filters;
}

export async function figures(
  store: Store,
  project: string,
  { range, filters }: FiguresQuery,
  options: ReadOptions,
): Promise<OverviewFigures> {
  const { sql, params } = where(project, range, filters);
  const [row] = await store.query<FiguresRow>(
    `SELECT ${columns} FROM events WHERE ${sql}`,
    params,
    { ...options, settings: exact },
  );
  return row ? figuresOf(row) : none;
}

/** Every bucket of the range, those without a call included. */
export async function series(
  store: Store,
  project: string,
  query: FiguresQuery & { readonly bucketSeconds: number },
  options: ReadOptions,
): Promise<OverviewBucket[]> {
  const { range, filters, bucketSeconds } = query;
  const { sql, params } = where(project, range, filters);
  const rows = await store.query<FiguresRow & { readonly bucket: string }>(
    `SELECT
      toString(intDiv(toUnixTimestamp(timestamp), {bucket:UInt32}) * {bucket:UInt32}) AS bucket,
      ${columns}
    FROM events WHERE ${sql} GROUP BY bucket`,
    { ...params, bucket: bucketSeconds },
    { ...options, settings: exact },
  );
  const found = new Map(rows.map((row) => [Number(row.bucket), figuresOf(row)]));
  return bucketTimes(range, bucketSeconds).map((seconds) => ({
    at: new Date(seconds * 1_000).toISOString(),
    ...(found.get(seconds) ?? none),
  }));
}

const none: OverviewFigures = {
  requests: 0,
  failed: 0,
  hits: 0,
  cost_usd: "0",
  saved_usd: "0",
  unpriced: 0,
  p50_ms: null,
  p95_ms: null,
  p99_ms: null,
  ttft_ms: null,
  tokens_input: 0,
  tokens_output: 0,
};

function figuresOf(row: FiguresRow): OverviewFigures {
  const requests = Number(row.requests);
  // Quantiles of no calls are no numbers.
  const [p50 = null, p95 = null, p99 = null] = requests === 0 ? [] : row.quantiles;
  return {
    requests,
    failed: Number(row.failed),
    hits: Number(row.hits),
    cost_usd: row.cost,
    saved_usd: row.saved,
    unpriced: Number(row.unpriced),
    p50_ms: p50,
    p95_ms: p95,
    p99_ms: p99,
    ttft_ms: row.ttft,
    tokens_input: Number(row.input),
    tokens_output: Number(row.output),
  };
}

function bucketTimes({ from, to }: Range, seconds: number): number[] {
  const first = Math.floor(Date.parse(from) / 1_000 / seconds) * seconds;
  const count = Math.ceil((Date.parse(to) / 1_000 - first) / seconds);
  return Array.from({ length: count }, (_, index) => first + index * seconds);
}
