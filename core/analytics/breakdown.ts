/**
 * The figures of groups of calls, the largest first.
 *
 * @module
 */
import type { BreakdownOrder } from "./breakdown_types.ts";
import type { Breakdown, GroupFigures } from "./breakdown_types.ts";
import type { BreakdownQuery, Range, ReadOptions } from "./contract.ts";
import { measured, type MeasureName, measures, partsOf } from "./measures.ts";
import type { Calls, Source } from "./source.ts";
import type { Store } from "./store.ts";

const defaultLimit = 20;

const shown = [
  "requests",
  "errors",
  "cost",
  "unpriced",
  "saved",
  "tokens_input",
  "tokens_output",
  "cached",
  "p50",
  "p95",
  "last_seen",
] as const satisfies readonly MeasureName[];

const orders: Readonly<Record<BreakdownOrder, MeasureName>> = {
  cost: "cost",
  requests: "requests",
  errors: "errors",
  tokens: "tokens",
  p95: "p95",
  last_seen: "last_seen",
};

/** As ClickHouse answers: whole numbers of 64 bits and decimals as text. */
interface FiguresRow {
  readonly m_requests: string;
  readonly m_errors: string;
  readonly m_cost: string;
  readonly m_unpriced: string;
  readonly m_saved: string;
  readonly m_tokens_input: string;
  readonly m_tokens_output: string;
  readonly m_cached: string;
  readonly m_p50: number | null;
  readonly m_p95: number | null;
  readonly m_last_seen: string;
}

interface GroupRow extends FiguresRow {
  readonly line: string;
  readonly provider_of: string | null;
}

interface TotalRow extends FiguresRow {
  readonly group_count: string;
}

export async function breakdown(
  { store, source }: Calls,
  project: string,
  query: BreakdownQuery,
  options: ReadOptions,
): Promise<Breakdown> {
  const { by, order = "cost", limit = defaultLimit, range, filters, previous } = query;
  const sourceOf = (range: Range) =>
    source({ project, range, filters }, {
      parts: partsOf([...shown, orders[order]]),
      groupBy: by,
      models: true,
    });
  const [now, then] = await Promise.all([sourceOf(range), previous && sourceOf(previous)]);
  const [total, rows, totalBefore] = await Promise.all([
    readTotal(store, now, options),
    store.query<GroupRow>(
      `SELECT line, if(min(provider) = max(provider), min(provider), NULL) AS provider_of,
        ${measured(shown)}
      FROM (${now.sql}) GROUP BY line
      ORDER BY ${measures[orders[order]].order} DESC NULLS LAST, sum(requests) DESC, line
      LIMIT {limit:UInt32}`,
      { ...now.params, limit },
      options,
    ),
    then && readTotal(store, then, options),
  ]);
  const before = then ? await readGroups(store, then, rows.map(({ line }) => line), options) : null;
  return {
    project_id: project,
    date_from: range.from,
    date_to: range.to,
    by,
    order,
    groups: Number(total?.group_count ?? 0),
    total: figuresOf(total),
    rows: rows.map((row) => ({
      group: row.line === "" ? null : row.line,
      provider: row.provider_of,
      ...figuresOf(row),
      ...(before && { previous: figuresOf(before.get(row.line)) }),
    })),
    ...(previous && {
      previous: { date_from: previous.from, date_to: previous.to, total: figuresOf(totalBefore) },
    }),
  };
}

async function readTotal(
  store: Store,
  source: Source,
  options: ReadOptions,
): Promise<TotalRow | undefined> {
  const [total] = await store.query<TotalRow>(
    `SELECT uniqExact(line) AS group_count, ${measured(shown)} FROM (${source.sql})`,
    source.params,
    options,
  );
  return total;
}

/** The figures of some groups, by group. */
async function readGroups(
  store: Store,
  source: Source,
  lines: readonly string[],
  options: ReadOptions,
): Promise<ReadonlyMap<string, FiguresRow>> {
  const rows = await store.query<GroupRow>(
    `SELECT line, ${measured(shown)} FROM (${source.sql})
    WHERE line IN {lines:Array(String)} GROUP BY line`,
    { ...source.params, lines },
    options,
  );
  return new Map(rows.map((row) => [row.line, row]));
}

function figuresOf(row: FiguresRow | undefined): GroupFigures {
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
    p50_latency_ms: row?.m_p50 ?? null,
    p95_latency_ms: row?.m_p95 ?? null,
    last_seen: requests === 0 ? null : row?.m_last_seen ?? null,
  };
}
