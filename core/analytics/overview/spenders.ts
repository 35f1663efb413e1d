/**
 * What the money of a range went to: models (beside the range before), users and properties.
 *
 * @module
 */
import type { Range, ReadOptions } from "../contract.ts";
import { measured, type MeasureName, measures, partsOf } from "../measures.ts";
import type { Calls } from "../source.ts";
import type { FiguresQuery } from "./figures.ts";
import { sumsOf, type SumsRow, sumsShown } from "./sums.ts";
import { topValues } from "./top_values.ts";
import type { OverviewModel, OverviewProperty, OverviewUser } from "./types.ts";

const shown = 10;
/** Models that are looked through for what needs attention. */
const lookedThrough = 200;

const modelMeasures = [...sumsShown, "p95"] as const satisfies readonly MeasureName[];
interface ModelRow extends SumsRow {
  readonly provider: string;
  readonly model: string;
  readonly m_p95: number | null;
}

/** Most spent on first; more than are shown, so that trouble is found among the cheap ones, too. */
export async function models(
  calls: Calls,
  project: string,
  { before, ...now }: FiguresQuery & { readonly before: Range },
  options: ReadOptions,
): Promise<OverviewModel[]> {
  const [rows, rowsBefore] = await Promise.all([
    readModels(calls, project, now, options),
    readModels(calls, project, { ...now, range: before }, options),
  ]);
  const key = ({ provider, model }: ModelRow) => JSON.stringify([provider, model]);
  const then = new Map(rowsBefore.map((row) => [key(row), row]));
  return rows.map((row) => {
    const old = then.get(key(row));
    return {
      provider: row.provider,
      model: row.model,
      ...sumsOf(row),
      p95_ms: row.m_p95,
      before: {
        requests: Number(old?.m_requests ?? 0),
        failed: Number(old?.m_errors ?? 0),
        cost_usd: old?.m_cost ?? "0",
        p95_ms: old?.m_p95 ?? null,
      },
    };
  });
}

async function readModels(
  { store, source }: Calls,
  project: string,
  query: FiguresQuery,
  options: ReadOptions,
): Promise<ModelRow[]> {
  const { sql, params } = await source(
    { project, ...query },
    { parts: partsOf(modelMeasures), models: true },
  );
  return await store.query<ModelRow>(
    `SELECT provider, model, ${measured(modelMeasures)} FROM (${sql})
    GROUP BY provider, model
    ORDER BY ${measures.cost.order} DESC, sum(requests) DESC, provider, model
    LIMIT ${lookedThrough}`,
    params,
    options,
  );
}

export async function users(
  calls: Calls,
  project: string,
  query: FiguresQuery,
  options: ReadOptions,
): Promise<OverviewUser[]> {
  const rows = await topValues(calls, project, query, { facet: "user", shown }, options);
  return rows.map((row) => ({ user_id: row.content, ...sumsOf(row) }));
}

export async function properties(
  calls: Calls,
  project: string,
  query: FiguresQuery,
  options: ReadOptions,
): Promise<OverviewProperty[]> {
  const rows = await topValues(calls, project, query, { facet: "property", shown }, options);
  return rows.map((row) => ({ name: row.name, value: row.content, ...sumsOf(row) }));
}
