/**
 * Projects the log where no process may run on by itself: every commit asks for a drain, and so does a
 * clock outside (a cron), for what a process that died has left behind.
 *
 * Guarantees: one drain at a time in this process; what is committed while one runs is followed by
 * another; what a drain has to leave, because another process holds it or the sink is away, is tried
 * again while this process lives.
 *
 * @module
 */
import { failureReason } from "@/core/caught.ts";
import type { Drained } from "./run.ts";

export interface DrainerOptions {
  readonly drain: (signal: AbortSignal) => Promise<Drained>;
  /** Commits within this time are drained together, in milliseconds. @default {250} */
  readonly gatherMs?: number;
  /** When what was left is tried again, in milliseconds. @default {5_000} */
  readonly againMs?: number;
  readonly report?: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface Drainer extends AsyncDisposable {
  /** Something was committed: drains soon. Costs next to nothing. */
  soon(): void;
  /** Drains now; resolves when what is in the log by now was tried. */
  now(): Promise<void>;
}

export function createDrainer(options: DrainerOptions): Drainer {
  const { drain, gatherMs = 250, againMs = 5_000, report = () => {} } = options;
  const stop = new AbortController();
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let retrying: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;
  let again = false;

  function now(): Promise<void> {
    clearTimers();
    if (running) again = true;
    return running ??= run().finally(() => {
      running = null;
    });
  }

  async function run(): Promise<void> {
    let complete = false;
    try {
      do {
        again = false;
        complete = (await drain(stop.signal)).complete;
      } while (again && !stop.signal.aborted);
    } catch (error) {
      report("The log could not be drained", { reason: failureReason(error) });
    }
    if (!complete && !stop.signal.aborted) retrying = setTimeout(() => void now(), againMs);
  }

  function clearTimers(): void {
    clearTimeout(gathering);
    clearTimeout(retrying);
    gathering = retrying = undefined;
  }

  return {
    soon() {
      if (stop.signal.aborted) return;
      if (running) again = true;
      else gathering ??= setTimeout(() => void now(), gatherMs);
    },
    now,
    async [Symbol.asyncDispose]() {
      stop.abort();
      clearTimers();
      await running;
    },
  };
}
