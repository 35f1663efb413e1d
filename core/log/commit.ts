/**
 * Commits that happen once. A throw from a commit means "unknown": it may have been stored. Each
 * commit therefore also sets the writer's own key to the commit's number, and checks that this key is
 * as the writer knows it. A repeated commit that was stored already fails its check, and the key then
 * gives the versionstamp it was stored with. Only this writer uses the key, so the check cannot fail
 * for any other reason and never costs anyone else's event.
 *
 * @module
 */
import { AppError } from "../error.ts";
import { writerKey } from "./keys.ts";
import type { KvPort } from "./kv.ts";

export interface RetryPolicy {
  /** Attempts of one commit before its events are rejected. */
  readonly attempts: number;
  /** Wait after the first failure, in milliseconds; it doubles up to `maxMs`, with jitter. */
  readonly baseMs: number;
  readonly maxMs: number;
}

export const defaultRetry: RetryPolicy = { attempts: 9, baseMs: 20, maxMs: 1_000 };

/** Unused writers' keys go away by themselves after this long. */
const writerKeyLifeMs = 24 * 60 * 60 * 1000;

/** Given-up commits that may land between two attempts of one commit; more means a broken store. */
const maxConflicts = 5;

export interface CommitterOptions {
  readonly kv: KvPort;
  readonly writerId: string;
  readonly retry: RetryPolicy;
}

/** The commits of one writer, one at a time. */
export class Committer {
  readonly #kv: KvPort;
  readonly #key: Deno.KvKey;
  readonly #retry: RetryPolicy;
  #number = 0;
  /** The versionstamp that the writer's key has, as far as is known. */
  #known: string | null = null;

  constructor({ kv, writerId, retry }: CommitterOptions) {
    this.#kv = kv;
    this.#key = writerKey(writerId);
    this.#retry = retry;
  }

  /**
   * Stores what `fill` puts into the operation, and returns the commit's versionstamp.
   *
   * @throws {AppError} `log_unavailable` after the last attempt; what was tried may be stored or not
   */
  async commit(fill: (operation: Deno.AtomicOperation) => void): Promise<string> {
    this.#number += 1;
    return await retried(this.#retry, () => this.#attempt(fill));
  }

  /** Removes the writer's key. Not needed for correctness. */
  async forget(): Promise<void> {
    await this.#kv.delete(this.#key);
  }

  async #attempt(fill: (operation: Deno.AtomicOperation) => void): Promise<string> {
    for (let conflicts = 0; conflicts < maxConflicts; conflicts++) {
      const operation = this.#kv.atomic()
        .check({ key: this.#key, versionstamp: this.#known })
        .set(this.#key, this.#number, { expireIn: writerKeyLifeMs });
      fill(operation);
      const result = await operation.commit();
      if (result.ok) return this.#known = result.versionstamp;
      const stored = await this.#kv.get(this.#key);
      this.#known = stored.versionstamp;
      if (stored.value === this.#number && stored.versionstamp) return stored.versionstamp;
      // A commit that had been given up landed late, or the key has expired: nothing of this one is
      // stored, and now the check expects the right thing.
    }
    throw new Error("Cannot commit: another writer uses the same key");
  }
}

/**
 * Repeats an operation that may be repeated.
 *
 * @throws {AppError} `log_unavailable`, with the last failure as its cause
 */
export async function retried<T>(policy: RetryPolicy, operation: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await operation();
    } catch (cause) {
      if (attempt >= policy.attempts) {
        throw new AppError("log_unavailable", { attempts: attempt }, { cause });
      }
      await wait(backoff(policy, attempt));
    }
  }
}

function backoff({ baseMs, maxMs }: RetryPolicy, attempt: number): number {
  const full = Math.min(maxMs, baseMs * 2 ** (attempt - 1));
  return full * (0.5 + Math.random() / 2);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
