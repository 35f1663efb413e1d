/**
 * The stored questions of the partitions: in KV for good, in memory for searching.
 *
 * Memory is filled from KV on first use and kept up with what other processes store by reading the
 * keys after the last one seen: entry ids begin with their time. An entry that memory offers is read
 * again from KV before it is served, so what another process has removed is never served.
 *
 * What memory has no room for stays in KV and is searched in an index beyond (`beyond/port.ts`), where
 * there is one; whatever that index offers is read from KV as well, and it can be filled again from KV.
 *
 * @module
 */
import { within } from "../../gateway/caching/within.ts";
import type { KvPort } from "../../log/kv.ts";
import { type Beyond, createOverflow } from "./beyond/overflow.ts";
import type { Found, Index, Probe } from "./search/index.ts";
import {
  type Entry,
  entryId,
  entrySchema,
  firstIdAt,
  partitionPrefix as prefixOf,
  projectPrefix,
  type StoredPlace,
  timeOfId,
} from "./stored_entry.ts";

/** Entries of one partition in memory; the oldest go first, to the index beyond or for good. */
export const partitionCapacity = 10_000;
/** Partitions kept in memory; the one unused longest is dropped and read again when needed. */
const partitionsInMemory = 64;
/** Milliseconds after which memory asks KV for what others have stored. */
const refreshAfter = 2_000;
/** Milliseconds that a lookup waits for memory to be filled or refreshed. */
const patience = 50;
/** Entries read between two turns of the event loop, so that filling memory holds up nothing else. */
const atOnce = 100;
/** Entries that the index beyond memory may offer. */
const shortlist = 24;
/** KV refuses to expire anything much later; a TTL of "never" means this long, a year. */
const longestStay = 365 * 86_400_000;
/** Clocks of two machines may differ by this much without an entry being overlooked. */
const clockSkew = 10_000;

export interface EntriesDeps {
  readonly kv: KvPort;
  readonly now: () => number;
  readonly random: () => number;
  readonly createIndex: () => Index;
  readonly read: (entry: Pick<Entry, "turn" | "vector" | "user">) => Probe;
  /** @default {partitionCapacity} */
  readonly capacity?: number;
  /** Where the others are searched; without it the oldest are removed. */
  readonly beyond?: Beyond;
  /** Told of work that goes on after a call has its answer. Never rejects. */
  readonly track?: (work: Promise<unknown>) => void;
}

export interface PartitionEntries {
  readonly index: Index;
  /** Entries that are searched beyond memory, as far as this process knows. */
  readonly beyond: number;
}

interface Loaded extends PartitionEntries {
  beyond: number;
  movedUpTo: string;
  /** By id, in order of id, which is order of time. */
  readonly known: Map<string, number>;
  readonly byTurn: Map<string, string>;
  /** All that KV holds has been read once. */
  ready: boolean;
  freshUntil: number;
  loading: Promise<void> | null;
}

/** Memory is still being filled; the call goes to the provider meanwhile. */
export class PartitionLoading extends Error {
  override readonly name = "PartitionLoading";
}

/** KV could not be read. */
export class PartitionUnreadable extends Error {
  override readonly name = "PartitionUnreadable";
}

export interface Entries {
  /**
   * A partition's index, filled.
   *
   * @throws {PartitionUnreadable} when KV fails
   * @throws {PartitionLoading} when filling it takes longer than a lookup may wait
   */
  open(projectId: string, partition: string): Promise<PartitionEntries>;
  /** The entry as KV has it now; null when it is gone or expired. */
  get(projectId: string, partition: string, id: string): Promise<Entry | null>;
  /**
   * Stores an entry; the same question in the same partition replaces its older one.
   *
   * @param older the older one, where it is known to be beyond memory
   */
  put(projectId: string, partition: string, entry: Entry, older?: string): Promise<string>;
  /**
   * The most similar entries among those that memory has no room for, best first.
   *
   * @throws {BeyondUnavailable} when they cannot be searched in a short time
   */
  searchBeyond(projectId: string, partition: string, probe: Probe, most: number): Promise<Found[]>;
  remove(projectId: string, partition: string, id: string): Promise<void>;
  /** Takes out of memory what KV has no longer. */
  drop(projectId: string, gone: readonly StoredPlace[]): void;
  /** Removes all entries of a project; resolves to their number. */
  clear(projectId: string): Promise<number>;
}

/** Makes the store of entries. */
export function createEntries(deps: EntriesDeps): Entries {
  const { kv, now, random, capacity = partitionCapacity, track = () => {} } = deps;
  const partitions = new Map<string, Loaded>();
  const overflow = deps.beyond && createOverflow(deps.beyond, {
    capacity,
    now,
    /** The stored entries before another one, oldest first. */
    async *older({ projectId, partition }, before) {
      const prefix = prefixOf(projectId, partition);
      const selector = before === null ? { prefix } : { prefix, end: [...prefix, before] };
      for await (const { key, value } of kv.list(selector, { batchSize: atOnce })) {
        const parsed = entrySchema.safeParse(value);
        if (!parsed.success || parsed.data.expiresAt <= now()) continue;
        const { expiresAt } = parsed.data;
        yield { id: String(key.at(-1)), probe: deps.read(parsed.data), expiresAt };
      }
    },
    forget,
    async remove({ projectId, partition }, ids) {
      if (ids.length === 0) return;
      const loaded = partitions.get(nameOf(projectId, partition));
      for (const id of ids) {
        if (loaded) forget(loaded, id);
        await kv.delete([...prefixOf(projectId, partition), id]);
      }
      await deps.beyond?.index.remove({ projectId, partition }, ids);
    },
  });
  const nameOf = (projectId: string, partition: string) => JSON.stringify([projectId, partition]);

  function partitionOf(projectId: string, partition: string): Loaded {
    const name = nameOf(projectId, partition);
    const found = partitions.get(name) ??
      {
        index: deps.createIndex(),
        beyond: 0,
        movedUpTo: "",
        known: new Map<string, number>(),
        byTurn: new Map<string, string>(),
        ready: false,
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
    if (loaded.known.has(id) || id <= loaded.movedUpTo || entry.expiresAt <= now()) return;
    loaded.known.set(id, entry.expiresAt);
    loaded.byTurn.set(entry.turn, id);
    loaded.index.add(id, deps.read(entry));
  }

  function forget(loaded: Loaded, id: string): void {
    const turn = loaded.index.get(id)?.text;
    if (turn !== undefined && loaded.byTurn.get(turn) === id) loaded.byTurn.delete(turn);
    loaded.known.delete(id);
    loaded.index.remove(id);
  }

  async function refresh(loaded: Loaded, projectId: string, partition: string): Promise<void> {
    const prefix = prefixOf(projectId, partition);
    // What was stored here before the first reading must not hide what is older.
    const last = loaded.ready ? [...loaded.known.keys()].reduce((x, y) => x > y ? x : y, "") : "";
    const since = firstIdAt(timeOfId(last) - clockSkew);
    const selector = last === ""
      ? { prefix }
      : { start: [...prefix, since], end: [...prefix, "~"] };
    const first = !loaded.ready;
    // The newest first: what memory has no room for is the oldest.
    const reading = kv.list(selector, { batchSize: atOnce, reverse: first });
    for await (const { key, value } of reading) {
      if (first && overflow && loaded.known.size >= capacity) {
        background(overflow.takeUp(loaded, { projectId, partition }));
        break;
      }
      const parsed = entrySchema.safeParse(value);
      if (parsed.success) admit(loaded, String(key.at(-1)), parsed.data);
    }
    for (const [id, expiresAt] of [...loaded.known]) if (expiresAt <= now()) forget(loaded, id);
    loaded.freshUntil = now() + refreshAfter;
    loaded.ready = true;
    if (!first) background(makeRoom(loaded, projectId, partition));
  }

  /** What fails here is done again by the next who comes by. */
  function background(work: Promise<unknown>): void {
    track(work.catch(() => {}));
  }

  async function makeRoom(loaded: Loaded, projectId: string, partition: string): Promise<void> {
    const surplus = loaded.known.size - capacity;
    if (surplus <= 0) return;
    if (overflow) return await overflow.makeRoom(loaded, { projectId, partition });
    for (const id of [...loaded.known.keys()].sort().slice(0, surplus)) {
      await remove(projectId, partition, id);
    }
  }

  async function remove(projectId: string, partition: string, id: string): Promise<void> {
    const loaded = partitions.get(nameOf(projectId, partition));
    const held = loaded?.known.has(id) ?? false;
    if (loaded) forget(loaded, id);
    await kv.delete([...prefixOf(projectId, partition), id]);
    if (!held && deps.beyond) {
      background(deps.beyond.index.remove({ projectId, partition }, [id]));
    }
  }

  async function get(projectId: string, partition: string, id: string): Promise<Entry | null> {
    const { value } = await kv.get([...prefixOf(projectId, partition), id]);
    const parsed = entrySchema.safeParse(value);
    if (parsed.success && parsed.data.expiresAt > now()) return parsed.data;
    const loaded = partitions.get(nameOf(projectId, partition));
    if (loaded) forget(loaded, id);
    return null;
  }

  return {
    async open(projectId, partition) {
      const loaded = partitionOf(projectId, partition);
      if (loaded.freshUntil <= now()) {
        loaded.loading ??= refresh(loaded, projectId, partition).finally(() => {
          loaded.loading = null;
        });
        const read = await within(patience, loaded.loading);
        if (read.kind === "failed") throw new PartitionUnreadable("The store failed");
        if (!loaded.ready) throw new PartitionLoading("The partition's entries are being read");
      }
      return loaded;
    },

    get,

    async searchBeyond(projectId, partition, probe, most) {
      if (!deps.beyond || partitionOf(projectId, partition).beyond === 0) return [];
      const { index, vectorOf } = deps.beyond;
      const ids = await index.search({ projectId, partition }, vectorOf(probe), shortlist);
      const few = deps.createIndex();
      await Promise.all(ids.map(async (id) => {
        const entry = await get(projectId, partition, id);
        if (entry) few.add(id, deps.read(entry));
      }));
      return few.search(probe, most);
    },

    async put(projectId, partition, entry, beyond) {
      const loaded = partitionOf(projectId, partition);
      const id = entryId(now(), random());
      const older = loaded.byTurn.get(entry.turn) ?? beyond;
      const operation = kv.atomic().set([...prefixOf(projectId, partition), id], entry, {
        expireIn: Math.min(longestStay, Math.max(1, entry.expiresAt - now())),
      });
      if (older !== undefined) operation.delete([...prefixOf(projectId, partition), older]);
      await operation.commit();
      if (older !== undefined) forget(loaded, older);
      admit(loaded, id, entry);
      await makeRoom(loaded, projectId, partition);
      return id;
    },

    remove,

    drop(projectId, gone) {
      for (const { partition, id } of gone) {
        const loaded = partitions.get(nameOf(projectId, partition));
        if (loaded) forget(loaded, id);
      }
    },

    async clear(projectId) {
      let removed = 0;
      for await (
        const { key } of kv.list({ prefix: projectPrefix(projectId) }, { batchSize: 500 })
      ) {
        await kv.delete(key);
        removed++;
      }
      for (const name of [...partitions.keys()]) {
        if (JSON.parse(name)[0] === projectId) partitions.delete(name);
      }
      if (deps.beyond) background(deps.beyond.index.clear(projectId));
      return removed;
    },
  };
}
