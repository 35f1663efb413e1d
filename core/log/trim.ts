/**
 * Takes out of the log what may no longer be there. A record goes when all of its events do; in one that
 * stays, what goes leaves an empty event in its place.
 *
 * Guarantees: a record is stored without its payloads in the operation that marks their chunks for
 * removal, so that what is gone is told of as removed and never met as damage; what was taken out is
 * counted in the operation that takes it out; nothing is changed when a check of the caller's fails, or
 * when another one trims at the same time.
 *
 * @module
 */
import { z } from "zod";
import { Damage } from "./damage.ts";
import { logPrefix, partKeys, recordKey } from "./keys.ts";
import type { KvPort } from "./kv.ts";
import { mostParts, partsOf } from "./parts.ts";
import { type Decision, type Rewritten, rewritten } from "./rewrite.ts";

const count = z.number().int().nonnegative();

const stateSchema = z.object({
  /** Records that are gone, and their events. */
  records: count,
  events: count,
  /** Events whose place is empty, gone records included. */
  removed: count,
  /** Events that have lost their bodies. */
  stripped: count,
  /** Up to here nothing is left to do, under the conditions that `under` names. */
  done: z.string().nullable(),
  under: z.string(),
});
export type TrimState = z.infer<typeof stateSchema>;

const untouched: TrimState = {
  records: 0,
  events: 0,
  removed: 0,
  stripped: 0,
  done: null,
  under: "",
};

export interface TrimOptions {
  readonly kv: KvPort;
  /** The log's generation. */
  readonly generation: number;
  readonly partition: number;
  /** No record above this versionstamp is looked at. */
  readonly upTo: string;
  /** What is to become of an event. */
  readonly decide: (raw: unknown, versionstamp: string, index: number) => Decision;
  /** Whether an event that stays may have to change later. */
  readonly mayChange: (raw: unknown) => boolean;
  /** Records that must stay as they are. */
  readonly pinned: ReadonlySet<string>;
  /** Names the conditions: what was done under others is looked at again. */
  readonly under: string;
  /** What must hold when something is changed. */
  readonly checks: readonly Deno.AtomicCheck[];
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Gives others their turn between two operations. */
  readonly breathe?: () => Promise<void>;
}

export interface Trimmed {
  /** `fenced`: a check has failed, the rest is for the next time. */
  readonly outcome: "done" | "fenced" | "aborted";
  /** Since the log began. */
  readonly state: TrimState;
  /** By this call: records that went, events that went with them or in others, and lost their bodies. */
  readonly records: number;
  readonly events: number;
  readonly stripped: number;
  /** Records that cannot be read: they stay. */
  readonly damaged: number;
  /** Records that had to stay as they are. */
  readonly held: number;
}

/** What one operation takes: well inside the store's bounds. */
const mutationsAtOnce = 300;
const bytesAtOnce = 400_000;
const recordsAtOnce = 100;

function trimKey(generation: number, partition: number): Deno.KvKey {
  return ["log_trim", generation, partition];
}

/** What was taken out of a partition so far. */
export async function readTrimState(
  kv: KvPort,
  generation: number,
  partition: number,
): Promise<TrimState> {
  const { value } = await kv.get(trimKey(generation, partition));
  return value === null ? untouched : stateSchema.parse(value);
}

/** Trims one partition. Safe to be cut off anywhere, and to be repeated. */
export async function trimPartition(options: TrimOptions): Promise<Trimmed> {
  const { kv, generation, partition, upTo, under, signal } = options;
  const key = trimKey(generation, partition);
  const entry = await kv.get(key);
  let stored = entry.versionstamp;
  let state = entry.value === null ? untouched : stateSchema.parse(entry.value);
  if (state.under !== under) state = { ...state, done: null, under };
  const begun = state;
  /** What is stored: a batch that was refused has changed nothing. */
  let reached = state;
  let after = state.done;
  let isDone = true;
  let [damaged, held] = [0, 0];
  let batch = newBatch();

  async function store(): Promise<boolean> {
    const operation = kv.atomic().check({ key, versionstamp: stored }, ...options.checks);
    for (const change of batch.changes) change(operation);
    const committed = await operation.set(key, state).commit();
    if (!committed.ok) return false;
    stored = committed.versionstamp;
    reached = state;
    batch = newBatch();
    await options.breathe?.();
    return true;
  }

  const ended = (outcome: Trimmed["outcome"]): Trimmed => ({
    outcome,
    state: reached,
    records: reached.records - begun.records,
    events: reached.removed - begun.removed,
    stripped: reached.stripped - begun.stripped,
    damaged,
    held,
  });

  while (after === null || after < upTo) {
    if (signal.aborted) return ended("aborted");
    const records = await readRecords(kv, partition, after, upTo);
    if (records.length === 0) break;
    for (const { versionstamp, value } of records) {
      after = versionstamp;
      const seen = await look(options, versionstamp, value);
      if (seen === "gone") continue;
      if (seen === "damaged") {
        damaged++;
        isDone = false;
        continue;
      }
      const { rewriting, settled, parts } = seen;
      const pinned = options.pinned.has(versionstamp) && rewriting.outcome !== "same";
      if (pinned) held++;
      isDone &&= settled && !pinned;
      if (pinned || rewriting.outcome === "same") {
        if (isDone) state = { ...state, done: versionstamp };
        continue;
      }
      if (!fits(batch, rewriting) && !await store()) return ended("fenced");
      add(batch, partKeys(partition, versionstamp, parts), rewriting);
      state = countedIn(state, rewriting);
      if (isDone) state = { ...state, done: versionstamp };
    }
  }
  if (batch.changes.length > 0 || state.done !== null) {
    if (!await store()) return ended("fenced");
  }
  return ended("done");
}

interface Seen {
  readonly rewriting: Rewritten;
  /** Whether nothing more will become of the record. */
  readonly settled: boolean;
  /** Values that it is stored in. */
  readonly parts: number;
}

/** What a record is to become; `damaged` when it cannot be read. */
async function look(
  { kv, partition, decide, mayChange, now }: TrimOptions,
  versionstamp: string,
  value: unknown,
): Promise<Seen | "damaged" | "gone"> {
  let settled = true;
  try {
    const parts = await partsOf(kv, { partition, versionstamp }, value);
    if (parts === null) return "gone";
    const rewriting = await rewritten(kv, parts, (raw, index) => {
      const decision = decide(raw, versionstamp, index);
      if (typeof decision === "string" && mayChange(raw)) settled = false;
      return decision;
    }, now);
    return { rewriting, settled, parts: parts.length };
  } catch (error) {
    if (error instanceof Damage) return "damaged";
    throw error;
  }
}

interface StoredRecord {
  readonly versionstamp: string;
  readonly value: unknown;
}

async function readRecords(
  kv: KvPort,
  partition: number,
  after: string | null,
  upTo: string,
): Promise<StoredRecord[]> {
  // NUL makes the next possible key: `start` includes its own, `end` leaves its own out.
  const end = recordKey(partition, `${upTo}\0`);
  const selector = after === null
    ? { prefix: logPrefix(partition), end }
    : { start: recordKey(partition, `${after}\0`), end };
  const records: StoredRecord[] = [];
  const options = { limit: recordsAtOnce, batchSize: recordsAtOnce };
  for await (const { key, value } of kv.list(selector, options)) {
    records.push({ versionstamp: String(key[2]), value });
  }
  return records;
}

interface Batch {
  readonly changes: ((operation: Deno.AtomicOperation) => void)[];
  mutations: number;
  bytes: number;
}

function newBatch(): Batch {
  return { changes: [], mutations: 0, bytes: 0 };
}

function fits(batch: Batch, rewriting: Rewritten): boolean {
  return batch.changes.length === 0 ||
    batch.mutations + mostParts + rewriting.marks.length <= mutationsAtOnce &&
      batch.bytes + bytesOf(rewriting) <= bytesAtOnce;
}

function bytesOf({ values, marks }: Rewritten): number {
  return values.reduce((sum, value) => sum + (value?.length ?? 0), marks.length * bytesOfMark);
}

/** About what a mark takes, its key counted twice. */
const bytesOfMark = 1_000;

/** @param keys of the record's parts */
function add(batch: Batch, keys: readonly Deno.KvKey[], rewriting: Rewritten): void {
  const { outcome, values, marks } = rewriting;
  batch.mutations += keys.length + marks.length;
  batch.bytes += bytesOf(rewriting);
  batch.changes.push((operation) => {
    for (const [part, key] of keys.entries()) {
      const value = values[part];
      if (outcome === "gone") operation.delete(key);
      else if (value) operation.set(key, value);
    }
    for (const mark of marks) operation.set(mark.key, mark.value);
  });
}

function countedIn(state: TrimState, rewriting: Rewritten): TrimState {
  const isGone = rewriting.outcome === "gone";
  return {
    ...state,
    records: state.records + Number(isGone),
    events: state.events + (isGone ? rewriting.events : 0),
    removed: state.removed + rewriting.removed,
    stripped: state.stripped + rewriting.stripped,
  };
}
