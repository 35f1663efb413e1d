/**
 * The log's writer. Appends are committed in groups without a timer: while one commit is on its way,
 * what arrives waits for the next, so a single caller waits for one commit and many callers share one.
 *
 * Guarantees: a resolved append is on disk, once. The appends of one project keep their order. What
 * waits is bounded by count and bytes, and refused before anything is stored.
 *
 * @module
 */
import { AppError } from "../error.ts";
import { Batches, fitsBesideRecord, type OpenRecord, type Waiter } from "./batch.ts";
import { joinedLists } from "./lists.ts";
import { weigh } from "./chunks.ts";
import { Committer, defaultRetry, type RetryPolicy } from "./commit.ts";
import type { Appended, Companion, EventDraft, LogWriter, Payload } from "./contract.ts";
import { newRecordKey } from "./keys.ts";
import type { KvPort } from "./kv.ts";
import { defaultLimits, type LogLimits } from "./limits.ts";
import type { LogIdentity } from "./open.ts";
import { isQuick } from "./payload.ts";
import { partitionOf } from "./position.ts";
import { type Payloads, prepare, type Prepared, prepareNow, refusal, spill } from "./prepare.ts";
import { fitsRecord } from "./record.ts";
import { stage } from "./stage.ts";
import { sizeOf } from "./text_payload.ts";

export interface LogWriterOptions extends Pick<LogIdentity, "generation" | "partitions"> {
  /** The handle for writing. It stays the caller's: `close()` leaves it open. */
  readonly kv: KvPort;
  readonly limits?: Partial<LogLimits>;
  readonly retry?: Partial<RetryPolicy>;
  /** Told of the partitions of each commit, after its callers were. */
  readonly onCommit?: (partitions: readonly number[]) => void;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/**
 * Makes a writer. A process needs one: two of them would halve the groups.
 *
 * @example
 * ```ts
 * import { createLogWriter } from "@/core/log/writer.ts";
 * import { openLog } from "@/core/log/open.ts";
 * import { expect } from "expect";
 *
 * const kv = await Deno.openKv(":memory:");
 * const log = await openLog({ write: kv, read: kv });
 * const writer = createLogWriter({ kv, ...log });
 * const { position } = await writer.append({
 *   type: "demo.removed",
 *   v: 1,
 *   id: "01JD00000000000000000000AA",
 *   project: "p1",
 *   at: "2026-11-23T09:00:00.000Z",
 *   data: { before: "2026-11-01T00:00:00.000Z" },
 * });
 * expect(position.versionstamp).toHaveLength(20);
 * await writer.close();
 * kv.close();
 * ```
 */
export function createLogWriter(options: LogWriterOptions): LogWriter {
  return new GroupingWriter(options);
}

class GroupingWriter implements LogWriter {
  readonly pending = { events: 0, bytes: 0 };
  readonly #kv: KvPort;
  readonly #partitions: number;
  readonly #limits: LogLimits;
  readonly #retry: RetryPolicy;
  readonly #clock: () => number;
  readonly #onCommit: (partitions: readonly number[]) => void;
  readonly #committer: Committer;
  readonly #batches: Batches;
  /** By project, the last of its appends that are still being prepared. */
  readonly #preparing = new Map<string, Promise<void>>();
  #staging: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | null = null;
  /** Why the latest commit was given up; null when it was not. */
  #failure: unknown = null;
  #closed: Promise<void> | null = null;

  constructor(options: LogWriterOptions) {
    this.#kv = options.kv;
    this.#partitions = options.partitions;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#retry = { ...defaultRetry, ...options.retry };
    this.#clock = options.clock ?? Date.now;
    this.#onCommit = options.onCommit ?? (() => {});
    this.#committer = new Committer({
      kv: options.kv,
      writerId: crypto.randomUUID(),
      retry: this.#retry,
    });
    this.#batches = new Batches(options.partitions, this.#limits);
  }

  append(
    event: EventDraft,
    payloads?: Readonly<Record<string, Payload>>,
    beside?: readonly Companion[],
  ): Promise<Appended> {
    const bytes = payloadBytes(payloads, this.#limits.payloadBytes);
    const refused = this.#refusal(bytes) ?? refusal(event, payloads, beside);
    if (refused) return Promise.reject(refused);
    return new Promise((resolve, reject) => {
      const caller = { resolve, reject };
      if (this.#preparing.has(event.project) || !areQuick(payloads)) {
        this.#inTurn(event.project, bytes, prepare(event, payloads, this.#limits, beside), caller);
        return;
      }
      const prepared = prepareNow(event, payloads, this.#limits, beside);
      if (this.#place(prepared, false, caller)) return;
      this.#inTurn(event.project, prepared.json.length, Promise.resolve(prepared), caller);
    });
  }

  close(): Promise<void> {
    return this.#closed ??= this.#drain();
  }

  #refusal(bytes: number): AppError | null {
    if (this.#closed) return new AppError("log_closed");
    const { maxEvents, maxBytes } = this.#limits;
    const waiting = this.pending;
    const full = waiting.events >= maxEvents || waiting.bytes >= maxBytes ||
      // A single payload over the bound still gets through when nothing else waits.
      (waiting.events > 0 && waiting.bytes + bytes > maxBytes);
    if (!full) return null;
    return new AppError("log_overloaded", {
      waiting_events: waiting.events,
      waiting_bytes: waiting.bytes,
    });
  }

  /** Gives an event its place in a record, or returns false when it is too large for one. */
  #place(prepared: Prepared, staged: boolean, caller: Caller): boolean {
    const bytes = prepared.json.length + (staged ? 0 : weigh(prepared.chunks).values);
    const waiter: Waiter = { id: prepared.id, bytes, ...caller };
    const partition = partitionOf(prepared.project, this.#partitions);
    if (!this.#batches.add(partition, prepared, staged, waiter)) return false;
    this.pending.events += 1;
    this.pending.bytes += bytes;
    this.#running ??= this.#run();
    return true;
  }

  /** Places an event that needs time first, after the earlier ones of its project. */
  #inTurn(project: string, bytes: number, preparation: Promise<Prepared>, caller: Caller): void {
    this.pending.events += 1;
    this.pending.bytes += bytes;
    const readied = this.#readied(preparation).catch((error) => ({ error }));
    const turn = (this.#preparing.get(project) ?? Promise.resolve()).then(async () => {
      const ready = await readied;
      this.pending.events -= 1;
      this.pending.bytes -= bytes;
      if ("error" in ready) return caller.reject(ready.error);
      if (this.#place(ready.prepared, ready.staged, caller)) return;
      caller.reject(new Error("Cannot place an event that was prepared to fit"));
    });
    this.#preparing.set(project, turn);
    turn.then(() => {
      if (this.#preparing.get(project) === turn) this.#preparing.delete(project);
    });
  }

  async #readied(preparation: Promise<Prepared>): Promise<{ prepared: Prepared; staged: boolean }> {
    let prepared = await preparation;
    if (!fitsRecord(prepared.json, this.#limits.recordBytes)) {
      prepared = await spill(prepared, this.#limits);
    }
    if (fitsBesideRecord(prepared, this.#limits)) return { prepared, staged: false };
    await this.#staged(prepared);
    return { prepared, staged: true };
  }

  /** Stores chunks ahead of their record, one event's at a time, so that commits get through. */
  #staged(prepared: Prepared): Promise<void> {
    const options = {
      kv: this.#kv,
      retry: this.#retry,
      limits: this.#limits,
      clock: this.#clock,
    };
    const staging = this.#staging.then(() => {
      if (this.#hopeless) throw this.#failure;
      return stage(prepared, options);
    });
    // Its own caller hears of a failure; the next one is staged all the same.
    this.#staging = staging.catch(() => {});
    return staging;
  }

  async #run(): Promise<void> {
    // Callers of the same turn of the loop share the first commit.
    await null;
    for (let records = this.#batches.take(); records.length > 0; records = this.#batches.take()) {
      if (this.#hopeless) this.#reject(records, this.#failure);
      else await this.#commit(records);
    }
    this.#running = null;
  }

  /** While stopping, what waits behind a commit that failed for good is not tried in vain. */
  get #hopeless(): boolean {
    return this.#closed !== null && this.#failure !== null;
  }

  async #commit(records: readonly OpenRecord[]): Promise<void> {
    const values = records.map((record) => record.finish());
    const lists = joinedLists(records);
    try {
      const versionstamp = await this.#committer.commit((operation) => {
        records.forEach((record, i) => {
          values[i]?.forEach((value, part) => {
            operation.set(newRecordKey(this.#kv, record.partition, part), value);
          });
          for (const { key, value } of record.chunks) operation.set(key, value);
          for (const mark of record.marks) operation.delete(mark);
          for (const { key, value, expireIn } of record.beside) {
            operation.set(key, value, expireIn === undefined ? {} : { expireIn });
          }
        });
        for (const { name, value, expireIn } of lists) {
          const key = [name, this.#kv.commitVersionstamp()];
          operation.set(key, value, expireIn === undefined ? {} : { expireIn });
        }
      });
      for (const record of records) this.#resolve(record, versionstamp);
      this.#batches.recycle(records);
      this.#failure = null;
    } catch (error) {
      this.#reject(records, error);
      this.#failure = error;
      return;
    }
    this.#tell(records.map(({ partition }) => partition));
  }

  #resolve({ partition, waiters }: OpenRecord, versionstamp: string): void {
    for (let index = 0; index < waiters.length; index++) {
      // The index is below the length.
      const { id, bytes, resolve } = waiters[index] as Waiter;
      this.pending.events -= 1;
      this.pending.bytes -= bytes;
      resolve({ id, position: { partition, versionstamp, index } });
    }
  }

  #reject(records: readonly OpenRecord[], error: unknown): void {
    for (const { bytes, reject } of records.flatMap(({ waiters }) => waiters)) {
      this.pending.events -= 1;
      this.pending.bytes -= bytes;
      reject(error);
    }
  }

  #tell(partitions: readonly number[]): void {
    try {
      this.#onCommit(partitions);
    } catch (error) {
      // The commit stands whatever the listener does; its failure goes where uncaught ones go.
      reportError(error);
    }
  }

  async #drain(): Promise<void> {
    while (this.#running || this.#preparing.size > 0) {
      await Promise.all([this.#running, ...this.#preparing.values()]);
    }
    await this.#committer.forget().catch(() => {});
  }
}

type Caller = Pick<Waiter, "resolve" | "reject">;

function areQuick(payloads: Payloads | undefined): boolean {
  for (const name in payloads) {
    // `name` comes from the same object.
    if (!isQuick(payloads[name] as Payload)) return false;
  }
  return true;
}

function payloadBytes(payloads: Payloads | undefined, most: number): number {
  let bytes = 0;
  for (const name in payloads) {
    // `name` comes from the same object.
    bytes += Math.min(sizeOf(payloads[name] as Payload), most);
  }
  return bytes;
}
