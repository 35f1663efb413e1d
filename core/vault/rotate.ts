/**
 * Puts every provider key under a new KEK. A record is re-wrapped whole or not at all, and only if
 * nobody changed it meanwhile; its ciphertext is not touched. Running it again goes on where it stopped.
 *
 * @module
 */
import { kvLimits, type KvPort } from "../log/kv.ts";
import type { Random } from "./aes.ts";
import { rewrap } from "./envelope.ts";
import type { Kek } from "./kek.ts";
import { allKeysPath, bindingAt, type KeyRecord } from "./record.ts";

export interface RewrapResult {
  readonly rewrapped: number;
  /** Were under the new KEK already. */
  readonly done: number;
  /** Key ids that the old KEK does not open: another master key's, or changed in the store. */
  readonly unreadable: readonly string[];
}

type Entry = Deno.KvEntry<KeyRecord>;

/**
 * @returns how many were re-wrapped, how many already were, and the ids of those that cannot be
 *   read
 */
export async function rewrapAll(
  kv: KvPort,
  keks: { readonly from: Kek; readonly to: Kek },
  random: Random,
): Promise<RewrapResult> {
  const result = { rewrapped: 0, done: 0, unreadable: [] as string[] };
  let batch: Entry[] = [];
  for await (const entry of kv.list<KeyRecord>({ prefix: allKeysPath })) {
    batch.push(entry);
    if (batch.length < kvLimits.atomicChecks) continue;
    await rewrapBatch(batch);
    batch = [];
  }
  await rewrapBatch(batch);
  return result;

  async function rewrapBatch(entries: readonly Entry[]): Promise<void> {
    const operation = kv.atomic();
    const changed: Deno.KvKey[] = [];
    for (const entry of entries) {
      const outcome = await rewrapped(entry);
      if (outcome === "done") result.done++;
      else if (outcome === "unreadable") result.unreadable.push(String(entry.key[3]));
      else {
        operation.check(entry).set(entry.key, outcome);
        changed.push(entry.key);
      }
    }
    if (changed.length === 0) return;
    if ((await operation.commit()).ok) {
      result.rewrapped += changed.length;
      return;
    }
    // Somebody changed one of them: again, each by itself, as it is now.
    for (const key of changed) {
      const { value, versionstamp } = await kv.get<KeyRecord>(key);
      if (value) await rewrapBatch([{ key, value, versionstamp }]);
    }
  }

  async function rewrapped(
    { key, value }: Entry,
  ): Promise<KeyRecord | "done" | "unreadable"> {
    if (value.wrapped.kek_id === keks.to.id) return "done";
    const envelope = await rewrap(value, bindingAt(key, value), keks, random);
    return envelope ? { ...value, ...envelope } : "unreadable";
  }
}
