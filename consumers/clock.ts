/**
 * Time as the consumers see it, passed in so that tests can own it. Deadlines are measured on the
 * monotonic clock: setting the wall clock cannot make a lease last longer than it should.
 *
 * @module
 */

export interface Clock {
  /** Wall clock, milliseconds since 1970. For records that people read. */
  now(): number;
  /** Milliseconds that only ever grow. */
  monotonic(): number;
  /** Resolves after `ms`, or as soon as `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done);
    });
  },
};
