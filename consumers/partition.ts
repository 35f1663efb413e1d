/**
 * One consumer's work on one partition, a batch at a time: intent, projection, delivery, checkpoint.
 *
 * Guarantees: a batch is delivered only under an intent that is stored; the checkpoint moves only after
 * every row of the batch is in the sink or in the dead letters, and by compare-and-set.
 *
 * @module
 */
import type { LogReader } from "@/core/log/contract.ts";
import { DamagedRecord } from "@/core/log/damage.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { readTrimState } from "@/core/log/trim.ts";
import {
  type Batch,
  type BatchLimits,
  findRepeated,
  readBatch,
  readRange,
  remember,
} from "./batch.ts";
import {
  type Checkpoint,
  type Pending,
  readCheckpoint,
  storeCheckpoint,
  type Versioned,
} from "./checkpoint.ts";
import type { Clock } from "./clock.ts";
import { lettersPerCommit, putDeadLetter } from "./dead_letter.ts";
import { dispatch, type Dispatched } from "./deliver.ts";
import type { Lease } from "./lease.ts";
import { type Dead, firstPlan, type Plan } from "./plan.ts";
import type { Projection } from "./projection.ts";

export interface PartitionDeps {
  readonly kv: KvPort;
  readonly reader: LogReader;
  readonly projection: Projection;
  readonly partition: number;
  readonly clock: Clock;
  readonly limits: BatchLimits;
}

/** What one step did. `linger`: too few events have gathered to be worth a delivery yet. */
export type Step =
  | { readonly outcome: "advanced"; readonly rows: number; readonly dead: number }
  | { readonly outcome: "idle" }
  | { readonly outcome: "linger" }
  | Exclude<Dispatched, { outcome: "delivered" }>;

export interface StepOptions {
  readonly lease: Lease;
  readonly signal: AbortSignal;
  /** Fewer new events than this wait; 0 takes whatever there is. */
  readonly minimumRows: number;
}

/** The work of one lease's time. A throw means that the store's answer is not known: begin anew. */
export function createPartition(deps: PartitionDeps): { step(o: StepOptions): Promise<Step> } {
  const { kv, reader, projection, partition, clock, limits } = deps;
  let known: Versioned | null = null;

  return {
    async step(options) {
      try {
        return await step(options);
      } catch (error) {
        known = null;
        if (error instanceof DamagedRecord) return damagedLog(error);
        throw error;
      }
    },
  };

  async function step({ lease, signal, minimumRows }: StepOptions): Promise<Step> {
    known ??= await readCheckpoint(kv, projection.id, partition);
    const { pending, committed } = known.checkpoint;
    let batch: Batch | null;
    if (pending) {
      batch = await readRange(reader, partition, committed, pending.to);
      if (batch.entries.length !== pending.rows) return changedLog(batch, pending);
    } else {
      batch = await readBatch(reader, partition, committed, limits);
      if (!batch) return { outcome: "idle" };
      if (batch.entries.length < minimumRows) return { outcome: "linger" };
      if (!await lease.ensure() || !await intend(batch)) return { outcome: "fenced" };
    }
    return await deliver(batch, lease, signal);
  }

  /** Stores what is about to be delivered. */
  async function intend(batch: Batch): Promise<boolean> {
    if (!known) return false;
    const from = known.checkpoint.committed ?? "start";
    // Registered before it began: nothing is taken out of the log any more until it has passed it.
    const isFirst = known.versionstamp === null;
    const trimmed = isFirst
      ? (await readTrimState(kv, reader.generation, partition)).events
      : known.checkpoint.trimmed;
    return await store({
      ...known.checkpoint,
      trimmed,
      pending: {
        to: batch.to,
        token:
          `${reader.generation}:${projection.id}:${partition}:${from}-${batch.to}:v${projection.version}`,
        rows: batch.entries.length,
        plan: firstPlan(batch.entries, projection),
      },
    });
  }

  async function deliver(batch: Batch, lease: Lease, signal: AbortSignal): Promise<Step> {
    const pending = known?.checkpoint.pending;
    if (!known || !pending) return { outcome: "fenced" };
    const repeated = findRepeated(batch.entries, known.checkpoint.recent);
    const dispatched = await dispatch({
      projection,
      reader,
      batch,
      pending,
      repeated,
      signal,
      mayDeliver: () => lease.ensure(),
      storePlan: (plan, letters) => storePlan(batch, plan, letters),
      breathe: () => clock.sleep(0),
    });
    if (dispatched.outcome !== "delivered") return dispatched;
    const { dead, letters, skipped, removable } = dispatched;
    const rows = batch.entries.length - repeated.size - dead - skipped;
    const { checkpoint } = known;
    const committed = await storeWith(letters, batch, {
      committed: batch.to,
      rows: checkpoint.rows + rows,
      removable: checkpoint.removable + removable,
      skipped: checkpoint.skipped + skipped,
      dead: checkpoint.dead + dead,
      repeated: checkpoint.repeated + repeated.size,
      trimmed: checkpoint.trimmed,
      recent: remember(checkpoint, batch.entries),
      pending: null,
    });
    return committed ? { outcome: "advanced", rows, dead } : { outcome: "fenced" };
  }

  async function storePlan(batch: Batch, plan: Plan, letters: readonly Dead[]): Promise<boolean> {
    const pending = known?.checkpoint.pending;
    if (!known || !pending) return false;
    return await storeWith(letters, batch, { ...known.checkpoint, pending: { ...pending, plan } });
  }

  /**
   * Dead letters go into the operation that moves the checkpoint past them. When they are too many for
   * one, the first are stored ahead of it: which they are follows from the batch, so doing it twice
   * changes nothing.
   */
  async function storeWith(
    letters: readonly Dead[],
    batch: Batch,
    next: Checkpoint,
  ): Promise<boolean> {
    const now = clock.now();
    const put = (some: readonly Dead[], operation: Deno.AtomicOperation) => {
      for (const letter of some) {
        const entry = batch.entries[letter.at];
        if (entry) putDeadLetter(operation, projection.id, entry, letter, now);
      }
    };
    let first = 0;
    for (; letters.length - first > lettersPerCommit; first += lettersPerCommit) {
      const ahead = kv.atomic();
      put(letters.slice(first, first + lettersPerCommit), ahead);
      await ahead.commit();
    }
    return await store(next, (operation) => put(letters.slice(first), operation));
  }

  async function store(
    next: Checkpoint,
    also?: (operation: Deno.AtomicOperation) => void,
  ): Promise<boolean> {
    if (!known) return false;
    const stored = await storeCheckpoint(kv, projection.id, partition, known, next, also);
    known = stored.ok ? stored.current : null;
    return stored.ok;
  }

  function damagedLog({ message }: DamagedRecord): Step {
    return { outcome: "parked", reason: "damaged_log", code: "damaged_record", detail: message };
  }

  function changedLog(batch: Batch, pending: Pending): Step {
    return {
      outcome: "parked",
      reason: "log_changed",
      code: "log_changed",
      detail: `The intent up to ${pending.to} was for ${pending.rows} events, ` +
        `the log now has ${batch.entries.length}: was it restored from a backup?`,
    };
  }
}
