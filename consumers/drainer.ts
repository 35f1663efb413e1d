/**
 * Projects the log where no process may run on by itself: every commit asks for a drain, and so does a
 * clock outside (a cron), for what a process that died has left behind.
 *
 * Guarantees: one drain at a time in this process; what is committed while one runs is followed by
 * another; a drain that fails is left to the next one, the log waits.
 *
 * @module
 */
import type { Drained } from "./run.ts";

export interface DrainerOptions {
  readonly drain: (signal: AbortSignal) => Promise<Drained>;
  /** Commits within this time are drained together, in milliseconds. @default {250} */
  readonly gatherMs?: number;
  readonly report?: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface Drainer extends AsyncDisposable {
  /** Something was committed: drains soon. Costs next to nothing. */
  soon(): void;
  /** Drains now; resolves when what is in the log by now was tried. */
  now(): Promise<void>;
}

export function createDrainer(options: DrainerOptions): Drainer {
  const { drain, gatherMs = 250, report = () => {} } = options;
  const stop = new AbortController();
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;
  let again = false;

  function now(): Promise<void> {
    clearTimeout(gathering);
    gathering = undefined;
    if (running) again = true;
    return running ??= run().finally(() => {
      running = null;
    });
  }

  async function run(): Promise<void> {
    try {
      do {
        again = false;
        await drain(stop.signal);
      } while (again && !stop.signal.aborted);
    } catch (error) {
      report("The log could not be drained", { reason: String(error) });
    }
  }

  return {
    soon() {
      if (stop.signal.aborted) return;
      if (running) again = true;
      else gathering ??= setTimeout(() => void now(), gatherMs);
    },
    now,
    async [Symbol.asyncDispose]() {
      clearTimeout(gathering);
      stop.abort();
      await running;
    },
  };
}
