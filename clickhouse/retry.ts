/**
 * Waits for a server that cannot be reached just now, e.g. the embedded engine between two runs.
 *
 * @module
 */
import { StoreError } from "./store_error.ts";

export interface RetryOptions {
  withinMs: number;
  signal: AbortSignal;
}

const firstWaitMs = 25;
const longestWaitMs = 250;

/** Repeats a read while there is no answer at all. Answers, errors among them, are handed on at once. */
export async function retryWhileAway<T>(
  read: () => Promise<T>,
  { withinMs, signal }: RetryOptions,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (let wait = firstWaitMs;; wait = Math.min(wait * 2, longestWaitMs)) {
    try {
      return await read();
    } catch (error) {
      const away = isAway(error) && !signal.aborted && performance.now() + wait < end;
      if (!away) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

function isAway(error: unknown): boolean {
  // Without an exception code it was not ClickHouse that answered, if anybody did.
  return error instanceof StoreError && error.kind === "transient" && error.exceptionCode === null;
}
