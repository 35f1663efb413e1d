/**
 * A ClickHouse that holds nothing of what it was given: its folder was removed, or the configuration names
 * another server. The log has it all, so the consumers begin again instead of leaving analytics empty.
 *
 * Guarantees: a consumer whose tables hold a single row is left alone, and so is one of which nothing is known.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { eventTables, generationTable } from "@/clickhouse/generation.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { readCheckpoint } from "../checkpoint.ts";
import { forgetConsumer, listConsumers } from "../registry.ts";

export interface BeginAgainDeps {
  readonly kv: KvPort;
  readonly store: ClickHouseStore;
  /** The log's. */
  readonly partitions: number;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** Forgets the consumers whose rows are gone: to be registered anew, at the log's beginning. */
export async function forgetWhereEmpty({ kv, store, partitions, report }: BeginAgainDeps) {
  const all = (await listConsumers(kv)).filter(({ projection, state }) =>
    projection === "clickhouse" && state !== "building"
  );
  const active = all.find(({ state }) => state === "active");
  if (!active) return;
  const events = await lastingRows(kv, active.id, partitions);
  if (events === 0 || await storedRows(store, active.generation) !== 0) return;
  report("ClickHouse holds nothing of the log: every event is projected again", {
    consumer: active.id,
    events,
  });
  // A retired one without rows could not be taken up again either.
  for (const { id, generation } of all) {
    if (await storedRows(store, generation) === 0) await forgetConsumer(kv, id);
  }
}

/** Rows that the consumer has delivered and that nothing may have taken away since. */
async function lastingRows(kv: KvPort, id: string, partitions: number): Promise<number> {
  let sum = 0;
  for (let partition = 0; partition < partitions; partition++) {
    const { checkpoint: { rows, removable } } = await readCheckpoint(kv, id, partition);
    sum += rows - removable;
  }
  return sum;
}

/** Null when the server does not tell. */
async function storedRows(store: ClickHouseStore, generation: number): Promise<number | null> {
  const [stored] = await store.query<{ rows: string; unknown: string }>(
    `SELECT toString(sum(ifNull(total_rows, 0))) AS rows, toString(countIf(total_rows IS NULL)) AS unknown
     FROM system.tables WHERE database = {database:String} AND name IN {names:Array(String)}`,
    {
      database: store.database,
      names: eventTables.map((table) => generationTable(table, generation)),
    },
  );
  return stored && stored.unknown === "0" ? Number(stored.rows) : null;
}
