/**
 * Entries in KV. Owns `["cache", "exact", project, …]`: the project stands in every key.
 *
 * An answer that does not fit a value stands in chunks beside it, written before the value that tells
 * of them: a write that is cut off leaves no entry. What is read is hashed again: a damaged or missing
 * chunk makes the entry absent.
 *
 * @module
 */
import { pack, unpack } from "../../log/compress.ts";
import { Damage } from "../../log/damage.ts";
import type { KvPort } from "../../log/kv.ts";
import type { FormatName } from "../../gateway/formats/format.ts";
import type { IsErased } from "../owner.ts";
import {
  type Entry,
  type EntrySummary,
  entrySummarySchema,
  type StoredEntry,
  storedEntrySchema,
  summaryOf,
} from "./entry.ts";

/** Bytes that stand inside the value; a value may have 64 KiB with everything in it. */
export const inlineBytes = 32 * 1024;
/** Bytes of one chunk. */
export const chunkBytes = 60 * 1024;
/** Chunks in one atomic operation, which may have 800 KiB. */
const chunksAtOnce = 10;
const keysPerRead = 10;
/** KV's own expiry comes this long after ours. */
const graceMs = 60_000;

/** Why an entry is not there. */
export type Absent = "absent" | "expired" | "damaged";

export interface KvEntries {
  /** The entry, or why there is none. Rejects when KV does. */
  read(project: string, key: string): Promise<Entry | Absent>;
  write(entry: Entry): Promise<void>;
  remove(project: string, summary: ListPosition): Promise<void>;
  /** Removes what is erased, the expired included, and chunks without an entry; resolves to the keys. */
  erase(project: string, isErased: IsErased): Promise<string[]>;
  /** A project's entries, newest first. Expired ones are left out. */
  list(project: string, before?: ListPosition): AsyncIterable<EntrySummary>;
  /** A number that grows with every removal in the project. */
  epoch(project: string): Promise<number>;
  advanceEpoch(project: string): Promise<void>;
}

/** Where a list goes on: after this entry. */
export interface ListPosition {
  readonly at: number;
  readonly key: string;
}

export interface KvEntriesPorts {
  readonly kv: KvPort;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function createKvEntries({ kv, now }: KvEntriesPorts): KvEntries {
  const root = ["cache", "exact"];
  const entryPath = (project: string, key: string) => [...root, project, "entry", key];
  const listPath = (project: string, { at, key }: ListPosition) => [
    ...root,
    project,
    "list",
    String(at).padStart(14, "0"),
    key,
  ];
  const chunkPath = (project: string, key: string, sha256: string, i: number) => [
    ...root,
    project,
    "chunk",
    key,
    sha256,
    i,
  ];
  const epochPath = (project: string) => [...root, project, "epoch"];

  async function read(project: string, key: string): Promise<Entry | Absent> {
    const { value } = await kv.get(entryPath(project, key));
    if (value === null) return "absent";
    const parsed = storedEntrySchema.safeParse(value);
    if (!parsed.success) return "damaged";
    const { head } = parsed.data;
    if (head.project !== project || head.key !== key) return "damaged";
    if (head.expiresAt <= now()) return "expired";
    try {
      const bytes = await bytesOf(parsed.data);
      // Written by this file, which takes the name from the table of formats.
      return { head: { ...head, format: head.format as FormatName }, bytes };
    } catch (error) {
      if (error instanceof Damage) return "damaged";
      throw error;
    }
  }

  async function bytesOf({ head, bytes, sha256, packed, chunks }: StoredEntry) {
    const kept = bytes ?? await gathered(head.project, head.key, sha256, chunks);
    return await unpack({ bytes: kept, sha256, encoding: packed }, head.size);
  }

  async function gathered(project: string, key: string, sha256: string, count: number) {
    const parts: Uint8Array[] = [];
    for (let from = 0; from < count; from += keysPerRead) {
      const keys = Array.from(
        { length: Math.min(keysPerRead, count - from) },
        (_, i) => chunkPath(project, key, sha256, from + i),
      );
      for (const { value } of await kv.getMany(keys)) {
        if (!(value instanceof Uint8Array)) throw new Damage("a chunk is missing");
        parts.push(value);
      }
    }
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  async function write(entry: Entry): Promise<void> {
    const { head, bytes } = entry;
    const { project, key } = head;
    const packed = await pack(bytes);
    const expireIn = Math.max(1, head.expiresAt - now()) + graceMs;
    const inline = packed.bytes.length <= inlineBytes;
    const chunks = inline ? 0 : Math.ceil(packed.bytes.length / chunkBytes);
    for (let from = 0; from < chunks; from += chunksAtOnce) {
      const operation = kv.atomic();
      for (let i = from; i < Math.min(chunks, from + chunksAtOnce); i++) {
        const chunk = packed.bytes.slice(i * chunkBytes, (i + 1) * chunkBytes);
        operation.set(chunkPath(project, key, packed.sha256, i), chunk, { expireIn });
      }
      await operation.commit();
    }
    const value: StoredEntry = {
      head,
      // A view's whole buffer would be stored with it.
      bytes: inline ? packed.bytes.slice() : null,
      sha256: packed.sha256,
      packed: packed.encoding,
      chunks,
    };
    while (true) {
      const older = await kv.get(entryPath(project, key));
      const operation = kv.atomic().check(older);
      const replaced = storedEntrySchema.safeParse(older.value);
      if (replaced.success) {
        operation.delete(listPath(project, replaced.data.head));
        // Nobody would find them any more, to remove them with the answer.
        if (replaced.data.sha256 !== packed.sha256) deleteChunks(operation, replaced.data);
      }
      operation
        .set(entryPath(project, key), value, { expireIn })
        .set(listPath(project, head), summaryOf(entry), { expireIn });
      if ((await operation.commit()).ok) return;
    }
  }

  function deleteChunks(
    operation: Deno.AtomicOperation,
    { head: { project, key }, sha256, chunks }: StoredEntry,
  ): void {
    for (let i = 0; i < chunks; i++) operation.delete(chunkPath(project, key, sha256, i));
  }

  async function remove(project: string, summary: ListPosition): Promise<void> {
    while (true) {
      const stored = await kv.get(entryPath(project, summary.key));
      const { data } = storedEntrySchema.safeParse(stored.value);
      const operation = kv.atomic().check(stored).delete(listPath(project, summary));
      // A younger answer may have taken its place: that one stands in a row of its own.
      if (!data || data.head.at === summary.at) {
        operation.delete(stored.key);
        if (data) deleteChunks(operation, data);
      }
      if ((await operation.commit()).ok) return;
    }
  }

  async function erase(project: string, isErased: IsErased): Promise<string[]> {
    const erased: string[] = [];
    const prefix = [...root, project, "list"];
    for await (const { key: path, value } of kv.list({ prefix }, { batchSize: 100 })) {
      const place = { at: Number(path.at(-2)), key: String(path.at(-1)) };
      const { data } = entrySummarySchema.safeParse(value);
      if (!isErased({ event: data?.id, user: data?.user_id, at: place.at })) continue;
      await remove(project, place);
      erased.push(place.key);
    }
    await removeLostChunks(project);
    return erased;
  }

  /** Chunks whose entry was never written, or was replaced by an earlier release. */
  async function removeLostChunks(project: string): Promise<void> {
    const prefix = [...root, project, "chunk"];
    // One look at the first chunk of each answer: the rest would be read for nothing.
    for (let start: Deno.KvKey = prefix;;) {
      const [first] = await Array.fromAsync(
        kv.list({ start, end: [...root, project, "chunk~"] }, { limit: 1 }),
      );
      if (!first) return;
      const [key, sha256] = [String(first.key[4]), String(first.key[5])];
      const { value } = await kv.get(entryPath(project, key));
      const parsed = storedEntrySchema.safeParse(value);
      if (!parsed.success || parsed.data.sha256 !== sha256) {
        await removeChunks(project, key, sha256);
      }
      start = [...prefix, key, `${sha256}~`];
    }
  }

  async function removeChunks(project: string, key: string, sha256: string): Promise<void> {
    const prefix = [...root, project, "chunk", key, sha256];
    for await (const chunk of kv.list({ prefix }, { batchSize: 10 })) await kv.delete(chunk.key);
  }

  async function* list(project: string, before?: ListPosition): AsyncGenerator<EntrySummary> {
    const prefix = [...root, project, "list"];
    const selector = before ? { prefix, end: listPath(project, before) } : { prefix };
    for await (const { value } of kv.list(selector, { reverse: true, batchSize: 100 })) {
      const parsed = entrySummarySchema.safeParse(value);
      if (parsed.success && parsed.data.expiresAt > now()) yield parsed.data;
    }
  }

  return {
    read,
    write,
    remove,
    erase,
    list,
    async epoch(project) {
      const { value } = await kv.get<number>(epochPath(project));
      return typeof value === "number" ? value : 0;
    },
    async advanceEpoch(project) {
      while (true) {
        const entry = await kv.get<number>(epochPath(project));
        const next = (typeof entry.value === "number" ? entry.value : 0) + 1;
        if ((await kv.atomic().check(entry).set(entry.key, next).commit()).ok) return;
      }
    },
  };
}
