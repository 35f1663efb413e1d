/**
 * The stored questions of the partitions: in KV for good, in memory for searching. Owns the keys below
 * `["cache", "semantic"]`.
 *
 * Memory is filled from KV on first use and kept up with what other processes store by reading the
 * keys after the last one seen: entry ids begin with their time. An entry that memory offers is read
 * again from KV before it is served, so what another process has removed is never served.
 *
 * @module
 */
import { z } from "zod";
import type { KvPort } from "../../log/kv.ts";
import type { Index, Probe } from "./search/index.ts";

export interface Entry {
  readonly turn: string;
  readonly answerRef: string;
  /** Milliseconds since 1970, by the writer's clock; inside the value, since KV expires late. */
  readonly expiresAt: number;
  readonly vector: Float32Array | null;
}

const entrySchema = z.object({
  turn: z.string(),
  answerRef: z.string(),
  expiresAt: z.number(),
  vector: z.instanceof(Float32Array).nullable(),
});

/** Entries that one partition holds at most; the oldest go first. */
export const partitionCapacity = 10_000;
/** Partitions kept in memory; the one unused longest is dropped and read again when needed. */
export const partitionsInMemory = 64;
/** Milliseconds after which memory asks KV for what others have stored. */
const refreshAfter = 2_000;
/** Clocks of two machines may differ by this much without an entry being overlooked. */
const clockSkew = 10_000;

const root = ["cache", "semantic"] as const;

export interface EntriesDeps {
  readonly kv: KvPort;
  readonly now: () => number;
  readonly random: () => number;
  readonly createIndex: () => Index;
  readonly read: (turn: string, vector: Float32Array | null) => Probe;
}

export interface PartitionEntries {
  readonly index: Index;
}

interface Loaded extends PartitionEntries {
  /** By id, in order of id, which is order of time. */
  readonly known: Map<string, number>;
  readonly byTurn: Map<string, string>;
  freshUntil: number;
  loading: Promise<void> | null;
}

export interface Entries {
  /** A partition's index, filled. Rejects when KV does. */
  open(projectId: string, partition: string): Promise<PartitionEntries>;
  /** The entry as KV has it now; null when it is gone or expired. */
  get(projectId: string, partition: string, id: string): Promise<Entry | null>;
  /** Stores an entry; the same question in the same partition replaces its older one. */
  put(projectId: string, partition: string, entry: Entry): Promise<string>;
  remove(projectId: string, partition: string, id: string): Promise<void>;
  /** Removes all entries of a project; resolves to their number. */
  clear(projectId: string): Promise<number>;
}

/** Makes the store of entries. */
export function createEntries(deps: EntriesDeps): Entries {
  const { kv, now, random } = deps;
  const partitions = new Map<string, Loaded>();
  const nameOf = (projectId: string, partition: string) => JSON.stringify([projectId, partition]);
  const prefixOf = (projectId: string, partition: string) => [...root, projectId, partition];
  const newId = (at: number) =>
    at.toString().padStart(14, "0") + Math.floor(random() * 2 ** 40).toString(36).padStart(8, "0");

  function partitionOf(projectId: string, partition: string): Loaded {
    const name = nameOf(projectId, partition);
    const found = partitions.get(name) ??
      {
        index: deps.createIndex(),
        known: new Map<string, number>(),
        byTurn: new Map<string, string>(),
        freshUntil: 0,
        loading: null,
      };
    partitions.delete(name);
    partitions.set(name, found);
    const oldest = partitions.keys().next().value;
    if (partitions.size > partitionsInMemory && oldest !== undefined) partitions.delete(oldest);
    return found;
  }

  function admit(loaded: Loaded, id: string, entry: Entry): void {
    if (loaded.known.has(id) || entry.expiresAt <= now()) return;
    loaded.known.set(id, entry.expiresAt);
    loaded.byTurn.set(entry.turn, id);
    loaded.index.add(id, deps.read(entry.turn, entry.vector));
  }

  function forget(loaded: Loaded, id: string): void {
    loaded.known.delete(id);
    loaded.index.remove(id);
    for (const [turn, other] of loaded.byTurn) if (other === id) loaded.byTurn.delete(turn);
  }

  async function refresh(loaded: Loaded, projectId: string, partition: string): Promise<void> {
    const prefix = prefixOf(projectId, partition);
    const last = [...loaded.known.keys()].reduce((x, y) => x > y ? x : y, "");
    const after = last === "" ? null : newId(Math.max(0, Number(last.slice(0, 14)) - clockSkew));
    const selector = after === null
      ? { prefix }
      : { start: [...prefix, after.slice(0, 14)], end: [...prefix, "~"] };
    for await (const { key, value } of kv.list(selector, { batchSize: 500 })) {
      const parsed = entrySchema.safeParse(value);
      if (parsed.success) admit(loaded, String(key.at(-1)), parsed.data);
    }
    for (const [id, expiresAt] of [...loaded.known]) if (expiresAt <= now()) forget(loaded, id);
    loaded.freshUntil = now() + refreshAfter;
  }

  async function makeRoom(loaded: Loaded, projectId: string, partition: string): Promise<void> {
    const surplus = loaded.known.size - partitionCapacity;
    if (surplus <= 0) return;
    for (const id of [...loaded.known.keys()].sort().slice(0, surplus)) {
      await remove(projectId, partition, id);
    }
  }

  async function remove(projectId: string, partition: string, id: string): Promise<void> {
    const loaded = partitions.get(nameOf(projectId, partition));
    if (loaded) forget(loaded, id);
    await kv.delete([...prefixOf(projectId, partition), id]);
  }

  return {
    async open(projectId, partition) {
      const loaded = partitionOf(projectId, partition);
      if (loaded.freshUntil <= now()) {
        loaded.loading ??= refresh(loaded, projectId, partition).finally(() => {
          loaded.loading = null;
        });
        await loaded.loading;
      }
      return loaded;
    },

    async get(projectId, partition, id) {
      const { value } = await kv.get([...prefixOf(projectId, partition), id]);
      const parsed = entrySchema.safeParse(value);
      if (parsed.success && parsed.data.expiresAt > now()) return parsed.data;
      const loaded = partitions.get(nameOf(projectId, partition));
      if (loaded) forget(loaded, id);
      return null;
    },

    async put(projectId, partition, entry) {
      const loaded = partitionOf(projectId, partition);
      const id = newId(now());
      const older = loaded.byTurn.get(entry.turn);
      const operation = kv.atomic().set([...prefixOf(projectId, partition), id], entry, {
        expireIn: Math.max(1, entry.expiresAt - now()),
      });
      if (older !== undefined) operation.delete([...prefixOf(projectId, partition), older]);
      await operation.commit();
      if (older !== undefined) forget(loaded, older);
      admit(loaded, id, entry);
      await makeRoom(loaded, projectId, partition);
      return id;
    },

    remove,

    async clear(projectId) {
      let removed = 0;
      for await (const { key } of kv.list({ prefix: [...root, projectId] }, { batchSize: 500 })) {
        await kv.delete(key);
        removed++;
      }
      for (const name of [...partitions.keys()]) {
        if (JSON.parse(name)[0] === projectId) partitions.delete(name);
      }
      return removed;
    },
  };
}
