/**
 * What the money of a range went to: models (beside the range before), users, properties, prompts.
 *
 * @module
 */
import type { Filters, Range, ReadOptions } from "../contract.ts";
import { exact } from "../settings.ts";
import type { Store } from "../store.ts";
import { where } from "../where.ts";
import type { FiguresQuery } from "./figures.ts";
import type { OverviewModel, OverviewPrompt, OverviewProperty, OverviewUser } from "./types.ts";

const shown = 10;
/** Models that are looked through for what needs attention. */
const lookedThrough = 200;

interface SpenderRow {
  readonly requests: string;
  readonly failed: string;
  readonly cost: string;
  readonly unpriced: string;
}

const sums = `
  toString(count()) AS requests,
  toString(countIf(status != 'success')) AS failed,
  toString(ifNull(sum(cost_usd), 0)) AS cost,
  toString(countIf(cost_usd IS NULL)) AS unpriced`;

function sumsOf({ requests, failed, cost, unpriced }: SpenderRow) {
  return {
    requests: Number(requests),
    failed: Number(failed),
    cost_usd: cost,
    unpriced: Number(unpriced),
  };
}

interface ModelRow extends SpenderRow {
  readonly provider: string;
  readonly model: string;
  readonly p95: number | null;
  readonly requests_before: string;
  readonly failed_before: string;
  readonly cost_before: string;
  readonly p95_before: number | null;
}

/** Most spent on first; more than are shown, so that trouble is found among the cheap ones, too. */
export async function models(
  store: Store,
  project: string,
  query: FiguresQuery & { readonly before: Range },
  options: ReadOptions,
): Promise<OverviewModel[]> {
  const { range, before, filters } = query;
  const both = { from: before.from < range.from ? before.from : range.from, to: range.to };
  const { sql, params } = where(project, both, filters);
  const isNow = "timestamp >= fromUnixTimestamp64Milli({now_from:Int64}, 'UTC')";
  const isBefore = "timestamp < fromUnixTimestamp64Milli({before_to:Int64}, 'UTC')";
  const rows = await store.query<ModelRow>(
    `SELECT provider, model,
      toString(countIf(${isNow})) AS requests,
      toString(countIf(${isNow} AND status != 'success')) AS failed,
      toString(ifNull(sumIf(cost_usd, ${isNow}), 0)) AS cost,
      toString(countIf(${isNow} AND cost_usd IS NULL)) AS unpriced,
      round(quantileTDigestIf(0.95)(latency_ms, ${isNow}), 3) AS p95,
      toString(countIf(${isBefore})) AS requests_before,
      toString(countIf(${isBefore} AND status != 'success')) AS failed_before,
      toString(ifNull(sumIf(cost_usd, ${isBefore}), 0)) AS cost_before,
      round(quantileTDigestIf(0.95)(latency_ms, ${isBefore}), 3) AS p95_before
    FROM events WHERE ${sql}
    GROUP BY provider, model HAVING countIf(${isNow}) > 0
    ORDER BY ifNull(sumIf(cost_usd, ${isNow}), 0) DESC, countIf(${isNow}) DESC, provider, model
    LIMIT ${lookedThrough}`,
    { ...params, now_from: Date.parse(range.from), before_to: Date.parse(before.to) },
    { ...options, settings: exact },
  );
  return rows.map((row) => ({
    provider: row.provider,
    model: row.model,
    ...sumsOf(row),
    p95_ms: row.p95,
    before: {
      requests: Number(row.requests_before),
      failed: Number(row.failed_before),
      cost_usd: row.cost_before,
      p95_ms: Number(row.requests_before) === 0 ? null : row.p95_before,
    },
  }));
}

export async function users(
  store: Store,
  project: string,
  { range, filters }: FiguresQuery,
  options: ReadOptions,
): Promise<OverviewUser[]> {
  const { sql, params } = where(project, range, filters);
  const rows = await store.query<SpenderRow & { readonly name: string }>(
    `SELECT assumeNotNull(user_id) AS name, ${sums}
    FROM events WHERE ${sql} AND user_id IS NOT NULL
    GROUP BY name ORDER BY ifNull(sum(cost_usd), 0) DESC, count() DESC, name LIMIT ${shown}`,
    params,
    { ...options, settings: exact },
  );
  return rows.map((row) => ({ user_id: row.name, ...sumsOf(row) }));
}

export async function properties(
  store: Store,
  project: string,
  { range, filters }: FiguresQuery,
  options: ReadOptions,
): Promise<OverviewProperty[]> {
  const { sql, params } = where(project, range, filters);
  const rows = await store.query<SpenderRow & { readonly name: string; readonly content: string }>(
    `SELECT toString(pair.1) AS name, pair.2 AS content, ${sums}
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
  readonly start: string;
  readonly requests: string;
  readonly cost: string;
  readonly dearest: string;
  readonly dearest_model: string;
  readonly most: string;
}

/** Calls that begin alike are one prompt: the list's previews are compared. */
export async function prompts(
  store: Store,
  project: string,
  { range, filters }: { readonly range: Range; readonly filters: Filters },
  options: ReadOptions,
): Promise<OverviewPrompt[]> {
  const { sql, params } = where(project, range, filters);
  const rows = await store.query<PromptRow>(
    `SELECT preview AS start, toString(count()) AS requests, toString(sum(cost_usd)) AS cost,
      argMax(event_id, cost_usd) AS dearest, argMax(model, cost_usd) AS dearest_model,
      toString(max(cost_usd)) AS most
    FROM events_list WHERE ${sql} AND preview != '' AND cost_usd > 0
    GROUP BY preview ORDER BY sum(cost_usd) DESC, preview LIMIT ${shown}`,
    params,
    { ...options, settings: exact },
  );
  return rows.map((row) => ({
    preview: row.start,
    requests: Number(row.requests),
    cost_usd: row.cost,
    event_id: row.dearest,
    model: row.dearest_model,
    most_usd: row.most,
  }));
}
