/**
 * The account of every event: what was appended is projected, in the dead letters, set aside as a second
 * copy, or still waiting. ClickHouse's own count stands beside it, taken from the tables.
 *
 * @module
 */
import { z } from "zod";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { generationTable } from "@/clickhouse/generation.ts";
import type { KvPort } from "@/core/log/kv.ts";
import type { CountingLogReader } from "@/core/log/reader.ts";
import { readTrimState } from "@/core/log/trim.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { rowTables } from "./clickhouse/count_removed.ts";
import { countReplayed } from "./dead_letter.ts";
import { keys } from "./keys.ts";
import { listConsumers } from "./registry.ts";

export interface PartitionProof {
  readonly partition: number;
  /** Events in the log. */
  readonly appended: number;
  /** Of these, in the projection. */
  readonly projected: number;
  /** In the dead letters now. */
  readonly dead_lettered: number;
  /** Second copies of an event whose append was in doubt. */
  readonly repeated: number;
  /** Events that concern the projection but give no row. */
  readonly skipped: number;
  /** Of the projected ones, those of the demo: they may have been removed again. */
  readonly demo: number;
  /** Taken out of the log by retention before this projection was made from it. */
  readonly trimmed: number;
  /** Of the projected ones, those that retention has taken away again; null when ClickHouse was not asked. */
  readonly removed: number | null;
  /** Behind the checkpoint. */
  readonly pending: number;
  /** Different events in ClickHouse's own tables; null when it was not asked. */
  readonly stored: number | null;
  /** Up to where the log was counted; null when it is empty. */
  readonly position: string | null;
}

export interface Proof {
  readonly consumer: string;
  readonly generation: number;
  readonly partitions: readonly PartitionProof[];
  readonly total: Omit<PartitionProof, "partition" | "position">;
  /** Nothing waits, nothing is missing, and nothing is stored that the log does not explain. */
  readonly complete: boolean;
}

export interface ProofDeps {
  readonly kv: KvPort;
  readonly reader: CountingLogReader;
  /** Null: ClickHouse is away, and the account is made without it. */
  readonly store: Pick<ClickHouseStore, "query"> | null;
}

/** The proof of the active ClickHouse consumer; null before there is one. */
export async function prove({ kv, reader, store }: ProofDeps): Promise<Proof | null> {
  const active = (await listConsumers(kv))
    .find(({ projection, state }) => projection === "clickhouse" && state === "active");
  if (!active) return null;
  const partitions: PartitionProof[] = [];
  for (let partition = 0; partition < reader.partitions; partition++) {
    partitions.push(await provePartition(kv, reader, active.id, partition));
  }
  const stored = store
    ? await storedByPartition(store, active.generation, reader.generation)
    : null;
  const removed = store
    ? await removedByPartition(store, active.generation, reader.generation)
    : null;
  const counted = partitions.map((one) => ({
    ...one,
    removed: removed ? removed.get(one.partition)?.events ?? 0 : null,
    stored: stored ? stored.get(one.partition)?.events ?? 0 : null,
  }));
  const total = sumOf(counted);
  return {
    consumer: active.id,
    generation: active.generation,
    partitions: counted,
    total,
    complete: total.pending === 0 &&
      (stored === null || removed === null || isExplained(counted, stored, removed)),
  };
}

async function provePartition(
  kv: KvPort,
  reader: CountingLogReader,
  consumer: string,
  partition: number,
): Promise<PartitionProof> {
  // The checkpoint first: what is appended meanwhile counts as pending, never as missing.
  const { checkpoint, versionstamp } = await readCheckpoint(kv, consumer, partition);
  const trimmed = versionstamp === null
    ? (await readTrimState(kv, reader.generation, partition)).events
    : checkpoint.trimmed;
  const replayed = await countReplayed(kv, consumer, partition);
  const { events: appended, last } = await countAppended(kv, reader, partition);
  const { rows, removable, dead, repeated, skipped } = checkpoint;
  return {
    partition,
    appended,
    projected: rows + replayed.rows,
    demo: removable + replayed.removable,
    dead_lettered: dead - replayed.rows,
    repeated,
    skipped,
    trimmed,
    removed: null,
    pending: appended - rows - dead - repeated - skipped - trimmed,
    stored: null,
    position: last,
  };
}

const countSchema = z.object({ events: z.number().int(), last: z.string() });

/** Counts a partition from where it was last counted: the log only ever grows. */
export async function countAppended(
  kv: KvPort,
  reader: CountingLogReader,
  partition: number,
): Promise<{ events: number; last: string | null }> {
  const key = keys.appended(reader.generation, partition);
  const stored = await kv.get(key);
  const before = stored.versionstamp === null ? null : countSchema.parse(stored.value);
  const since = await reader.count(partition, before?.last ?? null);
  const events = (before?.events ?? 0) + since.events;
  const last = since.last ?? before?.last ?? null;
  if (since.last !== null) {
    // Whoever loses this race has counted the same events: nothing is lost with its result.
    await kv.atomic().check(stored).set(key, { events, last }).commit();
  }
  return { events, last };
}

interface Stored {
  readonly events: number;
  /** Without those of the demo, which come and go. */
  readonly lasting: number;
}

/**
 * Every partition has as many lasting events in ClickHouse as were projected and not taken away again by
 * retention, and no more.
 */
function isExplained(
  partitions: readonly PartitionProof[],
  stored: ReadonlyMap<number, Stored>,
  removed: ReadonlyMap<number, Stored>,
): boolean {
  return partitions.every(({ partition, projected, demo }) =>
    (stored.get(partition)?.lasting ?? 0) ===
      projected - demo - (removed.get(partition)?.lasting ?? 0)
  );
}

async function storedByPartition(
  store: Pick<ClickHouseStore, "query">,
  generation: number,
  logGeneration: number,
): Promise<Map<number, Stored>> {
  const rows = await store.query<{ log_partition: number; events: string; lasting: string }>(
    `SELECT log_partition, uniqExact(project_id, event_id) AS events,
       uniqExactIf((project_id, event_id), NOT demo) AS lasting
     FROM (${
      rowTables.map((table) =>
        `SELECT log_partition, project_id, event_id, demo FROM ${generationTable(table, generation)}
         WHERE log_gen = {generation:UInt32}`
      ).join(" UNION ALL ")
    }) GROUP BY log_partition`,
    { generation: logGeneration },
  );
  return new Map(
    rows.map(({ log_partition, events, lasting }) => [
      log_partition,
      { events: Number(events), lasting: Number(lasting) },
    ]),
  );
}

/** What removals have counted before they began; one that was cut off has counted more than once. */
async function removedByPartition(
  store: Pick<ClickHouseStore, "query">,
  generation: number,
  logGeneration: number,
): Promise<Map<number, Stored>> {
  const rows = await store.query<{ log_partition: number; events: string; lasting: string }>(
    `SELECT log_partition, sum(e) AS events, sum(l) AS lasting FROM (
      SELECT log_partition, max(events) AS e, max(lasting) AS l FROM retention_removed
      WHERE generation = {tables:UInt32} AND log_gen = {generation:UInt32}
      GROUP BY project_id, log_partition, log_versionstamp, log_index
    ) GROUP BY log_partition`,
    { tables: generation, generation: logGeneration },
  );
  return new Map(
    rows.map(({ log_partition, events, lasting }) => [
      log_partition,
      { events: Number(events), lasting: Number(lasting) },
    ]),
  );
}

function sumOf(partitions: readonly PartitionProof[]): Proof["total"] {
  const sum = (of: (one: PartitionProof) => number) =>
    partitions.reduce((total, one) => total + of(one), 0);
  return {
    demo: sum((one) => one.demo),
    appended: sum((one) => one.appended),
    projected: sum((one) => one.projected),
    dead_lettered: sum((one) => one.dead_lettered),
    repeated: sum((one) => one.repeated),
    skipped: sum((one) => one.skipped),
    trimmed: sum((one) => one.trimmed),
    removed: partitions.every((one) => one.removed === null)
      ? null
      : sum((one) => one.removed ?? 0),
    pending: sum((one) => one.pending),
    stored: partitions.every((one) => one.stored === null) ? null : sum((one) => one.stored ?? 0),
  };
}
