/**
 * How far consumers are behind, and whether one stands still: what `/readyz`, `/metrics` and the
 * dashboard show.
 *
 * @module
 */
import type { LogReader } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { textField } from "./batch.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { countDeadLetters } from "./dead_letter.ts";
import { listConsumers, type Registration } from "./registry.ts";
import { type PartitionState, readStates } from "./status.ts";

export interface PartitionLag {
  readonly partition: number;
  readonly state: PartitionState | null;
  /** Events that wait, counted in the first megabyte of them. */
  readonly pending: number;
  /** Whether there are more than that. */
  readonly more: boolean;
  /** When the oldest of them happened, ISO UTC; null when none waits. */
  readonly oldestAt: string | null;
  readonly deadLetters: number;
}

export interface ConsumerLag extends Registration {
  /** `parked` when any partition stands still, `retrying` when any does, else `running`. */
  readonly status: PartitionState["state"] | "starting";
  readonly pending: number;
  readonly deadLetters: number;
  readonly partitions: readonly PartitionLag[];
}

/** Counting ends here: a long backlog need not be read to be called one. */
const COUNTED_BYTES = 1024 * 1024;

/** Every consumer that is not retired. */
export async function readLag(kv: KvPort, reader: LogReader): Promise<ConsumerLag[]> {
  const consumers = await listConsumers(kv);
  return await Promise.all(
    consumers.filter(({ state }) => state !== "retired").map((one) => lagOf(kv, reader, one)),
  );
}

async function lagOf(
  kv: KvPort,
  reader: LogReader,
  registration: Registration,
): Promise<ConsumerLag> {
  const { id } = registration;
  const states = await readStates(kv, id);
  const partitions = await Promise.all(
    Array.from(
      { length: reader.partitions },
      (_, partition) => lagOfPartition(kv, reader, id, partition, states.get(partition) ?? null),
    ),
  );
  const sum = (of: (lag: PartitionLag) => number) =>
    partitions.reduce((total, lag) => total + of(lag), 0);
  const found = new Set(partitions.map(({ state }) => state?.state));
  return {
    ...registration,
    status: (["parked", "retrying", "running"] as const).find((one) => found.has(one)) ??
      "starting",
    pending: sum(({ pending }) => pending),
    deadLetters: sum(({ deadLetters }) => deadLetters),
    partitions,
  };
}

async function lagOfPartition(
  kv: KvPort,
  reader: LogReader,
  id: string,
  partition: number,
  state: PartitionState | null,
): Promise<PartitionLag> {
  const { checkpoint } = await readCheckpoint(kv, id, partition);
  const records = await reader.read(partition, {
    after: checkpoint.committed,
    maxBytes: COUNTED_BYTES,
  });
  const oldest = records[0]?.entries[0];
  const last = records.at(-1);
  const beyond = last
    ? await reader.read(partition, { after: last.versionstamp, maxRecords: 1 })
    : [];
  return {
    partition,
    state,
    pending: records.reduce((sum, { entries }) => sum + entries.length, 0),
    more: beyond.length > 0,
    oldestAt: oldest ? textField(oldest.raw, "at") : null,
    deadLetters: await countDeadLetters(kv, id, partition),
  };
}
