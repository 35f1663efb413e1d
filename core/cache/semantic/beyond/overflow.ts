/**
 * Moves the oldest entries of a full partition from memory to the index beyond it, and sees to it that
 * the index has what KV has.
 *
 * Guarantees: an entry leaves memory only when the index has it; memory and index are bounded, and what
 * is over both bounds is removed, the oldest first.
 *
 * @module
 */
import type { Index, Probe } from "../search/index.ts";
import type { BeyondEntry, BeyondIndex, Scope } from "./port.ts";

/** Where entries are searched that memory has no room for. */
export interface Beyond {
  readonly index: BeyondIndex;
  /** What they are searched by. */
  readonly vectorOf: (probe: Probe) => Float32Array;
  /** Entries of a partition beyond memory. @default {100_000} */
  readonly capacity?: number;
}

/** A partition as memory has it. */
export interface Held {
  readonly index: Index;
  /** By id, when it runs out. */
  readonly known: ReadonlyMap<string, number>;
  beyond: number;
  /** The last id that has left memory for the index; none up to it comes back. */
  movedUpTo: string;
}

interface Stored {
  readonly id: string;
  readonly probe: Probe;
  readonly expiresAt: number;
}

export interface OverflowPorts<H extends Held> {
  /** Entries in memory. */
  readonly capacity: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The stored entries whose ids come before one, oldest first; all of them without one. */
  readonly older: (scope: Scope, before: string | null) => AsyncIterable<Stored>;
  /** Takes an entry out of memory. */
  readonly forget: (held: H, id: string) => void;
  /** Removes stored entries for good. */
  readonly remove: (scope: Scope, ids: readonly string[]) => Promise<void>;
}

/** Entries that are moved at once: an insert of few rows costs as much as one of many. */
const atOnce = 256;
/** Entries over its capacity that memory keeps while the index cannot take them. */
const patience = 8 * atOnce;
/** After a failure the index is left alone for so many milliseconds. */
const restMs = 10_000;

export function createOverflow<H extends Held>(
  { index, vectorOf, capacity: mostBeyond = 100_000 }: Beyond,
  { capacity, now, older, forget, remove }: OverflowPorts<H>,
) {
  /** Partitions whose entries are being moved now. */
  const busy = new Set<H>();
  let restUntil = 0;

  const searched = ({ id, probe, expiresAt }: Stored): BeyondEntry => ({
    id,
    vector: vectorOf(probe),
    expiresAt,
  });

  async function add(scope: Scope, entries: readonly Stored[]): Promise<boolean> {
    if (now() < restUntil) return false;
    try {
      await index.add(scope, entries.map(searched));
      return true;
    } catch {
      restUntil = now() + restMs;
      return false;
    }
  }

  async function once(held: H, work: () => Promise<void>): Promise<void> {
    if (busy.has(held)) return;
    busy.add(held);
    try {
      await work();
    } finally {
      busy.delete(held);
    }
  }

  async function moveOldest(held: H, scope: Scope): Promise<void> {
    const ids = [...held.known.keys()].sort().slice(0, held.known.size - capacity);
    const entries = ids.flatMap((id) => {
      const [probe, expiresAt] = [held.index.get(id), held.known.get(id)];
      return probe && expiresAt !== undefined ? [{ id, probe, expiresAt }] : [];
    });
    if (await add(scope, entries)) {
      for (const { id } of entries) forget(held, id);
      held.beyond += entries.length;
      held.movedUpTo = ids.at(-1) ?? held.movedUpTo;
      return;
    }
    await remove(scope, ids.slice(0, Math.max(0, ids.length - patience)));
  }

  async function removeOldest(held: H, scope: Scope): Promise<void> {
    const surplus = held.beyond - mostBeyond;
    if (surplus <= 0) return;
    const ids: string[] = [];
    for await (const { id } of older(scope, null)) {
      ids.push(id);
      if (ids.length === surplus) break;
    }
    await remove(scope, ids);
    held.beyond -= ids.length;
  }

  /** Brings into the index what KV has before the oldest entry in memory. */
  async function fill(scope: Scope, oldest: string): Promise<void> {
    let waiting: Stored[] = [];
    for await (const entry of older(scope, oldest)) {
      waiting.push(entry);
      if (waiting.length < atOnce) continue;
      if (!await add(scope, waiting)) return;
      waiting = [];
    }
    if (waiting.length > 0) await add(scope, waiting);
  }

  return {
    /** Called when a partition has more entries than memory is to hold. */
    makeRoom: (held: H, scope: Scope) =>
      once(held, async () => {
        if (held.known.size - capacity < atOnce) return;
        await moveOldest(held, scope);
        await removeOldest(held, scope);
      }),

    /** Called when memory was filled and KV holds more: it may be in the index, or no longer. */
    takeUp: (held: H, scope: Scope) =>
      once(held, async () => {
        const oldest = [...held.known.keys()].reduce((x, y) => x < y ? x : y, "~");
        // From here on it is searched, whatever of it is there.
        held.beyond = Math.max(1, held.beyond);
        let stored = 0;
        for await (const _ of older(scope, oldest)) stored++;
        held.beyond = stored;
        if (await index.count(scope) < stored) await fill(scope, oldest);
        await removeOldest(held, scope);
      }),
  };
}
