/**
 * One call's time: ends it when the caller's signal or the clock says so, and says which it was.
 *
 * @module
 */
import { StoreError } from "./store_error.ts";

export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /**
   * Runs a step of the call, which may take the whole time again. When it is cut short it throws the
   * caller's own reason, or a transient `StoreError`.
   */
  run<T>(step: () => Promise<T>): Promise<T>;
}

export function deadline(caller: AbortSignal | undefined, milliseconds: number): Deadline {
  const call = new AbortController();
  const abandon = () => call.abort(caller?.reason);
  caller?.addEventListener("abort", abandon, { once: true });

  return {
    signal: call.signal,
    async run(step) {
      caller?.throwIfAborted();
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        call.abort();
      }, milliseconds);
      try {
        return await step();
      } catch (error) {
        caller?.throwIfAborted();
        if (timedOut) throw new StoreError("transient", null, `No answer in ${milliseconds} ms`);
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
    [Symbol.dispose]() {
      caller?.removeEventListener("abort", abandon);
    },
  };
}
