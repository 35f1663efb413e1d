/**
 * The log's reader: records in commit order, and payloads with their length and hash verified.
 * Reading never changes anything, so it may stand on its own handle, beside any number of others.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Event, PayloadRef } from "../event/event.ts";
import { gather, type Owner } from "./chunks.ts";
import { unpack } from "./compress.ts";
import type { LogEntry, LogReader, LogRecord, ReadOptions } from "./contract.ts";
import { Damage, DamagedPayload, DamagedRecord } from "./damage.ts";
import { logPrefix, recordKey } from "./keys.ts";
import type { KvPort } from "./kv.ts";
import type { LogIdentity } from "./open.ts";
import { partsOf } from "./parts.ts";
import type { Position } from "./position.ts";
import { spillName, spillSchema } from "./prepare.ts";
import { countFrames, decodeRecord, frameKind, parsed } from "./record.ts";

export interface LogReaderOptions extends Pick<LogIdentity, "generation" | "partitions"> {
  /** The handle for reading. */
  readonly kv: KvPort;
}

/** What a range of a partition holds. */
export interface LogCount {
  readonly records: number;
  readonly events: number;
  /** The last record's versionstamp; null when there is none. */
  readonly last: string | null;
}

export interface CountingLogReader extends LogReader {
  /**
   * Counts what was appended after a versionstamp (null: from the beginning), without parsing it.
   *
   * @throws {DamagedRecord}
   */
  count(partition: number, after: string | null, upTo?: string): Promise<LogCount>;
}

const utf8 = new TextEncoder();
/** Few values at once: only their frames are looked at. */
const countBatch: Deno.KvListOptions = { batchSize: 8 };
const defaults = { maxRecords: 100, maxBytes: 4 * 1024 * 1024 };

/**
 * Makes a reader.
 *
 * `read()` returns at least one record when there is one, and stops after the record that reaches
 * `maxBytes`. A damaged record ends what is returned before it; when it is the first, `read()` throws
 * `DamagedRecord`, whose position lets the caller put it aside and go on after it.
 */
export function createLogReader(options: LogReaderOptions): CountingLogReader {
  const { kv, generation, partitions } = options;
  return {
    generation,
    partitions,
    read: (partition, range) => read(kv, partition, range),
    payload: (event, name) => payload(kv, event, name),
    count: (partition, after, upTo) => count(kv, partition, after, upTo),
  };
}

async function read(kv: KvPort, partition: number, options: ReadOptions): Promise<LogRecord[]> {
  const { maxRecords, maxBytes } = { ...defaults, ...options };
  const records: LogRecord[] = [];
  let bytes = 0;
  const found = scan(kv, partition, options.after, options.upTo, {
    limit: maxRecords,
    batchSize: Math.min(maxRecords, batchSize(maxBytes)),
  });
  for await (const { value, versionstamp } of found) {
    try {
      const entries = await entriesOf(kv, { partition, versionstamp }, value);
      if (entries === null) continue;
      records.push({ partition, versionstamp, entries });
      bytes += entries.reduce((sum, entry) => sum + entry.bytes, 0);
    } catch (error) {
      if (records.length > 0 && error instanceof DamagedRecord) return records;
      throw error;
    }
    if (bytes >= maxBytes) return records;
  }
  return records;
}

interface Stored {
  readonly versionstamp: string;
  readonly value: unknown;
}

async function* scan(
  kv: KvPort,
  partition: number,
  after: string | null,
  upTo: string | undefined,
  options: Deno.KvListOptions,
): AsyncGenerator<Stored> {
  // NUL makes the next possible key: `start` includes its own, `end` leaves its own out.
  const start = after === null ? undefined : recordKey(partition, `${after}\0`);
  const end = upTo === undefined ? undefined : recordKey(partition, `${upTo}\0`);
  if (start && end && after !== null && upTo !== undefined && after >= upTo) return;
  const prefix = logPrefix(partition);
  const selector: Deno.KvListSelector = start && end
    ? { start, end }
    : start
    ? { prefix, start }
    : end
    ? { prefix, end }
    : { prefix };
  for await (const { key, value } of kv.list(selector, options)) {
    // The key's versionstamp, not the entry's: a restored backup keeps the one and not the other.
    yield { versionstamp: String(key[2]), value };
  }
}

/** Records that about fill `maxBytes`, so that one round trip to the store is enough. */
function batchSize(maxBytes: number): number {
  return Math.max(1, Math.min(100, Math.ceil(maxBytes / 60_000)));
}

async function entriesOf(
  kv: KvPort,
  at: Omit<Position, "index">,
  first: unknown,
): Promise<LogEntry[] | null> {
  return await placed(async () => {
    const parts = await partsOf(kv, at, first);
    if (parts === null) return null;
    const entries: LogEntry[] = [];
    const frames = parts.flatMap(decodeRecord);
    giveBack(parts);
    for (const { kind, json, bytes } of frames) {
      const raw = kind === frameKind.spilled ? await readSpilled(kv, json) : json;
      entries.push({ position: { ...at, index: entries.length }, raw, bytes });
    }
    return entries;
  }, (reason, cause) => new DamagedRecord(at, reason, { cause }));
}

/**
 * An event that is kept beside its record.
 *
 * @throws {Damage}
 */
export async function readSpilled(kv: KvPort, reference: unknown): Promise<unknown> {
  const spill = spillSchema.safeParse(reference);
  if (!spill.success) throw new Damage("the reference to a spilled event cannot be read");
  const { project, id, encoding, chunks, sha256, bytes } = spill.data;
  const packed = await gather(kv, { project, id, name: spillName }, sha256, chunks);
  return parsed(await unpack({ encoding, bytes: packed, sha256 }, bytes));
}

async function payload(kv: KvPort, event: Event, name: string): Promise<Uint8Array | null> {
  const ref = event.payloads?.[name];
  if (!ref || ref.stored.as === "removed") return null;
  return await placed(async () => {
    const bytes = await storedBytes(kv, { project: event.project, id: event.id, name }, ref);
    if (bytes.length !== ref.bytes) throw new Damage(`${bytes.length} bytes, not ${ref.bytes}`);
    return bytes;
  }, (reason, cause) => new DamagedPayload(event.id, name, reason, { cause }));
}

async function storedBytes(
  kv: KvPort,
  owner: Owner,
  { stored, bytes }: PayloadRef,
): Promise<Uint8Array> {
  if (stored.as === "text") return utf8.encode(stored.text);
  if (stored.as === "base64") return new Uint8Array(Buffer.from(stored.data, "base64"));
  if (stored.as === "removed") throw new Damage("the payload was removed");
  const { encoding, chunks, sha256 } = stored;
  return await unpack({ encoding, bytes: await gather(kv, owner, sha256, chunks), sha256 }, bytes);
}

async function count(
  kv: KvPort,
  partition: number,
  after: string | null,
  upTo: string | undefined,
): Promise<LogCount> {
  let records = 0;
  let events = 0;
  let last: string | null = null;
  for await (const { value, versionstamp } of scan(kv, partition, after, upTo, countBatch)) {
    const at = { partition, versionstamp };
    const counted = await placed(async () => {
      const parts = await partsOf(kv, at, value);
      if (parts === null) return null;
      const events = parts.reduce<number>((sum, part) => sum + countFrames(part), 0);
      giveBack(parts);
      return events;
    }, (reason, cause) => new DamagedRecord(at, reason, { cause }));
    if (counted === null) continue;
    events += counted;
    records += 1;
    last = versionstamp;
  }
  return { records, events, last };
}

/**
 * Frees what was read now and not when the collector comes to it: it counts bytes outside of its heap
 * late, and whoever reads a long log would hold a hundred megabytes of them.
 */
function giveBack(parts: readonly unknown[]): void {
  for (const part of parts) {
    if (part instanceof Uint8Array && part.buffer instanceof ArrayBuffer) part.buffer.transfer(0);
  }
}

/** Gives damage its place; anything else is an outage of the store and passes unchanged. */
async function placed<T>(
  work: () => T | Promise<T>,
  place: (reason: string, cause: Damage) => Error,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Damage ? place(error.message, error) : error;
  }
}
