/**
 * The loop that every consumer runs on every partition: lease, batch after batch, patience with sinks
 * that are away, and a full stop with a reason where only a person can help.
 *
 * Guarantees: it ends only with its signal; it never spins; what holds it up is stored where other
 * processes can read it.
 *
 * @module
 */
import { errorMessage } from "@/core/caught.ts";
import type { LogReader } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import type { BatchLimits } from "./batch.ts";
import type { Clock } from "./clock.ts";
import type { Gate } from "./gate.ts";
import { keys } from "./keys.ts";
import type { Lease, Leases } from "./lease.ts";
import { createPartition, type Step } from "./partition.ts";
import type { Projection } from "./projection.ts";
import { type Backoff, backoffMs, defaultBackoff } from "./retry.ts";
import type { Slots } from "./slots.ts";
import { createStateWriter, type StateChange } from "./status.ts";
import type { Waker } from "./wake.ts";

/** What an operator may want to read; never an event's content. */
export interface Notice {
  readonly level: "info" | "warn" | "error";
  readonly consumer: string;
  readonly partition: number;
  readonly message: string;
}

export interface LoopTimes {
  /** Pause between looks at an empty log: it doubles from the first to the second. */
  readonly pollMs: readonly [number, number];
  /** Small batches follow one another no faster than this. */
  readonly lingerMs: number;
  /** How often a parked partition tries again. */
  readonly parkedMs: number;
  readonly backoff: Backoff;
}

export const defaultLoopTimes: LoopTimes = {
  pollMs: [100, 1_000],
  lingerMs: 1_000,
  parkedMs: 30_000,
  backoff: defaultBackoff,
};

/** A batch of this many events is worth a delivery of its own, however soon it is. */
const worthwhileRows = 5_000;

export const defaultBatchLimits: BatchLimits = { rows: 10_000, bytes: 24 * 1024 * 1024 };

export interface LoopDeps {
  readonly kv: KvPort;
  readonly reader: LogReader;
  readonly projection: Projection;
  readonly partition: number;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly random: () => number;
  readonly gate: Gate;
  readonly slots: Slots;
  readonly waker: Waker;
  readonly limits: BatchLimits;
  readonly times: LoopTimes;
  readonly report: (notice: Notice) => void;
  /** Told after every step that moved the checkpoint. */
  readonly onAdvance?: (rows: number) => void;
}

/** Runs until `signal` aborts. */
export async function runLoop(deps: LoopDeps, signal: AbortSignal): Promise<void> {
  const { projection, partition, leases, clock, times } = deps;
  const key = keys.lease(projection.id, partition);
  let failures = 0;
  while (!signal.aborted) {
    try {
      const lease = await leases.tryAcquire(key);
      if (lease) {
        try {
          await workUnder(lease, deps, signal);
        } finally {
          deps.gate.settled(partition);
          await lease.release();
        }
      }
      failures = 0;
      // Held by another consumer, or just lost to one: look again soon, but do not press.
      if (!signal.aborted) await clock.sleep(times.pollMs[1], signal);
    } catch (error) {
      failures++;
      tell(deps, "error", `The store cannot be used: ${errorMessage(error)}`);
      await clock.sleep(backoffMs(failures, deps.random, times.backoff), signal);
    }
  }
}

/** Batches until the lease or the signal ends. */
async function workUnder(lease: Lease, deps: LoopDeps, signal: AbortSignal): Promise<void> {
  const { kv, projection, partition, clock, gate, slots, waker, times } = deps;
  const work = createPartition(deps);
  const setState = createStateWriter(kv, projection.id, partition, clock.now);
  await setState({ state: "running" });
  let idleMs = times.pollMs[0];
  let failures = 0;
  let lastBegun = -Infinity;

  while (!signal.aborted) {
    if (!gate.mayBegin(partition)) {
      await clock.sleep(times.pollMs[1], signal);
      continue;
    }
    const sinceLast = clock.monotonic() - lastBegun;
    const minimumRows = sinceLast < times.lingerMs ? worthwhileRows : 0;
    const begun = clock.monotonic();
    const step = await slots.use(() => work.step({ lease, signal, minimumRows }));
    if (step.outcome !== "retry" && failures > 0) {
      failures = 0;
      gate.settled(partition);
    }
    if (signal.aborted) return;
    const state = stateAfter(step);
    if (state) await setState(state);

    switch (step.outcome) {
      case "advanced":
        lastBegun = begun;
        idleMs = times.pollMs[0];
        gate.delivered(partition);
        deps.onAdvance?.(step.rows);
        if (step.dead > 0) tell(deps, "error", `${step.dead} events went to the dead letters`);
        break;
      case "idle": {
        const woken = await waker.wait(idleMs, signal);
        idleMs = woken === "nudged" ? times.pollMs[0] : Math.min(idleMs * 2, times.pollMs[1]);
        break;
      }
      case "linger":
        // Nudges do not shorten this: they come with every event.
        await clock.sleep(times.lingerMs - sinceLast, signal);
        break;
      case "retry":
        failures++;
        gate.retrying(partition);
        tell(deps, "warn", `Attempt ${failures} failed, trying again: ${step.code} ${step.detail}`);
        await clock.sleep(backoffMs(failures, deps.random, times.backoff), signal);
        break;
      case "parked":
        tell(deps, "error", `Stopped (${step.reason}): ${step.code} ${step.detail}`);
        await clock.sleep(times.parkedMs, signal);
        break;
      case "fenced":
        tell(deps, "warn", "Another consumer works on this partition: stepping back");
        return;
    }
    if (!await lease.ensure()) return;
  }
}

/** The state that a step leaves its partition in; null when it says nothing about that. */
export function stateAfter(step: Step): StateChange | null {
  switch (step.outcome) {
    case "advanced":
    case "idle":
      return { state: "running" };
    case "retry":
      return { state: "retrying", code: step.code, detail: step.detail };
    case "parked": {
      const { reason, code, detail } = step;
      return { state: "parked", reason, code, detail };
    }
    default:
      return null;
  }
}

function tell(deps: LoopDeps, level: Notice["level"], message: string): void {
  deps.report({ level, consumer: deps.projection.id, partition: deps.partition, message });
}
