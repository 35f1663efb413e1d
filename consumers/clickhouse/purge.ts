/**
 * Makes rows that were taken away leave the disk. ClickHouse only hides them at first, and parts of past
 * months may never be merged again.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { activeGeneration, eventTables, generationTable } from "@/clickhouse/generation.ts";

const timeoutMs = 3_600_000;

/** Rewrites the partitions of the active tables that hold hidden rows; answers how many. */
export async function purgeRemoved(store: ClickHouseStore, signal: AbortSignal): Promise<number> {
  const generation = await activeGeneration(store);
  if (generation === null) return 0;
  const parts = await store.query<{ table: string; partition_id: string }>(
    `SELECT DISTINCT table, partition_id FROM system.parts
     WHERE database = {database:String} AND active AND has_lightweight_delete
       AND has({tables:Array(String)}, table)
     ORDER BY table, partition_id`,
    {
      database: store.database,
      tables: eventTables.map((table) => generationTable(table, generation)),
    },
    { signal },
  );
  for (const { table, partition_id } of parts) {
    await store.command(
      `ALTER TABLE ${table} APPLY DELETED MASK IN PARTITION ID {partition:String}`,
      { partition: partition_id },
      { signal, timeout: timeoutMs, settings: { mutations_sync: "2" } },
    );
  }
  return parts.length;
}
