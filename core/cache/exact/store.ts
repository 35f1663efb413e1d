/**
 * The exact cache's entries: memory before KV. A hit in memory touches KV at most every five seconds,
 * to learn whether anything was removed by another process.
 *
 * Guarantees: an entry of one project is never given to another; an expired or removed one is given by
 * no process later than five seconds afterwards, by the removing one not at all.
 *
 * @module
 */
import { errorName } from "../../caught.ts";
import type { FormatName } from "../../gateway/formats/format.ts";
import { Recent } from "../../recent.ts";
import type { KvPort } from "../../log/kv.ts";
import { Remembered as RecentlyRead } from "../../remembered.ts";
import type { IsErased } from "../owner.ts";
import type { Entry, EntrySummary } from "./entry.ts";
import { type Absent, createKvEntries, type ListPosition } from "./kv_entries.ts";
import { EntryMemory, type Remembered } from "./memory.ts";
import { Removals } from "./removals.ts";
import { type Form, render } from "./render/render.ts";

export interface ExactStorePorts {
  readonly kv: KvPort;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Monotonic milliseconds. @default {performance.now} */
  readonly monotonic?: () => number;
  /** Bytes of all entries in memory. @default {64 MiB} */
  readonly memoryBytes?: number;
  /** Writes that may wait for KV; beyond them an answer is kept in memory alone. @default {256} */
  readonly writesWaiting?: number;
  /** Told of a write that failed. */
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** An entry that can be given now. */
export interface Found {
  readonly entry: Entry;
  /** The answer in a form; null when it cannot be given in it. */
  body(form: Form, usage: boolean): Uint8Array | null;
}

export interface ExactStore {
  /** From memory, without waiting; null says nothing of KV. */
  peek(project: string, key: string): Found | null;
  /** From KV. Rejects when it does. */
  read(project: string, key: string): Promise<Found | Absent>;
  /** Gives the entry from now on; it is in KV when the promise resolves. Never rejects. */
  put(entry: Entry): Promise<void>;
  /** How many removals there have been in this process. */
  readonly removals: number;
  /** Whether one of the removals after the first `since` fits an entry that was on its way then. */
  wasRemoved(entry: Entry, since: number): boolean;
  /** Removes the entries that match; resolves to their number. */
  remove(project: string, matches: (entry: EntrySummary) => boolean): Promise<number>;
  /** Removes what is erased for good, from memory too; resolves to the number. */
  erase(project: string, isErased: IsErased): Promise<number>;
  list(project: string, before?: ListPosition): AsyncIterable<EntrySummary>;
  readonly memory: { readonly entries: number; readonly bytes: number };
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
}

export function createExactStore(ports: ExactStorePorts): ExactStore {
  const { kv, now, warn } = ports;
  const entries = createKvEntries({ kv, now });
  const memory = new EntryMemory(ports.memoryBytes ?? 64 * 1024 * 1024);
  /** The last count of removals that was read: never later than the true one. */
  const lastEpochs = new Recent<number>(10_000);
  async function readEpoch(project: string): Promise<number> {
    const epoch = await entries.epoch(project);
    lastEpochs.set(project, epoch);
    return epoch;
  }
  const epochs = new RecentlyRead<number>({
    read: readEpoch,
    now: ports.monotonic ?? (() => performance.now()),
  });
  const removed = new Removals();
  const writing = new Set<Promise<void>>();
  /** By entry, the write that the next one waits for. */
  const inLine = new Map<string, Promise<void>>();

  function found(remembered: Remembered): Found {
    const { entry, renderings } = remembered;
    const { head } = entry;
    return {
      entry,
      body(form, usage) {
        const name = `${form}${usage}`;
        const kept = renderings.get(name);
        if (kept) return kept;
        const stored = { form: head.form, bytes: entry.bytes };
        // Entries are stored by the gateway alone, under its own formats' names.
        const bytes = render(head.format as FormatName, stored, { form, usage });
        // An answer in the form it came in is kept already.
        if (bytes && bytes !== entry.bytes) memory.keepRendering(remembered, name, bytes);
        return bytes;
      },
    };
  }

  function peek(project: string, key: string): Found | null {
    const remembered = memory.get(project, key);
    if (!remembered) return null;
    if (remembered.entry.head.expiresAt <= now()) {
      memory.delete(project, key);
      return null;
    }
    const epoch = epochs.get(project);
    if (epoch instanceof Promise) {
      // Whoever reads KV now waits for it as well.
      epoch.catch(() => {});
      return null;
    }
    return remembered.epoch === epoch ? found(remembered) : null;
  }

  async function read(project: string, key: string): Promise<Found | Absent> {
    // The epoch first: a removal between the two reads is noticed the next time.
    const epoch = await epochs.get(project);
    const again = peek(project, key);
    if (again) return again;
    // What is on its way to KV is younger than what stands there, also when it has run out.
    const onItsWay = inLine.get(lineOf(project, key));
    if (onItsWay) await onItsWay;
    const remembered = memory.get(project, key);
    const entry = await entries.read(project, key);
    if (memory.get(project, key) !== remembered) {
      // What was put meanwhile is younger than what was read.
      return peek(project, key) ?? (typeof entry === "string" ? entry : given(entry, epoch));
    }
    if (typeof entry === "string") {
      memory.delete(project, key);
      return entry;
    }
    if (remembered && remembered.entry.head.id === entry.head.id) {
      remembered.epoch = epoch;
      return found(remembered);
    }
    memory.set(entry, epoch);
    const kept = memory.get(project, key);
    return kept ? found(kept) : given(entry, epoch);
  }

  /** Of an entry that is not in memory. */
  function given(entry: Entry, epoch: number): Found {
    return found({ entry, epoch, renderings: new Map() });
  }

  function put(entry: Entry): Promise<void> {
    // Without a known epoch the entry is looked up in KV again before it is given.
    memory.set(entry, lastEpochs.get(entry.head.project) ?? -1);
    if (writing.size >= (ports.writesWaiting ?? 256)) return Promise.resolve();
    const name = lineOf(entry.head.project, entry.head.key);
    const before = inLine.get(name);
    const write = written(entry, before).finally(() => {
      writing.delete(write);
      if (inLine.get(name) === write) inLine.delete(name);
    });
    writing.add(write);
    inLine.set(name, write);
    return write;
  }

  /** The later answer to a request stays: it must not be written before the earlier one. */
  async function written(entry: Entry, before: Promise<void> | undefined): Promise<void> {
    await before;
    try {
      await entries.write(entry);
    } catch (error) {
      warn("An answer could not be stored in the cache", {
        event_id: entry.head.id,
        reason: errorName(error),
      });
    }
  }

  async function remove(project: string, matches: (entry: EntrySummary) => boolean) {
    removed.add(project, matches);
    // What is on its way to KV must not arrive after this.
    await Promise.all(writing);
    let count = 0;
    for await (const summary of entries.list(project)) {
      if (!matches(summary)) continue;
      await entries.remove(project, summary);
      memory.delete(project, summary.key);
      count++;
    }
    await announce(project);
    return count;
  }

  /** Every process looks into KV again before it gives an answer of the project. */
  async function announce(project: string): Promise<void> {
    await entries.advanceEpoch(project);
    epochs.forget(project);
    await readEpoch(project);
  }

  async function erase(project: string, isErased: IsErased): Promise<number> {
    removed.add(project, ({ id, user_id, at }) => isErased({ event: id, user: user_id, at }));
    await Promise.all(writing);
    const erased = await entries.erase(project, isErased);
    for (const key of erased) memory.delete(project, key);
    // What was too much to be written is here alone.
    memory.deleteWhere(
      project,
      ({ head: { id, user_id, at } }) => isErased({ event: id, user: user_id, at }),
    );
    await announce(project);
    return erased.length;
  }

  return {
    peek,
    read,
    put,
    remove,
    erase,
    list: (project, before) => entries.list(project, before),
    get removals() {
      return removed.count;
    },
    wasRemoved: (entry, since) => removed.fits(entry, since),
    memory: {
      get entries() {
        return memory.size;
      },
      get bytes() {
        return memory.bytes;
      },
    },
    async idle() {
      while (writing.size > 0) await Promise.all(writing);
      await epochs.idle();
    },
  };
}

function lineOf(project: string, key: string): string {
  return `${project}\n${key}`;
}
