/**
 * The machine's clock as the simulator takes it.
 *
 * @module
 */
import type { Clock } from "./contract.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => {
    if (ms <= 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done);
    });
  },
};
