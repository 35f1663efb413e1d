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
import { keys } from "./keys.ts";
import { isHeld } from "./lease.ts";
import { listConsumers, type Registration } from "./registry.ts";
import { type PartitionState, readStates } from "./status.ts";

export interface PartitionLag {
  readonly partition: number;
  readonly state: PartitionState | null;
  /** Whether a consumer process works on it now, or the log is drained as it fills. */
  readonly attended: boolean;
  /** Events that wait, counted in the first megabyte of them. */
  readonly pending: number;
  /** Whether there are more than that. */
  readonly more: boolean;
  /** When the oldest of them happened, ISO UTC; null when none waits. */
  readonly oldestAt: string | null;
  readonly deadLetters: number;
}

export interface ConsumerLag extends Registration {
  /**
   * `unattended` when no process works on some partition: none runs, or one was killed and its lease is
   * not over. Else `parked` or `retrying` when any partition is, else `running`.
   */
  readonly status: PartitionState["state"] | "unattended";
  readonly pending: number;
  readonly deadLetters: number;
  readonly partitions: readonly PartitionLag[];
}

/** Counting ends here: a long backlog need not be read to be called one. */
const countedBytes = 1024 * 1024;

/**
 * Every consumer that is not retired.
 *
 * @param drained whether this process drains the log after its commits: between two drains nobody holds a
 *   lease then, and nothing is amiss
 */
export async function readLag(
  kv: KvPort,
  reader: LogReader,
  now: number = Date.now(),
  drained: boolean = false,
): Promise<ConsumerLag[]> {
  const consumers = (await listConsumers(kv)).filter(({ state }) => state !== "retired");
  return await Promise.all(consumers.map((one) => lagOf(kv, reader, one, now, drained)));
}

async function lagOf(
  kv: KvPort,
  reader: LogReader,
  registration: Registration,
  now: number,
  drained: boolean,
): Promise<ConsumerLag> {
  const { id } = registration;
  const states = await readStates(kv, id);
  const partitions = await Promise.all(
    Array.from(
      { length: reader.partitions },
      (_, partition) =>
        lagOfPartition(kv, reader, id, partition, states.get(partition) ?? null, now, drained),
    ),
  );
  const sum = (of: (lag: PartitionLag) => number) =>
    partitions.reduce((total, lag) => total + of(lag), 0);
  return {
    ...registration,
    status: statusOf(partitions),
    pending: sum(({ pending }) => pending),
    deadLetters: sum(({ deadLetters }) => deadLetters),
    partitions,
  };
}

function statusOf(partitions: readonly PartitionLag[]): ConsumerLag["status"] {
  if (partitions.some(({ attended }) => !attended)) return "unattended";
  const states = partitions.map(({ state }) => state?.state);
  return (["parked", "retrying"] as const).find((one) => states.includes(one)) ?? "running";
}

async function lagOfPartition(
  kv: KvPort,
  reader: LogReader,
  id: string,
  partition: number,
  state: PartitionState | null,
  now: number,
  drained: boolean,
): Promise<PartitionLag> {
  const { checkpoint } = await readCheckpoint(kv, id, partition);
  const records = await reader.read(partition, {
    after: checkpoint.committed,
    maxBytes: countedBytes,
  });
  const oldest = records[0]?.entries[0];
  const last = records.at(-1);
  const beyond = last
    ? await reader.read(partition, { after: last.versionstamp, maxRecords: 1 })
    : [];
  return {
    partition,
    state,
    attended: drained || await isHeld(kv, keys.lease(id, partition), now),
    pending: records.reduce((sum, { entries }) => sum + entries.length, 0),
    more: beyond.length > 0,
    oldestAt: oldest ? textField(oldest.raw, "at") : null,
    deadLetters: await countDeadLetters(kv, id, partition),
  };
}
