/**
 * Wakes consumers that wait for new events: after a time, or at once when somebody says there are some.
 *
 * @module
 */

export interface Waker {
  /** Waits for `ms`, a nudge or the end, whichever comes first. A nudge missed earlier counts. */
  wait(ms: number, signal: AbortSignal): Promise<"nudged" | "elapsed">;
}

export interface Bell {
  /** Wakes every waker. */
  ring(): void;
  waker(): Waker;
}

export function createBell(): Bell {
  const wakers = new Set<() => void>();
  return {
    ring: () => wakers.forEach((wake) => wake()),
    waker() {
      let rung = false;
      let wakeUp = () => {};
      wakers.add(() => {
        rung = true;
        wakeUp();
      });
      return {
        async wait(ms, signal) {
          if (!rung && !signal.aborted) {
            await new Promise<void>((resolve) => {
              const timer = setTimeout(done, ms);
              function done() {
                clearTimeout(timer);
                signal.removeEventListener("abort", done);
                wakeUp = () => {};
                resolve();
              }
              signal.addEventListener("abort", done);
              wakeUp = done;
            });
          }
          const outcome = rung ? "nudged" : "elapsed";
          rung = false;
          return outcome;
        },
      };
    },
  };
}
