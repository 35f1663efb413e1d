/**
 * What the money of a range went to: models (beside the range before), users, properties, prompts.
 *
 * @module
 */
import type { Filters, Range, ReadOptions } from "../contract.ts";
import { measured, type MeasureName, measures, partsOf } from "../measures.ts";
import { exact } from "../settings.ts";
import type { Calls } from "../source.ts";
import type { Store } from "../store.ts";
import { where } from "../where.ts";
import type { FiguresQuery } from "./figures.ts";
import type { OverviewModel, OverviewPrompt, OverviewProperty, OverviewUser } from "./types.ts";

const shown = 10;
/** Models that are looked through for what needs attention. */
const lookedThrough = 200;

const modelMeasures = [
  "requests",
  "errors",
  "cost",
  "unpriced",
  "p95",
] as const satisfies readonly MeasureName[];
const userMeasures = [
  "requests",
  "errors",
  "cost",
  "unpriced",
] as const satisfies readonly MeasureName[];

interface SumsRow {
  readonly m_requests: string;
  readonly m_errors: string;
  readonly m_cost: string;
  readonly m_unpriced: string;
}

function sumsOf({ m_requests, m_errors, m_cost, m_unpriced }: SumsRow) {
  return {
    requests: Number(m_requests),
    failed: Number(m_errors),
    cost_usd: m_cost,
    unpriced: Number(m_unpriced),
  };
}

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
  { store, source }: Calls,
  project: string,
  query: FiguresQuery,
  options: ReadOptions,
): Promise<OverviewUser[]> {
  const { sql, params } = await source(
    { project, ...query },
    { parts: partsOf(userMeasures), groupBy: "user" },
  );
  const rows = await store.query<SumsRow & { readonly line: string }>(
    `SELECT line, ${measured(userMeasures)} FROM (${sql}) WHERE line != ''
    GROUP BY line ORDER BY ${measures.cost.order} DESC, sum(requests) DESC, line LIMIT ${shown}`,
    params,
    options,
  );
  return rows.map((row) => ({ user_id: row.line, ...sumsOf(row) }));
}

export async function properties(
  store: Store,
  project: string,
  { range, filters }: FiguresQuery,
  options: ReadOptions,
): Promise<OverviewProperty[]> {
  const { sql, params } = where(project, range, filters);
  const rows = await store.query<SumsRow & { readonly name: string; readonly content: string }>(
    `SELECT toString(pair.1) AS name, pair.2 AS content,
      toString(count()) AS m_requests,
      toString(countIf(status != 'success')) AS m_errors,
      toString(ifNull(sum(cost_usd), 0)) AS m_cost,
      toString(countIf(cost_usd IS NULL)) AS m_unpriced
    FROM (
      SELECT arrayJoin(arrayZip(mapKeys(properties), mapValues(properties))) AS pair,
        status, cost_usd
      FROM events WHERE ${sql}
    )
    GROUP BY name, content
    ORDER BY ifNull(sum(cost_usd), 0) DESC, count() DESC, name, content LIMIT ${shown}`,
    params,
    { ...options, settings: exact },
  );
  return rows.map((row) => ({ name: row.name, value: row.content, ...sumsOf(row) }));
}

interface PromptRow {
  /** The hash of its beginning. */
  readonly prompt: string;
  readonly requests: string;
  readonly cost: string;
  readonly most: string;
  /** When the dearest call was, milliseconds since 1970. */
  readonly at: string;
}

interface DearestRow {
  readonly prompt: string;
  readonly start: string;
  readonly event_id: string;
  readonly model: string;
  readonly cost: string;
}

/**
 * Calls that begin alike are one prompt: the hashes of the list's previews are compared, and only the
 * calls that are shown are read themselves.
 */
export async function prompts(
  store: Store,
  project: string,
  { range, filters }: { readonly range: Range; readonly filters: Filters },
  options: ReadOptions,
): Promise<OverviewPrompt[]> {
  const { sql, params } = where(project, range, filters);
  const priced = `events_list WHERE ${sql} AND preview_hash != cityHash64('') AND cost_usd > 0`;
  const read = { ...options, settings: exact };
  const largest = await store.query<{ readonly prompt: string }>(
    `SELECT preview_hash AS prompt FROM ${priced}
    GROUP BY prompt ORDER BY sum(cost_usd) DESC, prompt LIMIT ${shown}`,
    params,
    read,
  );
  if (largest.length === 0) return [];
  const top = await store.query<PromptRow>(
    `SELECT preview_hash AS prompt, count() AS requests, toString(sum(cost_usd)) AS cost,
      toString(max(cost_usd)) AS most,
      toUnixTimestamp64Milli(argMax(timestamp, (cost_usd, timestamp))) AS at
    FROM ${priced} AND preview_hash IN (SELECT toUInt64(arrayJoin({prompts:Array(String)})))
    GROUP BY prompt ORDER BY sum(cost_usd) DESC, prompt`,
    { ...params, prompts: largest.map(({ prompt }) => prompt) },
    read,
  );
  const calls = await store.query<DearestRow>(
    `SELECT preview_hash AS prompt, preview AS start, event_id, model, toString(cost_usd) AS cost
    FROM ${priced} AND timestamp IN (
      SELECT fromUnixTimestamp64Milli(toInt64(arrayJoin({times:Array(String)})), 'UTC')
    )
    ORDER BY event_id`,
    { ...params, times: top.map(({ at }) => at) },
    read,
  );
  return top.flatMap(({ prompt, requests, cost, most }) => {
    const dearest = calls.find((call) => call.prompt === prompt && call.cost === most);
    return dearest
      ? [{
        preview: dearest.start,
        requests: Number(requests),
        cost_usd: cost,
        event_id: dearest.event_id,
        model: dearest.model,
        most_usd: most,
      }]
      : [];
  });
}
