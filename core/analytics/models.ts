/**
 * Models: what each one was used for and cost.
 *
 * @module
 */
import type { Filters, Range, ReadOptions } from "./contract.ts";
import { groupSums, groupSumsOf, type GroupSumsRow } from "./group_sums.ts";
import { meanOf, percentileOf } from "./measures.ts";
import { instantOf } from "./page.ts";
import { exact } from "./settings.ts";
import type { Store } from "./store.ts";
import type { ModelSummary } from "./trace_types.ts";
import { where } from "./where.ts";

interface ModelRow extends GroupSumsRow {
  readonly provider: string;
  readonly model: string;
  readonly latency: number | null;
  readonly p95: number | null;
  readonly ttft: number | null;
  readonly hits: string;
  readonly first_at: string;
  readonly last_at: string;
}

/** Most models of an answer: most used first. */
const mostModels = 500;

/** The models of a range, the most used first; times in milliseconds. */
export async function models(
  store: Store,
  project: string,
  range: Range,
  filters: Filters,
  options: ReadOptions,
): Promise<ModelSummary[]> {
  const { sql, params } = where(project, range, filters);
  const rows = await store.query<ModelRow>(
    `SELECT provider, model, ${groupSums("true", "status != 'success'")},
      ${meanOf("latency_ms")} AS latency, ${percentileOf("latency_ms", 0.95)} AS p95,
      ${percentileOf("ttft_ms", 0.5)} AS ttft,
      countIf(startsWith(cache, 'HIT')) AS hits,
      toUnixTimestamp64Milli(min(timestamp)) AS first_at,
      toUnixTimestamp64Milli(max(timestamp)) AS last_at
    FROM events_list WHERE ${sql} AND model != ''
    GROUP BY provider, model ORDER BY count() DESC, provider, model LIMIT ${mostModels}`,
    params,
    { ...options, settings: exact },
  );
  return rows.map((row) => ({
    provider: row.provider,
    model: row.model,
    ...groupSumsOf(row),
    avg_latency_ms: row.latency,
    p95_latency_ms: row.p95,
    p50_ttft_ms: row.ttft,
    cache_hits: Number(row.hits),
    first_seen: instantOf(row.first_at),
    last_seen: instantOf(row.last_at),
  }));
}
