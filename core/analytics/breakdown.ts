/**
 * The figures of groups of calls, the largest first.
 *
 * @module
 */
import type { Breakdown, BreakdownOrder, GroupFigures } from "./breakdown_types.ts";
import type { BreakdownQuery, GroupBy, ReadOptions } from "./contract.ts";
import { measured, type MeasureName, measures, partsOf } from "./measures.ts";
import type { Scope } from "./scope.ts";
import type { Calls } from "./source.ts";

const defaultLimit = 20;

const sums = [
  "requests",
  "errors",
  "cost",
  "unpriced",
  "saved",
  "tokens_input",
  "tokens_output",
  "cached",
  "last_seen",
] as const satisfies readonly MeasureName[];
/** A sketch for each of a million sessions would fill the memory: only shown groups get theirs. */
const percentiles = ["p50", "p95"] as const satisfies readonly MeasureName[];

const orders: Readonly<Record<BreakdownOrder, MeasureName>> = {
  cost: "cost",
  requests: "requests",
  errors: "errors",
  tokens: "tokens",
  p95: "p95",
  last_seen: "last_seen",
};

/** As ClickHouse answers: whole numbers of 64 bits and decimals as text. */
interface SumsRow {
  readonly m_requests: string;
  readonly m_errors: string;
  readonly m_cost: string;
  readonly m_unpriced: string;
  readonly m_saved: string;
  readonly m_tokens_input: string;
  readonly m_tokens_output: string;
  readonly m_cached: string;
  readonly m_last_seen: string;
}

interface PercentilesRow {
  readonly m_p50: number | null;
  readonly m_p95: number | null;
}

interface GroupRow extends SumsRow {
  readonly line: string;
  readonly m_provider: string | null;
  readonly group_count: string;
}

type Line = { readonly line: string };

/**
 * The groups of a range by one dimension, beside what they were in the range before when that is
 * asked for.
 */
export async function breakdown(
  calls: Calls,
  project: string,
  query: BreakdownQuery,
  options: ReadOptions,
): Promise<Breakdown> {
  const { range, previous } = query;
  // It is asked about in two steps, and about both ranges in each.
  const from = previous && previous.from < range.from ? previous.from : range.from;
  const all = calls.foresee(project, { from, to: range.to });
  try {
    return await read(calls, project, query, options);
  } finally {
    all.release();
  }
}

async function read(
  calls: Calls,
  project: string,
  query: BreakdownQuery,
  options: ReadOptions,
): Promise<Breakdown> {
  const { by, order = "cost", limit = defaultLimit, range, filters, previous } = query;
  const scope = { project, range, filters };
  const then = previous && { ...scope, range: previous };
  const [total, rows, totalBefore] = await Promise.all([
    readTotal(calls, scope, by, options),
    readLargest(calls, scope, { by, order, limit }, options),
    then && readTotal(calls, then, by, options),
  ]);
  const lines = rows.map(({ line }) => line);
  const [latencies, before, latenciesBefore] = await Promise.all([
    readGroups<PercentilesRow>(calls, scope, { by, lines, measures: percentiles }, options),
    then && readGroups<SumsRow>(calls, then, { by, lines, measures: sums }, options),
    then && readGroups<PercentilesRow>(calls, then, { by, lines, measures: percentiles }, options),
  ]);
  return {
    project_id: project,
    date_from: range.from,
    date_to: range.to,
    by,
    order,
    groups: Number(rows[0]?.group_count ?? 0),
    total,
    rows: rows.map((row) => ({
      group: row.line === "" ? null : row.line,
      provider: row.m_provider,
      ...figuresOf(row, latencies.get(row.line)),
      ...(before && {
        previous: figuresOf(before.get(row.line), latenciesBefore?.get(row.line)),
      }),
    })),
    ...(previous && totalBefore && {
      previous: { date_from: previous.from, date_to: previous.to, total: totalBefore },
    }),
  };
}

async function readTotal(
  { store, source }: Calls,
  scope: Scope,
  by: GroupBy,
  options: ReadOptions,
): Promise<GroupFigures> {
  const all = [...sums, ...percentiles];
  const { sql, params } = await source(scope, {
    parts: partsOf(all),
    models: true,
    ...(by === "error" && { errorsOnly: true }),
  });
  const [total] = await store.query<SumsRow & PercentilesRow>(
    `SELECT ${measured(all)} FROM (${sql})`,
    params,
    options,
  );
  return figuresOf(total, total);
}

interface Largest {
  readonly by: GroupBy;
  readonly order: BreakdownOrder;
  readonly limit: number;
}

async function readLargest(
  { store, source }: Calls,
  scope: Scope,
  { by, order, limit }: Largest,
  options: ReadOptions,
): Promise<GroupRow[]> {
  const { sql, params } = await source(scope, {
    parts: partsOf([...sums, "provider", orders[order]]),
    groupBy: by,
  });
  return await store.query<GroupRow>(
    `SELECT line, count() OVER () AS group_count, ${measured([...sums, "provider"])}
    FROM (${sql}) GROUP BY line
    ORDER BY ${measures[orders[order]].order} DESC NULLS LAST, sum(requests) DESC, line
    LIMIT {limit:UInt32}`,
    { ...params, limit },
    options,
  );
}

interface Groups {
  readonly by: GroupBy;
  readonly lines: readonly string[];
  readonly measures: readonly MeasureName[];
}

/** Some measures of some groups, by group. */
async function readGroups<Row>(
  { store, source }: Calls,
  scope: Scope,
  { by, lines, measures }: Groups,
  options: ReadOptions,
): Promise<ReadonlyMap<string, Row>> {
  if (lines.length === 0) return new Map();
  const { sql, params } = await source(scope, { parts: partsOf(measures), groupBy: by, lines });
  const rows = await store.query<Row & Line>(
    `SELECT line, ${measured(measures)} FROM (${sql}) GROUP BY line`,
    params,
    options,
  );
  return new Map(rows.map((row) => [row.line, row]));
}

function figuresOf(
  row: SumsRow | undefined,
  latency: PercentilesRow | undefined,
): GroupFigures {
  const requests = Number(row?.m_requests ?? 0);
  return {
    requests,
    errors: Number(row?.m_errors ?? 0),
    cost_usd: row?.m_cost ?? "0",
    unpriced_requests: Number(row?.m_unpriced ?? 0),
    saved_cost_usd: row?.m_saved ?? "0",
    tokens_input: Number(row?.m_tokens_input ?? 0),
    tokens_output: Number(row?.m_tokens_output ?? 0),
    cached_requests: Number(row?.m_cached ?? 0),
    p50_latency_ms: latency?.m_p50 ?? null,
    p95_latency_ms: latency?.m_p95 ?? null,
    last_seen: requests === 0 ? null : row?.m_last_seen ?? null,
  };
}
