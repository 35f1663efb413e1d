/**
 * The overview's figures: of a range at once, bucket by bucket, and of each model.
 *
 * @module
 */
import type { Filters, Range, ReadOptions } from "../contract.ts";
import { measured, type MeasureName, measures, partsOf } from "../measures.ts";
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

export interface ModelFigures extends OverviewFigures {
  readonly provider: string;
  readonly model: string;
}

/** What a model's calls cost in a bucket. */
export interface ModelCost {
  /** Seconds since 1970. */
  readonly bucket: number;
  /** Empty when the calls name none. */
  readonly model: string;
  readonly cost_usd: string;
}

/** One reading of the calls, added up in four ways. */
export interface Figures {
  readonly all: OverviewFigures;
  /** Most spent on first. */
  readonly models: readonly ModelFigures[];
  /** By their beginnings, in seconds since 1970; empty when none were asked for. */
  readonly buckets: ReadonlyMap<number, OverviewFigures>;
  /** Of every bucket and model; null when these are too many. */
  readonly costs: readonly ModelCost[] | null;
}

interface SetRow extends FiguresRow {
  /** Which of the sets the row is of: `all`, `bucket`, `model` or `cost`. */
  readonly kind: string;
  readonly bucket_start: string;
  readonly provider: string;
  readonly model: string;
}

/** Buckets that a range may have, models that are told apart, and costs of both together. */
const mostOfAKind = 4_000;

/** @param query with `bucketSeconds` the figures of each bucket that has calls as well */
export async function readFigures(
  { store, source }: Calls,
  project: string,
  { range, filters, bucketSeconds }: FiguresQuery & { readonly bucketSeconds?: number },
  options: ReadOptions,
): Promise<Figures> {
  const { sql, params } = await source({ project, range, filters }, {
    parts: partsOf(shown),
    models: true,
    ...(bucketSeconds !== undefined && { bucketSeconds }),
  });
  const [bucket, sets] = bucketSeconds === undefined
    ? ["0", "(), (provider, model)"]
    : ["bucket", "(), (bucket), (provider, model), (bucket, model)"];
  const ofBucket = bucketSeconds === undefined ? "0" : "grouping(bucket) = 0";
  const rows = await store.query<SetRow>(
    `SELECT multiIf(grouping(provider) = 0, 'model', grouping(model) = 0, 'cost', ${ofBucket}, 'bucket',
        'all') AS kind,
      toString(${bucket}) AS bucket_start, toString(provider) AS provider,
      toString(model) AS model, ${measured(shown)}
    FROM (${sql}) GROUP BY GROUPING SETS (${sets})
    ORDER BY ${measures.cost.order} DESC, sum(requests) DESC, provider, model
    LIMIT ${mostOfAKind} BY kind`,
    params,
    options,
  );
  const of = (wanted: string) => rows.filter(({ kind }) => kind === wanted);
  const [all] = of("all");
  const costs = of("cost");
  return {
    all: all ? figuresOf(all) : none,
    models: of("model").map((row) => ({
      provider: row.provider,
      model: row.model,
      ...figuresOf(row),
    })),
    buckets: new Map(of("bucket").map((row) => [Number(row.bucket_start), figuresOf(row)])),
    costs: costs.length === mostOfAKind ? null : costs.map(({ bucket_start, model, m_cost }) => ({
      bucket: Number(bucket_start),
      model,
      cost_usd: m_cost,
    })),
  };
}

/** Every bucket of the range, those without a call included. */
export function seriesOf(
  { buckets }: Figures,
  range: Range,
  bucketSeconds: number,
): OverviewBucket[] {
  return bucketTimes(range, bucketSeconds).map((seconds) => ({
    at: new Date(seconds * 1_000).toISOString(),
    ...(buckets.get(seconds) ?? none),
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

/** The beginnings of all buckets of the range, in seconds since 1970. */
export function bucketTimes({ from, to }: Range, seconds: number): number[] {
  const first = Math.floor(Date.parse(from) / 1_000 / seconds) * seconds;
  const count = Math.ceil((Date.parse(to) / 1_000 - first) / seconds);
  return Array.from({ length: count }, (_, index) => first + index * seconds);
}
