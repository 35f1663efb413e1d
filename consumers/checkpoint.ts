/**
 * How far a consumer is in a partition, and what it is about to deliver.
 *
 * Guarantees: every change is a compare-and-set, so two consumers that both believe to hold the lease
 * cannot both advance; an intent (`pending`) is stored before its first delivery, so the same range is
 * delivered with the same tokens until it is committed.
 *
 * @module
 */
import { z } from "zod";
import type { KvPort } from "@/core/log/kv.ts";
import { keys } from "./keys.ts";
import { planSchema } from "./plan.ts";

const versionstamp = z.string().regex(/^[0-9a-f]{20}$/);
const count = z.number().int().nonnegative();

const pendingSchema = z.object({
  /** Last versionstamp of the range; it starts after `committed`. */
  to: versionstamp,
  token: z.string(),
  /** How many entries the range held: the log is immutable, so it holds them still. */
  rows: count,
  plan: planSchema,
});
export type Pending = z.infer<typeof pendingSchema>;

const checkpointSchema = z.object({
  /** Everything up to here, included, is delivered or in the dead letters. */
  committed: versionstamp.nullable(),
  /** Entries delivered since the consumer began. */
  rows: count,
  /** Of these, rows that a later event may take away again. */
  removable: count,
  /** Entries that gave no row. */
  skipped: count,
  /** Entries that went to the dead letters, whatever became of them later. */
  dead: count,
  /** Second copies of an event: a writer whose commit was in doubt appended it again. */
  repeated: count,
  /** Events that retention had taken out of the log before the consumer came to them. */
  trimmed: count.default(0),
  /** Ids of the last events, to find such copies across batches. */
  recent: z.array(z.string()),
  pending: pendingSchema.nullable(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** A checkpoint as it was read or written; `versionstamp` is null before the first write. */
export interface Versioned {
  readonly checkpoint: Checkpoint;
  readonly versionstamp: string | null;
}

export type Stored =
  | { readonly ok: true; readonly current: Versioned }
  /** Another consumer moved it: whoever holds the old one must stop. */
  | { readonly ok: false; readonly reason: "superseded" };

const beginning: Checkpoint = {
  committed: null,
  rows: 0,
  removable: 0,
  skipped: 0,
  dead: 0,
  repeated: 0,
  trimmed: 0,
  recent: [],
  pending: null,
};

export async function readCheckpoint(
  kv: KvPort,
  consumer: string,
  partition: number,
): Promise<Versioned> {
  const entry = await kv.get(keys.checkpoint(consumer, partition));
  if (entry.versionstamp === null) return { checkpoint: beginning, versionstamp: null };
  return { checkpoint: checkpointSchema.parse(entry.value), versionstamp: entry.versionstamp };
}

/**
 * Replaces the checkpoint if nobody else has; `also` adds to the same atomic operation. A throw means
 * that the outcome is unknown: read the checkpoint again.
 */
export async function storeCheckpoint(
  kv: KvPort,
  consumer: string,
  partition: number,
  from: Versioned,
  next: Checkpoint,
  also: (operation: Deno.AtomicOperation) => void = () => {},
): Promise<Stored> {
  const key = keys.checkpoint(consumer, partition);
  const operation = kv.atomic()
    .check({ key, versionstamp: from.versionstamp })
    .set(key, next);
  also(operation);
  const committed = await operation.commit();
  if (!committed.ok) return { ok: false, reason: "superseded" };
  return { ok: true, current: { checkpoint: next, versionstamp: committed.versionstamp } };
}

/**
 * Lets a batch pass that was stopped because so many of its rows are bad (`poison_flood`): all of them
 * become dead letters. False when the partition has no such batch.
 */
export async function acceptFlood(
  kv: KvPort,
  consumer: string,
  partition: number,
): Promise<boolean> {
  const current = await readCheckpoint(kv, consumer, partition);
  const { pending } = current.checkpoint;
  if (!pending) return false;
  const next = { ...pending, plan: { ...pending.plan, acceptFlood: true } };
  const stored = await storeCheckpoint(kv, consumer, partition, current, {
    ...current.checkpoint,
    pending: next,
  });
  return stored.ok;
}
