/**
 * The totals of a range and its models.
 *
 * @module
 */
import type { ReadOptions, StatsQuery } from "./contract.ts";
import { measured, type MeasureName, partsOf } from "./measures.ts";
import type { Scope } from "./scope.ts";
import type { Calls } from "./source.ts";
import type { Stats, TopModel, Totals } from "./types.ts";

const shown = [
  "requests",
  "errors",
  "cached",
  "unpriced",
  "tokens_input",
  "tokens_output",
  "cost",
  "saved",
  "latency",
  "p50",
  "p95",
  "p99",
  "ttft_p50",
  "ttft_p95",
  "users",
  "sessions",
] as const satisfies readonly MeasureName[];

/** As ClickHouse answers: whole numbers of 64 bits and decimals as text. */
interface TotalsRow {
  readonly m_requests: string;
  readonly m_errors: string;
  readonly m_cached: string;
  readonly m_unpriced: string;
  readonly m_tokens_input: string;
  readonly m_tokens_output: string;
  readonly m_cost: string;
  readonly m_saved: string;
  readonly m_latency: number | null;
  readonly m_p50: number | null;
  readonly m_p95: number | null;
  readonly m_p99: number | null;
  readonly m_ttft_p50: number | null;
  readonly m_ttft_p95: number | null;
  readonly m_users: string;
  readonly m_sessions: string;
  readonly models: string;
}

interface ModelRow {
  readonly provider: string;
  readonly model: string;
  readonly m_requests: string;
  readonly m_cost: string;
  readonly m_unpriced: string;
}

const modelMeasures = ["requests", "cost", "unpriced"] as const;

/** With `previous` also what the totals were in that range. */
export async function stats(
  calls: Calls,
  project: string,
  { range, filters, previous }: StatsQuery,
  options: ReadOptions,
): Promise<Stats> {
  const scope = { project, range, filters };
  const [totals, models, before] = await Promise.all([
    readTotals(calls, scope, options),
    readModels(calls, scope, options),
    previous && readTotals(calls, { ...scope, range: previous }, options),
  ]);
  return {
    project_id: project,
    date_from: range.from,
    date_to: range.to,
    stats: totals,
    top_models: models,
    ...(previous && before && {
      previous: { date_from: previous.from, date_to: previous.to, stats: before },
    }),
  };
}

async function readTotals(calls: Calls, scope: Scope, options: ReadOptions): Promise<Totals> {
  const source = await calls.source(scope, { parts: partsOf(shown), models: true });
  const [totals] = await calls.store.query<TotalsRow>(
    `SELECT ${measured(shown)}, uniqExactIf((provider, model), model != '') AS models
    FROM (${source.sql})`,
    source.params,
    options,
  );
  if (!totals) throw new Error("An aggregate without groups has exactly one row.");
  return totalsOf(totals);
}

async function readModels(calls: Calls, scope: Scope, options: ReadOptions): Promise<TopModel[]> {
  const source = await calls.source(scope, { parts: partsOf(modelMeasures), models: true });
  const rows = await calls.store.query<ModelRow>(
    `SELECT provider, model, ${measured(modelMeasures)}
    FROM (${source.sql}) WHERE model != ''
    GROUP BY provider, model ORDER BY sum(requests) DESC, provider, model LIMIT 10`,
    source.params,
    options,
  );
  return rows.map(({ provider, model, m_requests, m_cost, m_unpriced }) => ({
    provider,
    model,
    request_count: Number(m_requests),
    total_cost_usd: m_cost,
    unpriced_requests: Number(m_unpriced),
  }));
}

function totalsOf(row: TotalsRow): Totals {
  const total = Number(row.m_requests);
  const failed = Number(row.m_errors);
  const share = (part: number) => total === 0 ? 0 : part / total;
  return {
    total_requests: total,
    successful_requests: total - failed,
    failed_requests: failed,
    total_tokens_input: Number(row.m_tokens_input),
    total_tokens_output: Number(row.m_tokens_output),
    total_cost_usd: row.m_cost,
    saved_cost_usd: row.m_saved,
    unpriced_requests: Number(row.m_unpriced),
    avg_latency_ms: row.m_latency,
    p50_latency_ms: row.m_p50,
    p95_latency_ms: row.m_p95,
    p99_latency_ms: row.m_p99,
    p50_ttft_ms: row.m_ttft_p50,
    p95_ttft_ms: row.m_ttft_p95,
    error_rate: share(failed),
    cache_hit_rate: share(Number(row.m_cached)),
    unique_models: Number(row.models),
    unique_users: Number(row.m_users),
    unique_sessions: Number(row.m_sessions),
  };
}
