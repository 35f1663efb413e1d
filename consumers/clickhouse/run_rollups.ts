/**
 * Keeps the sums by minute, hour and day up to date, look after look.
 *
 * Guarantees: it ends only with its signal; a look that fails is told and followed by the next one.
 *
 * @module
 */
import { failureReason } from "@/core/caught.ts";
import type { Clock } from "../clock.ts";
import type { Roller } from "./rollup.ts";

export interface RollupRunDeps {
  readonly roller: Roller;
  readonly clock: Clock;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
  /**
   * Pauses between looks, while something waits and while nothing does, in milliseconds: an hour gets its
   * sums when it is the same at two looks.
   *
   * @default {[10000, 30000]}
   */
  readonly everyMs?: readonly [busy: number, idle: number];
}

/** Runs until `signal` aborts. */
export async function runRollups(deps: RollupRunDeps, signal: AbortSignal): Promise<void> {
  const { roller, clock, report, everyMs = [10_000, 30_000] } = deps;
  while (!signal.aborted) {
    let busy = false;
    try {
      const { hours, days, daily, waiting } = await roller.pass(signal);
      busy = hours + days + daily + waiting > 0;
    } catch (error) {
      if (!signal.aborted) {
        report("Sums could not be made; readers use the calls", { reason: failureReason(error) });
      }
    }
    await clock.sleep(busy ? everyMs[0] : everyMs[1], signal);
  }
}

/** For a process that has no time of its own: looks when it is asked, no more often than now and then. */
export function rollupsWhenDue(
  { roller, clock, report, everyMs = [60_000, 60_000] }: RollupRunDeps,
): (signal: AbortSignal) => Promise<void> {
  let due = -Infinity;
  return async function look(signal) {
    if (clock.monotonic() < due || signal.aborted) return;
    due = clock.monotonic() + everyMs[0];
    try {
      await roller.pass(signal);
    } catch (error) {
      if (!signal.aborted) {
        report("Sums could not be made; readers use the calls", { reason: failureReason(error) });
      }
    }
  };
}
