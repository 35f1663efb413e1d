/**
 * The records that wait for their commit: per partition a line of them, of which the last one is
 * still open. One commit takes at most one record of each partition, because two keys that end in
 * the same commit's versionstamp under one prefix would be one key.
 *
 * @module
 */
import { type Chunk, weigh } from "./chunks.ts";
import type { Appended, Companion } from "./contract.ts";
import { keyBytes, openBlobKey } from "./keys.ts";
import type { LogLimits } from "./limits.ts";
import type { Prepared } from "./prepare.ts";
import { fitsRecord, RecordBuilder } from "./record.ts";

/** The caller of an append, who waits. */
export interface Waiter {
  readonly id: string;
  /** Bytes that its event counts against the bound on waiting. */
  readonly bytes: number;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
}

/** A record in the making, with what is stored and deleted in the same commit. */
export class OpenRecord {
  readonly parts: RecordBuilder[] = [];
  readonly waiters: Waiter[] = [];
  readonly chunks: Chunk[] = [];
  readonly marks: Deno.KvKey[] = [];
  readonly beside: Companion[] = [];
  /** By list: the values to be joined. */
  readonly joined = new Map<string, Joined>();
  /** Bytes of all lists' values. */
  joinedBytes = 0;
  /** Bytes of the chunks. */
  #values = 0;
  /** Bytes of all its keys. */
  #keys = 0;
  readonly #newPart: () => RecordBuilder;

  constructor(readonly partition: number, newPart: () => RecordBuilder) {
    this.#newPart = newPart;
  }

  /** Bytes that it takes in an atomic operation. */
  get bytes(): number {
    return this.parts.reduce((sum, { length }) => sum + length, this.#values + 2 * this.#keys);
  }

  get keyBytes(): number {
    return this.#keys;
  }

  /** What it sets and deletes in an atomic operation. */
  get mutations(): number {
    return this.parts.length + this.chunks.length + this.marks.length + this.beside.length +
      this.joined.size;
  }

  /** Adds an event, or returns false and changes nothing. `staged`: its chunks are stored already. */
  add(prepared: Prepared, staged: boolean, waiter: Waiter, limits: LogLimits): boolean {
    const added = prepared.chunks.length > 0 || prepared.beside.length > 0
      ? this.#addWithMore(prepared, staged, limits)
      : this.#addFrame(prepared, limits, this.#values, this.#keys);
    if (added) this.waiters.push(waiter);
    return added;
  }

  /** The values of its parts. Views: valid until the parts are used again. */
  finish(): Uint8Array<ArrayBuffer>[] {
    const last = this.parts.length - 1;
    return this.parts.map((part, i) => part.finish(i === 0 ? last : 0));
  }

  /** Adds the event itself, to a further part when the last one is full. */
  #addFrame(
    { kind, json }: Prepared,
    limits: LogLimits,
    values: number,
    keys: number,
  ): boolean {
    if (this.parts.at(-1)?.add(kind, json)) return true;
    const parts = this.parts.length + 1;
    if (parts > limits.recordParts || !fitsRecord(json, limits.recordBytes)) return false;
    if (!fitsCommit(parts, values, keys + recordKeyBytes, limits)) return false;
    const part = this.#newPart();
    part.add(kind, json);
    this.parts.push(part);
    this.#keys += recordKeyBytes;
    return true;
  }

  #addWithMore(prepared: Prepared, staged: boolean, limits: LogLimits): boolean {
    const { beside } = prepared;
    const chunks = staged ? [] : prepared.chunks;
    const marks = prepared.chunks.length > 0 ? 1 : 0;
    const weight = weigh(chunks);
    const values = this.#values + weight.values + besideBytes(beside);
    const joinedBytes = this.joinedBytes + joinedBytesOf(beside);
    const moreKeys = weight.keys + marks * markKeyBytes + besideKeyBytes(beside);
    const keys = this.#keys + moreKeys;
    const mutations = this.mutations + chunks.length + marks + beside.length;
    if (mutations > limits.atomicMutations || joinedBytes > limits.recordBytes) return false;
    if (!fitsCommit(this.parts.length, values, keys, limits)) return false;
    if (!this.#addFrame(prepared, limits, values, keys)) return false;
    this.#values = values;
    this.#keys += moreKeys;
    this.chunks.push(...chunks);
    this.joinedBytes = joinedBytes;
    for (const companion of beside) {
      if (companion.joined) this.#join(companion);
      else this.beside.push(companion);
    }
    // Whatever an earlier attempt left marked belongs to a record from now on.
    if (marks > 0) this.marks.push(openBlobKey(prepared.project, prepared.id));
    return true;
  }

  #join({ key, value, expireIn }: Companion): void {
    const list = String(key[0]);
    const joined = this.joined.get(list);
    if (joined) joined.values.push(value);
    else {
      this.joined.set(list, { values: [value], expireIn });
      this.#keys += listKeyBytes;
    }
  }
}

/** What the events of a record bring to a list. */
export interface Joined {
  readonly values: Uint8Array[];
  readonly expireIn: number | undefined;
}

function joinedBytesOf(beside: readonly Companion[]): number {
  let bytes = 0;
  for (const { joined, value } of beside) if (joined) bytes += value.length;
  return bytes;
}

function besideBytes(beside: readonly Companion[]): number {
  return beside.reduce((sum, { value }) => sum + value.length, 0);
}

function besideKeyBytes(beside: readonly Companion[]): number {
  return beside.reduce((sum, { key, joined }) => sum + (joined ? 0 : keyBytes(key)), 0);
}

/** Upper bounds: a mark's key holds two names of at most 128 characters, three bytes each. */
const markKeyBytes = 800;
const recordKeyBytes = 64;
const listKeyBytes = 64;

/** Whether what an event brings fits into the commit of its record, when it is alone in there. */
export function fitsBesideRecord(
  { chunks, beside }: Pick<Prepared, "chunks" | "beside">,
  limits: LogLimits,
): boolean {
  const { values, keys } = weigh(chunks);
  return fitsCommit(
    1,
    values + besideBytes(beside),
    keys + recordKeyBytes + markKeyBytes + besideKeyBytes(beside),
    limits,
  );
}

function fitsCommit(parts: number, values: number, keys: number, limits: LogLimits): boolean {
  return keys <= limits.atomicKeyBytes &&
    parts * limits.recordBytes + values + 2 * keys <= limits.atomicBytes;
}

/** The lines of records. */
export class Batches {
  readonly #lines: OpenRecord[][];
  readonly #limits: LogLimits;
  readonly #spare: RecordBuilder[] = [];
  #turn = 0;

  constructor(partitions: number, limits: LogLimits) {
    this.#lines = Array.from({ length: partitions }, () => []);
    this.#limits = limits;
  }

  /** Gives an event its place, or returns false when it is too large for any record. */
  add(partition: number, prepared: Prepared, staged: boolean, waiter: Waiter): boolean {
    // The partition comes from `partitionOf()`, so its line exists.
    const line = this.#lines[partition] as OpenRecord[];
    if (line.at(-1)?.add(prepared, staged, waiter, this.#limits)) return true;
    const record = new OpenRecord(
      partition,
      () => this.#spare.pop() ?? new RecordBuilder(this.#limits.recordBytes),
    );
    if (!record.add(prepared, staged, waiter, this.#limits)) return false;
    line.push(record);
    return true;
  }

  /** Takes what the next commit stores: at most one record of each partition, each in turn first. */
  take(): OpenRecord[] {
    const taken: OpenRecord[] = [];
    let bytes = 0;
    let keyBytes = 0;
    let mutations = 0;
    let joinedBytes = 0;
    for (let i = 0; i < this.#lines.length; i++) {
      // The remainder is the number of a line.
      const line = this.#lines[(this.#turn + i) % this.#lines.length] as OpenRecord[];
      const record = line[0];
      if (!record) continue;
      bytes += record.bytes;
      keyBytes += record.keyBytes;
      mutations += record.mutations;
      joinedBytes += record.joinedBytes;
      const fits = bytes <= this.#limits.atomicBytes && keyBytes <= this.#limits.atomicKeyBytes &&
        mutations <= this.#limits.atomicMutations && joinedBytes <= this.#limits.recordBytes;
      if (taken.length > 0 && !fits) break;
      line.shift();
      taken.push(record);
    }
    this.#turn = (this.#turn + 1) % this.#lines.length;
    return taken;
  }

  /** Takes the buffers of committed records back. */
  recycle(records: readonly OpenRecord[]): void {
    for (const part of records.flatMap(({ parts }) => parts)) {
      if (this.#spare.length >= this.#lines.length * this.#limits.recordParts) return;
      part.reset();
      this.#spare.push(part);
    }
  }
}
