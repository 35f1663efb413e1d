/**
 * The overview's figures, of a range at once or bucket by bucket.
 *
 * @module
 */
import type { Filters, Range, ReadOptions } from "../contract.ts";
import { measured, type MeasureName, partsOf } from "../measures.ts";
import type { Calls } from "../source.ts";
import type { OverviewBucket, OverviewFigures } from "./types.ts";

const shown = [
  "requests",
  "errors",
  "cached",
  "cost",
  "saved",
  "unpriced",
  "p50",
  "p95",
  "p99",
  "ttft_p50",
  "tokens_input",
  "tokens_output",
] as const satisfies readonly MeasureName[];

/** As ClickHouse answers: counts and decimals as text, so that no digit is lost. */
interface FiguresRow {
  readonly m_requests: string;
  readonly m_errors: string;
  readonly m_cached: string;
  readonly m_cost: string;
  readonly m_saved: string;
  readonly m_unpriced: string;
  readonly m_p50: number | null;
  readonly m_p95: number | null;
  readonly m_p99: number | null;
  readonly m_ttft_p50: number | null;
  readonly m_tokens_input: string;
  readonly m_tokens_output: string;
}

export interface FiguresQuery {
  readonly range: Range;
  readonly filters: Filters;
}

export async function figures(
  { store, source }: Calls,
  project: string,
  query: FiguresQuery,
  options: ReadOptions,
): Promise<OverviewFigures> {
  const { sql, params } = await source({ project, ...query }, { parts: partsOf(shown) });
  const [row] = await store.query<FiguresRow>(
    `SELECT ${measured(shown)} FROM (${sql})`,
    params,
    options,
  );
  return row ? figuresOf(row) : none;
}

/** Every bucket of the range, those without a call included. */
export async function series(
  { store, source }: Calls,
  project: string,
  { bucketSeconds, ...query }: FiguresQuery & { readonly bucketSeconds: number },
  options: ReadOptions,
): Promise<OverviewBucket[]> {
  const { sql, params } = await source(
    { project, ...query },
    { parts: partsOf(shown), bucketSeconds },
  );
  const rows = await store.query<FiguresRow & { readonly bucket: string }>(
    `SELECT toString(bucket) AS bucket, ${measured(shown)} FROM (${sql}) GROUP BY bucket`,
    params,
    options,
  );
  const found = new Map(rows.map((row) => [Number(row.bucket), figuresOf(row)]));
  return bucketTimes(query.range, bucketSeconds).map((seconds) => ({
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
  return {
    requests: Number(row.m_requests),
    failed: Number(row.m_errors),
    hits: Number(row.m_cached),
    cost_usd: row.m_cost,
    saved_usd: row.m_saved,
    unpriced: Number(row.m_unpriced),
    p50_ms: row.m_p50,
    p95_ms: row.m_p95,
    p99_ms: row.m_p99,
    ttft_ms: row.m_ttft_p50,
    tokens_input: Number(row.m_tokens_input),
    tokens_output: Number(row.m_tokens_output),
  };
}

function bucketTimes({ from, to }: Range, seconds: number): number[] {
  const first = Math.floor(Date.parse(from) / 1_000 / seconds) * seconds;
  const count = Math.ceil((Date.parse(to) / 1_000 - first) / seconds);
  return Array.from({ length: count }, (_, index) => first + index * seconds);
}
