/** One call's time: ends it when the caller's signal or the clock says so, and says which it was. */
import { StoreError, storeError } from "./store_error.ts";

export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Runs a step of the call; throws `StoreError`, or the caller's own reason for the end. */
  run<T>(step: () => Promise<T>): Promise<T>;
}

export function deadline(caller: AbortSignal | undefined, milliseconds: number): Deadline {
  const call = new AbortController();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    call.abort();
  }, milliseconds);
  const abandon = () => call.abort(caller?.reason);
  caller?.addEventListener("abort", abandon, { once: true });

  return {
    signal: call.signal,
    async run(step) {
      caller?.throwIfAborted();
      try {
        return await step();
      } catch (error) {
        caller?.throwIfAborted();
        if (timedOut) throw new StoreError("transient", null, `No answer in ${milliseconds} ms`);
        throw storeError(error);
      }
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      caller?.removeEventListener("abort", abandon);
    },
  };
}
