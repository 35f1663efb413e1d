/**
 * The totals of a range and its models.
 *
 * @module
 */
import type { ReadOptions, StatsQuery } from "./contract.ts";
import { exact } from "./settings.ts";
import type { Store } from "./store.ts";
import type { Stats, TopModel, Totals } from "./types.ts";
import { where } from "./where.ts";

/** As ClickHouse answers: whole numbers of 64 bits and decimals as text. */
interface TotalsRow {
  readonly total: string;
  readonly successful: string;
  readonly input_tokens: string;
  readonly output_tokens: string;
  readonly cost: string;
  readonly saved: string;
  readonly unpriced: string;
  readonly avg_latency: number | null;
  readonly quantiles: readonly (number | null)[];
  readonly cached: string;
  readonly models: string;
}

interface ModelRow {
  readonly provider: string;
  readonly model: string;
  readonly requests: string;
  readonly cost: string;
}

export async function stats(
  store: Store,
  project: string,
  query: StatsQuery,
  options: ReadOptions,
): Promise<Stats> {
  const { sql, params } = where(project, query.range, query.filters);
  const readOptions = { ...options, settings: exact };
  const [[totals], models] = await Promise.all([
    store.query<TotalsRow>(
      `SELECT
        count() AS total,
        countIf(status = 'success') AS successful,
        sum(tokens_input) AS input_tokens,
        sum(tokens_output) AS output_tokens,
        toString(ifNull(sum(cost_usd), 0)) AS cost,
        toString(ifNull(sum(saved_cost_usd), 0)) AS saved,
        countIf(cost_usd IS NULL) AS unpriced,
        round(avg(latency_ms), 3) AS avg_latency,
        arrayMap(q -> round(q, 3), quantilesTDigest(0.5, 0.95, 0.99)(latency_ms)) AS quantiles,
        countIf(startsWith(cache, 'HIT')) AS cached,
        uniqExactIf((provider, model), model != '') AS models
      FROM events WHERE ${sql}`,
      params,
      readOptions,
    ),
    store.query<ModelRow>(
      `SELECT provider, model, count() AS requests, toString(ifNull(sum(cost_usd), 0)) AS cost
      FROM events WHERE ${sql} AND model != ''
      GROUP BY provider, model ORDER BY count() DESC, provider, model LIMIT 10`,
      params,
      readOptions,
    ),
  ]);
  if (!totals) throw new Error("An aggregate without groups has exactly one row.");
  return {
    project_id: project,
    date_from: query.range.from,
    date_to: query.range.to,
    stats: totalsOf(totals),
    top_models: models.map(topModelOf),
  };
}

function totalsOf(row: TotalsRow): Totals {
  const total = Number(row.total);
  const failed = total - Number(row.successful);
  const share = (part: number) => total === 0 ? 0 : part / total;
  const [p50 = null, p95 = null, p99 = null] = total === 0 ? [] : row.quantiles;
  return {
    total_requests: total,
    successful_requests: Number(row.successful),
    failed_requests: failed,
    total_tokens_input: Number(row.input_tokens),
    total_tokens_output: Number(row.output_tokens),
    total_cost_usd: row.cost,
    saved_cost_usd: row.saved,
    unpriced_requests: Number(row.unpriced),
    avg_latency_ms: total === 0 ? null : row.avg_latency,
    p50_latency_ms: p50,
    p95_latency_ms: p95,
    p99_latency_ms: p99,
    error_rate: share(failed),
    cache_hit_rate: share(Number(row.cached)),
    unique_models: Number(row.models),
  };
}

function topModelOf(row: ModelRow): TopModel {
  return {
    provider: row.provider,
    model: row.model,
    request_count: Number(row.requests),
    total_cost_usd: row.cost,
  };
}
