/**
 * Lets retention look again and again.
 *
 * Guarantees: it ends only with its signal; a look that fails is told of and followed by the next one.
 *
 * @module
 */
import { failureReason } from "@/core/caught.ts";
import type { Clock } from "../clock.ts";
import type { Looked } from "./pass.ts";

export interface RetentionRunDeps {
  readonly look: (signal: AbortSignal) => Promise<Looked>;
  readonly clock: Clock;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
  /** Pause between two looks, in milliseconds. @default {600000} */
  readonly everyMs?: number;
}

const tenMinutesMs = 600_000;

/** Runs until `signal` aborts. */
export async function runRetention(deps: RetentionRunDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await lookOnce(deps, signal);
    await deps.clock.sleep(deps.everyMs ?? tenMinutesMs, signal);
  }
}

/** For a process that has no time of its own: looks when it is asked, no more often than now and then. */
export function retentionWhenDue(
  deps: RetentionRunDeps,
): (signal: AbortSignal) => Promise<void> {
  let due = -Infinity;
  return async function look(signal) {
    if (deps.clock.monotonic() < due || signal.aborted) return;
    due = deps.clock.monotonic() + (deps.everyMs ?? tenMinutesMs);
    await lookOnce(deps, signal);
  };
}

async function lookOnce(
  { look, report }: RetentionRunDeps,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { state } = await look(signal);
    for (const { partition, consumer, since } of state?.stalled ?? []) {
      report("A consumer stands still: the log cannot be trimmed", { partition, consumer, since });
    }
    if (state?.problem) report("Retention is not done", { reason: state.problem });
  } catch (error) {
    if (!signal.aborted) report("Retention could not look", { reason: failureReason(error) });
  }
}
