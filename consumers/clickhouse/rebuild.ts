/**
 * Projects the whole log anew into fresh tables and puts them in the old ones' place, while both traffic
 * and readers go on.
 *
 * Guarantees: every step is stored or can be seen, so a rebuild that was killed at any point is simply
 * run again; readers change over only when both generations agree up to a fixed position, or when told
 * that they may differ; the old tables stay until the next rebuild.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import {
  activeGeneration,
  createGeneration,
  dropGeneration,
  listGenerations,
  swapViews,
} from "@/clickhouse/generation.ts";
import type { KvPort } from "@/core/log/kv.ts";
import type { CountingLogReader } from "@/core/log/reader.ts";
import { readTrimState } from "@/core/log/trim.ts";
import { readCheckpoint } from "../checkpoint.ts";
import type { Clock } from "../clock.ts";
import type { Notice } from "../loop.ts";
import { acceptTrimmed } from "../accept_trimmed.ts";
import { countAppended } from "../proof.ts";
import {
  activateConsumer,
  consumerId,
  forgetConsumer,
  listConsumers,
  registerConsumer,
  type Registration,
  reopenConsumer,
  retireOthers,
} from "../registry.ts";
import { type ConsumerDeps, runConsumers } from "../run.ts";
import { compareGenerations, type Comparison, type Position } from "./compare.ts";
import { createClickHouseProjection } from "./projection.ts";

export interface RebuildDeps {
  readonly kv: KvPort;
  readonly reader: CountingLogReader;
  readonly store: ClickHouseStore;
  readonly clock: Clock;
  readonly report: (notice: Notice) => void;
  readonly onProgress: (done: number, total: number) => void;
  /** Told before each step; a test ends the process there. */
  readonly onStep?: (step: RebuildStep) => void;
  readonly consumers?: Pick<ConsumerDeps, "times" | "leaseTimes" | "limits">;
}

export type RebuildStep =
  | "register"
  | "create"
  | "catch up"
  | "compare"
  | "activate"
  | "swap"
  | "retire";

export interface RebuildOptions {
  /** Change over although the generations differ: what a change of the projection is meant to do. */
  readonly acceptDifferences: boolean;
  /** Take up the newest retired generation instead of making a new one. */
  readonly back: boolean;
  readonly signal: AbortSignal;
}

export type Rebuilt =
  | { readonly ok: true; readonly generation: number; readonly comparison: Comparison }
  | {
    readonly ok: false;
    readonly reason: "not_migrated" | "nothing_to_go_back_to" | "aborted";
  }
  | { readonly ok: false; readonly reason: "differs"; readonly comparison: Comparison };

const projectionName = "clickhouse";
/** The generations move on between two looks; differences that stay are real. */
const comparisons = 5;
const pauseMs = 250;
const behindMs = 5_000;

export async function rebuildClickHouse(
  deps: RebuildDeps,
  { acceptDifferences, back, signal }: RebuildOptions,
): Promise<Rebuilt> {
  const { kv, reader, store, clock, onStep = () => {} } = deps;
  const old = await activeGeneration(store);
  if (old === null) return { ok: false, reason: "not_migrated" };

  const begun = await begunChange(kv, old);
  if (begun?.generation === old) {
    // Cut off after readers had changed over.
    await retireOthers(kv, begun, clock.now());
    return { ok: true, generation: old, comparison: { equal: 0, differences: [] } };
  }
  const target = begun ??
    (back ? await retiredTarget(deps, old) : await buildingTarget(deps, old));
  if (target === null) return { ok: false, reason: "nothing_to_go_back_to" };
  await acceptTrimmed(kv, reader, target.id);
  onStep("create");
  await createGeneration(store, target.generation);
  if (!back) await dropForgotten(kv, store, [old, target.generation]);

  const stop = new AbortController();
  const running = runConsumers({
    kv,
    reader,
    clock,
    report: deps.report,
    ...deps.consumers,
    runs: ({ id }) => id === target.id,
    projectionOf: ({ generation }) =>
      createClickHouseProjection({ store, generation, logGeneration: reader.generation }),
  }, AbortSignal.any([signal, stop.signal]));
  try {
    onStep("catch up");
    await catchUp(deps, target.id, signal);
    if (signal.aborted) return { ok: false, reason: "aborted" };
    onStep("compare");
    const comparison = await compare(deps, old, target, signal);
    if (signal.aborted) return { ok: false, reason: "aborted" };
    if (comparison.differences.length > 0 && !acceptDifferences) {
      return { ok: false, reason: "differs", comparison };
    }
    onStep("activate");
    await activateConsumer(kv, target.id, clock.now());
    onStep("swap");
    await swapViews(store, target.generation);
    onStep("retire");
    await retireOthers(kv, target, clock.now());
    return { ok: true, generation: target.generation, comparison };
  } finally {
    stop.abort();
    await running;
  }
}

/** The consumer that was activated last, when a change from one to another was cut off. */
async function begunChange(kv: KvPort, old: number): Promise<Registration | null> {
  const active = (await ours(kv)).filter(({ state }) => state === "active");
  if (active.length < 2 && active[0]?.generation === old) return null;
  return active.sort((a, b) => b.since.localeCompare(a.since))[0] ?? null;
}

/** The rebuild that was begun, or a new one. It is registered first: that keeps the log for it. */
async function buildingTarget(deps: RebuildDeps, old: number): Promise<Registration> {
  const { kv, store, clock, onStep = () => {} } = deps;
  const consumers = await ours(kv);
  const begun = consumers.find(({ state }) => state === "building");
  if (begun) return begun;
  const used = [old, ...await listGenerations(store), ...consumers.map((one) => one.generation)];
  const generation = Math.max(...used) + 1;
  onStep("register");
  return await registerConsumer(
    kv,
    { projection: projectionName, generation, state: "building" },
    clock.now(),
  );
}

/** The newest generation that was active before, with its tables still there. */
async function retiredTarget(
  { kv, store, clock }: RebuildDeps,
  old: number,
): Promise<Registration | null> {
  const now = clock.now();
  const kept = await listGenerations(store);
  const [newest] = (await ours(kv))
    .filter(({ state, generation }) =>
      state === "retired" && generation !== old && kept.includes(generation)
    )
    .sort((a, b) => b.since.localeCompare(a.since));
  if (!newest) return null;
  await reopenConsumer(kv, newest.id, now);
  return newest;
}

async function ours(kv: KvPort): Promise<Registration[]> {
  return (await listConsumers(kv)).filter(({ projection }) => projection === projectionName);
}

/** Removes what earlier rebuilds have replaced. */
async function dropForgotten(kv: KvPort, store: ClickHouseStore, keep: number[]): Promise<void> {
  for (const { id, generation, state } of await ours(kv)) {
    if (state !== "retired" || keep.includes(generation)) continue;
    await dropGeneration(store, generation);
    await forgetConsumer(kv, id);
  }
}

/**
 * Waits until the consumer is no further behind than `behindMs`. Traffic goes on, so it is never at the
 * end: it has caught up when it soon reaches what was the end a moment ago.
 */
async function catchUp(deps: RebuildDeps, consumer: string, signal: AbortSignal): Promise<void> {
  const { kv, reader, clock, onProgress } = deps;
  while (!signal.aborted) {
    const since = clock.monotonic();
    const total = await sumOver(
      reader,
      async (partition) => (await countAppended(kv, reader, partition)).events,
    );
    while (!signal.aborted) {
      const done = await sumOver(reader, async (partition) => {
        const { checkpoint } = await readCheckpoint(kv, consumer, partition);
        const { rows, skipped, dead, repeated } = checkpoint;
        return rows + skipped + dead + repeated + await trimmedBefore(deps, consumer, partition);
      });
      onProgress(Math.min(done, total), total);
      if (done >= total) break;
      await clock.sleep(pauseMs, signal);
    }
    if (clock.monotonic() - since <= behindMs) return;
  }
}

/** Events of the partition that the log no longer had for the consumer. */
async function trimmedBefore(
  { kv, reader }: RebuildDeps,
  consumer: string,
  partition: number,
): Promise<number> {
  const { checkpoint, versionstamp } = await readCheckpoint(kv, consumer, partition);
  if (versionstamp !== null) return checkpoint.trimmed;
  return (await readTrimState(kv, reader.generation, partition)).events;
}

async function sumOver(
  { partitions }: CountingLogReader,
  of: (partition: number) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (let partition = 0; partition < partitions; partition++) sum += await of(partition);
  return sum;
}

async function compare(
  deps: RebuildDeps,
  old: number,
  target: Registration,
  signal: AbortSignal,
): Promise<Comparison> {
  const { kv, reader, store, clock } = deps;
  let comparison: Comparison = { equal: 0, differences: [] };
  for (let attempt = 0; attempt < comparisons && !signal.aborted; attempt++) {
    if (attempt > 0) await clock.sleep(pauseMs * 4, signal);
    const upTo = await reachedByBoth(kv, reader, [consumerId(projectionName, old), target.id]);
    comparison = await compareGenerations(
      store,
      [old, target.generation],
      reader.generation,
      upTo,
    );
    if (comparison.differences.length === 0) break;
  }
  return comparison;
}

/** Up to where both consumers have delivered, by partition. */
async function reachedByBoth(
  kv: KvPort,
  reader: CountingLogReader,
  consumers: readonly string[],
): Promise<Position> {
  const reached: string[] = [];
  for (let partition = 0; partition < reader.partitions; partition++) {
    const both = await Promise.all(consumers.map((id) => readCheckpoint(kv, id, partition)));
    const [least = ""] = both.map(({ checkpoint }) => checkpoint.committed ?? "").sort();
    reached.push(least);
  }
  return reached;
}
