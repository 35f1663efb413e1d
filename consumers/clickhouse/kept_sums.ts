/**
 * Keeps the sums by minute, hour and day of calls that are about to be taken away.
 *
 * Guarantees: the sums of one removal are named in one row, after all of them are stored: whoever finds
 * that row finds the sums whole, and whoever does not makes them anew; a second projection that comes to
 * the same removal leaves them as they are.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import type { Place } from "./place.ts";

type Access = Pick<ClickHouseStore, "command" | "query">;

export interface CallsToKeep {
  readonly project: string;
  /** The generation's table of calls. */
  readonly table: string;
  /** Calls from before go. */
  readonly before: string;
  /** Where the removal stands in the log. */
  readonly place: Place;
  /** A condition over the table, and its parameters: the calls that go. */
  readonly condition: string;
  readonly params: Readonly<Record<string, string | number>>;
}

const timeoutMs = 600_000;

/** As in `clickhouse/migrations/0018_latency_unknown.sql`: what is read beside these sums is the same. */
const sums = `
  count() AS requests,
  countIf(cost_usd IS NULL) AS unpriced,
  sum(tokens_input) AS input,
  sum(tokens_output) AS output,
  sum(ifNull(cost_usd, 0)) AS cost,
  sum(ifNull(saved_cost_usd, 0)) AS saved,
  sum(toUInt64(round(ifNull(latency_ms, 0) * 1000))) AS latency_us,
  countIf(latency_ms IS NOT NULL) AS latency_calls,
  countIf(ttft_ms IS NOT NULL) AS ttft_calls,
  sum(toUInt64(round(ifNull(ttft_ms, 0) * 1000))) AS ttft_us,
  max(timestamp) AS last_seen`;
const sketches = `
  min(ifNull(latency_ms, inf)) AS latency_least,
  max(ifNull(latency_ms, 0)) AS latency_most,
  quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(ifNull(latency_ms, 0), latency_ms IS NOT NULL) AS latency,
  min(ifNull(ttft_ms, inf)) AS ttft_least,
  max(ifNull(ttft_ms, 0)) AS ttft_most,
  quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(ifNull(ttft_ms, 0), ttft_ms IS NOT NULL) AS ttft,
  uniqStateIf(ifNull(user_id, ''), user_id IS NOT NULL) AS users,
  uniqStateIf(ifNull(session_id, ''), session_id IS NOT NULL) AS sessions`;

const tables = [
  { name: "kept_by_minute", start: "toStartOfMinute(timestamp)", columns: sums },
  { name: "kept_by_hour", start: "toStartOfHour(timestamp)", columns: `${sums},${sketches}` },
  { name: "kept_by_day", start: "toStartOfDay(timestamp)", columns: `${sums},${sketches}` },
] as const;

/** Keeps them unless they are kept already. */
export async function keepSums(
  store: Access,
  calls: CallsToKeep,
  signal: AbortSignal,
): Promise<void> {
  const { project, before, place } = calls;
  const named = {
    project,
    before,
    generation: place.generation,
    versionstamp: place.versionstamp,
    index: place.index,
  };
  const [known] = await store.query<{ made: string }>(
    `SELECT made FROM retention_sums WHERE project_id = {project:String}
      AND (log_gen, log_versionstamp, log_index) =
        ({generation:UInt32}, {versionstamp:String}, {index:UInt16}) LIMIT 1`,
    named,
    { signal, timeout: timeoutMs },
  );
  if (known) return;
  const months = await monthsOf(store, calls, signal);
  const made = months.length === 0 ? "0" : numberOf(calls);
  for (const { name } of months.length === 0 ? [] : tables) {
    // What an attempt has left that was cut off.
    await store.command(
      `DELETE FROM ${name} WHERE project_id = {project:String} AND made = {made:UInt64}`,
      { project, made },
      { signal, timeout: timeoutMs },
    );
  }
  for (const month of months) await keepMonth(store, calls, made, month, signal);
  await store.command(
    `INSERT INTO retention_sums
      (project_id, log_gen, log_versionstamp, log_index, calls_before, made)
    SELECT {project:String}, {generation:UInt32}, {versionstamp:String}, {index:UInt16},
      parseDateTime64BestEffort({before:String}, 3, 'UTC'), {made:UInt64}`,
    { ...named, made },
    { signal, timeout: timeoutMs },
  );
}

/** The months that lose calls: an insert touches one partition of the sums. */
async function monthsOf(
  store: Access,
  { table, condition, params }: CallsToKeep,
  signal: AbortSignal,
): Promise<number[]> {
  const rows = await store.query<{ month: number }>(
    `SELECT DISTINCT toYYYYMM(timestamp) AS month FROM ${table} WHERE ${condition} ORDER BY month`,
    params,
    { signal, timeout: timeoutMs },
  );
  return rows.map(({ month }) => month);
}

async function keepMonth(
  store: Access,
  { table, condition, params }: CallsToKeep,
  made: string,
  month: number,
  signal: AbortSignal,
): Promise<void> {
  for (const { name, start, columns } of tables) {
    await store.command(
      `INSERT INTO ${name}
      SELECT project_id, ${start} AS start, {made:UInt64} AS made, provider, model, status, cache,
        ${columns}
      FROM ${table} WHERE ${condition} AND counted AND toYYYYMM(timestamp) = {month:UInt32}
      GROUP BY project_id, start, provider, model, status, cache
      SETTINGS final = 1, do_not_merge_across_partitions_select_final = 1`,
      { ...params, made, month },
      { signal, timeout: timeoutMs },
    );
  }
}

/** The same for the same removal, and never 0. */
function numberOf({ project, place }: CallsToKeep): string {
  const name = JSON.stringify([project, place.generation, place.versionstamp, place.index]);
  const hash = createHash("sha256").update(name).digest().readBigUInt64BE();
  return String(hash === 0n ? 1n : hash);
}
