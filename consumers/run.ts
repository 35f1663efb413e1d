/**
 * Runs every registered consumer: in the consumers process until it is stopped, or once, until all is
 * read, where nothing may run on (Deno Deploy).
 *
 * A consumer that a rebuild has put in another's place is taken up within a second, and the other one
 * let go: this process follows the registry, nobody has to restart it.
 *
 * @module
 */
import { errorMessage } from "@/core/caught.ts";
import type { LogReader } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import type { BatchLimits } from "./batch.ts";
import { type Clock, systemClock } from "./clock.ts";
import { createGate } from "./gate.ts";
import { keys } from "./keys.ts";
import { createLeases, type LeaseTimes } from "./lease.ts";
import {
  defaultBatchLimits,
  defaultLoopTimes,
  type LoopTimes,
  type Notice,
  runLoop,
  stateAfter,
} from "./loop.ts";
import { createPartition } from "./partition.ts";
import { patientKv } from "./patient_kv.ts";
import type { Projection } from "./projection.ts";
import { listConsumers, type Registration } from "./registry.ts";
import { createSlots } from "./slots.ts";
import { createStateWriter } from "./status.ts";
import { type Bell, createBell } from "./wake.ts";

export interface ConsumerDeps {
  /** For checkpoints, leases and dead letters. */
  readonly kv: KvPort;
  readonly reader: LogReader;
  /** Makes the projection of a registered consumer; null for one that this process does not know. */
  readonly projectionOf: (registration: Registration) => Projection | null;
  /** Rung when there may be something to read. */
  readonly bell?: Bell;
  readonly report?: (notice: Notice) => void;
  /** See `LeaseOptions`. @default {a random name} */
  readonly owner?: string;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly limits?: BatchLimits;
  readonly times?: LoopTimes;
  readonly leaseTimes?: LeaseTimes;
  /** Batches in memory at once. @default {2} */
  readonly slots?: number;
  /** Which registrations to run. @default {those that are active} */
  readonly runs?: (registration: Registration) => boolean;
  readonly onAdvance?: (consumer: string, rows: number) => void;
}

/** How often the registry is looked at. */
const registryMs = 1_000;

/**
 * Deliveries that other partitions may make while one retries: a quarter of the 10,000 insertions that
 * ClickHouse remembers for each table.
 */
const deliveriesWhileRetrying = 2_500;

/** Runs until `signal` aborts; then it lets its leases go and resolves. */
export async function runConsumers(given: ConsumerDeps, signal: AbortSignal): Promise<void> {
  const deps = withPatience(given);
  const { kv, clock = systemClock, report = () => {}, runs = isActive } = deps;
  const running = new Map<string, { stop: AbortController; done: Promise<void> }>();
  const shared = sharedParts(deps);
  while (!signal.aborted) {
    try {
      const wanted = (await listConsumers(kv)).filter(runs);
      for (const registration of wanted) {
        if (!running.has(registration.id)) start(registration);
      }
      for (const [id, { stop }] of running) {
        if (!wanted.some((one) => one.id === id)) stop.abort();
      }
    } catch (error) {
      const message = `The registry cannot be read: ${errorMessage(error)}`;
      report({ level: "error", consumer: "*", partition: -1, message });
    }
    await clock.sleep(registryMs, signal);
  }
  for (const { stop } of running.values()) stop.abort();
  await Promise.all([...running.values()].map(({ done }) => done));

  function start(registration: Registration): void {
    const projection = deps.projectionOf(registration);
    if (!projection) return;
    const stop = new AbortController();
    const done = runProjection(deps, shared, projection, stop.signal)
      .finally(() => running.delete(registration.id));
    running.set(registration.id, { stop, done });
  }
}

function isActive({ state }: Registration): boolean {
  return state === "active";
}

function withPatience(deps: ConsumerDeps): ConsumerDeps {
  const { kv, clock = systemClock, random = Math.random } = deps;
  return { ...deps, kv: patientKv(kv, clock, random) };
}

type Shared = ReturnType<typeof sharedParts>;

function sharedParts({ kv, owner, leaseTimes, slots, bell, clock = systemClock }: ConsumerDeps) {
  return {
    leases: createLeases({
      kv,
      clock,
      owner: owner ?? crypto.randomUUID(),
      ...(leaseTimes && { times: leaseTimes }),
    }),
    slots: createSlots(slots ?? 2),
    bell: bell ?? createBell(),
  };
}

async function runProjection(
  deps: ConsumerDeps,
  { leases, slots, bell }: Shared,
  projection: Projection,
  signal: AbortSignal,
): Promise<void> {
  const { kv, reader, clock = systemClock, random = Math.random, report = () => {} } = deps;
  const gate = createGate(deliveriesWhileRetrying);
  const { onAdvance } = deps;
  const partitions = Array.from({ length: reader.partitions }, (_, partition) =>
    runLoop({
      kv,
      reader,
      projection,
      partition,
      leases,
      clock,
      random,
      gate,
      slots,
      waker: bell.waker(),
      limits: deps.limits ?? defaultBatchLimits,
      times: deps.times ?? defaultLoopTimes,
      report,
      ...(onAdvance && { onAdvance: (rows: number) => onAdvance(projection.id, rows) }),
    }, signal));
  await Promise.all(partitions);
}

export interface Drained {
  /** Events delivered by this call. */
  readonly rows: number;
  /** False when something is left: another process holds it, the sink is away, or time was up. */
  readonly complete: boolean;
}

/** Delivers what is there and returns; does not wait for what comes or for a sink that is away. */
export async function drain(given: ConsumerDeps, signal: AbortSignal): Promise<Drained> {
  const deps = withPatience(given);
  const { kv, reader, clock = systemClock, runs = isActive, report = () => {} } = deps;
  const { leases } = sharedParts(deps);
  const limits = deps.limits ?? defaultBatchLimits;
  let rows = 0;
  let complete = true;
  for (const registration of (await listConsumers(kv)).filter(runs)) {
    const projection = deps.projectionOf(registration);
    if (!projection) continue;
    for (let partition = 0; partition < reader.partitions; partition++) {
      const lease = signal.aborted
        ? null
        : await leases.tryAcquire(keys.lease(projection.id, partition));
      if (!lease) {
        complete = false;
        continue;
      }
      try {
        const setState = createStateWriter(kv, projection.id, partition, clock.now);
        const work = createPartition({ kv, reader, projection, partition, clock, limits });
        while (!signal.aborted) {
          const step = await work.step({ lease, signal, minimumRows: 0 });
          const state = stateAfter(step);
          if (state) await setState(state);
          if (step.outcome === "advanced") {
            rows += step.rows;
            continue;
          }
          if (step.outcome !== "idle") {
            complete = false;
            const message = `Drained only in part: ${step.outcome}`;
            report({ level: "warn", consumer: projection.id, partition, message });
          }
          break;
        }
        if (signal.aborted) complete = false;
      } finally {
        await lease.release();
      }
    }
  }
  return { rows, complete };
}
