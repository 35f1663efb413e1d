/**
 * Deno KV's local file has one writer at a time, and a web process under load commits without a pause:
 * others, and what the web process itself writes beside the log, then meet "database is locked" several
 * times a minute. Waiting a moment is all there is to do.
 *
 * Guarantees: only compare-and-set operations and idempotent writes come through here, so one that is
 * sent again after it was stored after all fails its check and is read back, never applied twice.
 *
 * @module
 */
import type { KvPort } from "@/core/log/kv.ts";
import type { Clock } from "./clock.ts";

const attempts = 40;
/** Longest wait between two attempts. */
const waitMs = 50;

/** The same store, with commits that wait for their turn for about a second. */
export function patientKv(kv: KvPort, clock: Clock, random: () => number): KvPort {
  return {
    get: kv.get.bind(kv),
    getMany: kv.getMany.bind(kv),
    list: kv.list.bind(kv),
    delete: (key) => patiently(() => kv.delete(key)),
    set: (key, value, options) => patiently(() => kv.set(key, value, options)),
    commitVersionstamp: kv.commitVersionstamp.bind(kv),
    close: kv.close.bind(kv),
    atomic() {
      const operation = kv.atomic();
      const commit = operation.commit.bind(operation);
      operation.commit = () => patiently(commit);
      return operation;
    },
  };

  async function patiently<T>(commit: () => Promise<T>): Promise<T> {
    for (let attempt = 1;; attempt++) {
      try {
        return await commit();
      } catch (error) {
        if (attempt === attempts || !isLocked(error)) throw error;
        await clock.sleep(random() * waitMs);
      }
    }
  }
}

/** The store gives SQLite's answer as a message and nothing else. */
function isLocked(error: unknown): boolean {
  return error instanceof Error && error.message.includes("database is locked");
}
