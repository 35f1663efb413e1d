/**
 * Removes sums that others have replaced.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";

const timeoutMs = 600_000;

interface Kept {
  readonly table: string;
  /** Of its seals. */
  readonly unit: string;
  /** What the seals name its rows by. */
  readonly start: string;
  /** Its rows that are of these seals. @default {all} */
  readonly rows?: string;
}

const kept: readonly Kept[] = [
  { table: "calls_by_minute", unit: "hour", start: "toStartOfHour(start)" },
  { table: "calls_by_hour", unit: "hour", start: "start" },
  { table: "calls_by_day", unit: "day", start: "start" },
  { table: "facets_by_day", unit: "facets", start: "start" },
  { table: "prompts_by_day", unit: "prompts", start: "start" },
  { table: "sums_by_model", unit: "model_hour", start: "start", rows: "unit = 'hour'" },
  { table: "sums_by_model", unit: "model_day", start: "start", rows: "unit = 'day'" },
  { table: "largest_prompts_by_day", unit: "largest_prompts", start: "start" },
];

/** Those that no seal names any more and that were made before a time, in milliseconds since 1970. */
export async function removeReplaced(
  store: Pick<ClickHouseStore, "command" | "query">,
  before: number,
  signal: AbortSignal,
): Promise<void> {
  const made = String(BigInt(before) << 20n);
  for (const { table, unit, start, rows = "true" } of kept) {
    // What was replaced a moment ago may still be read.
    const condition = `${rows} AND made < {made:UInt64} AND (project_id, ${start}, made) NOT IN (
        SELECT project_id, start, made FROM rollup_seals FINAL WHERE unit = '${unit}'
      ) AND (project_id, ${start}) NOT IN (
        SELECT project_id, start FROM rollup_seals FINAL
        WHERE unit = '${unit}' AND made >= {made:UInt64}
      )`;
    const [found] = await store.query<{ rows: string }>(
      `SELECT count() AS rows FROM ${table} WHERE ${condition}`,
      { made },
      { signal, timeout: timeoutMs },
    );
    if (Number(found?.rows ?? 0) === 0) continue;
    await store.command(`DELETE FROM ${table} WHERE ${condition}`, { made }, {
      signal,
      timeout: timeoutMs,
    });
  }
}
