/**
 * One look of retention: cuts that are due become events of the log, and once a day the log is trimmed
 * of what these have taken away.
 *
 * Guarantees: one process at a time does it, under a lease; a look that was cut off is taken up by the
 * next one, where it stopped; a project whose settings cannot be read is left alone, and told of.
 *
 * @module
 */
import { errorMessage } from "@/core/caught.ts";
import type { KvPort } from "@/core/log/kv.ts";
import type { CountingLogReader } from "@/core/log/reader.ts";
import { sweepBlobs } from "@/core/log/sweep.ts";
import { cutsOf } from "@/core/retention/cuts.ts";
import { type PassState, readPassState, storePassState } from "@/core/retention/pass_state.ts";
import {
  applyCuts,
  readAllRemoved,
  type RemovalPorts,
  type Removed,
} from "@/core/retention/removed.ts";
import type { RetentionSettings } from "@/core/retention/settings.ts";
import type { Clock } from "../clock.ts";
import { keys } from "../keys.ts";
import type { Lease, Leases } from "../lease.ts";
import { passedFor } from "./floor.ts";
import { trimLog } from "./trim_log.ts";

export interface RetentionDeps extends Pick<RemovalPorts, "log" | "newId"> {
  readonly kv: KvPort;
  readonly reader: CountingLogReader;
  readonly leases: Leases;
  readonly clock: Clock;
  /** What every project keeps that has ever said so. */
  readonly settings: () => Promise<ReadonlyMap<string, RetentionSettings>>;
  /** Makes room where rows were taken away, once a day. */
  readonly purge?: (signal: AbortSignal) => Promise<void>;
  /** Takes out of the cache what was erased and came into it at the last moment, once a day. */
  readonly forget?: (project: string, erasures: Removed["erasures"]) => Promise<void>;
  /** How long all consumers must have passed a record before it is touched. @default {a day} */
  readonly marginMs?: number;
}

export interface Looked {
  /** `busy`: another process does it. */
  readonly outcome: "busy" | "looked" | "trimmed";
  /** Projects from which something was taken away now. */
  readonly applied: readonly string[];
  readonly state: PassState | null;
}

const dayMs = 24 * 60 * 60_000;

export function createRetention(deps: RetentionDeps): (signal: AbortSignal) => Promise<Looked> {
  const { kv, leases } = deps;
  return async function look(signal) {
    const lease = await leases.tryAcquire(keys.lease("retention", 0));
    if (!lease) return { outcome: "busy", applied: [], state: await readPassState(kv) };
    try {
      return await lookUnder(lease, deps, signal);
    } finally {
      await lease.release();
    }
  };
}

async function lookUnder(lease: Lease, deps: RetentionDeps, signal: AbortSignal): Promise<Looked> {
  const { kv, clock, log, newId } = deps;
  const ports: RemovalPorts = { kv, log, now: clock.now, newId };
  const looked_at = new Date(clock.now()).toISOString();
  const today = looked_at.slice(0, 10);
  const before = await readPassState(kv) ?? nothingYet;
  const settings = await deps.settings();
  const applied: string[] = [];
  for (const [project, kept] of settings) {
    if (signal.aborted || !await lease.ensure()) break;
    if (await applyCuts(ports, project, cutsOf(kept, clock.now()))) applied.push(project);
  }
  const partitions = await passedOf(deps);
  const stalled = partitions.flatMap(({ partition, heldBy, stalledSince }) =>
    stalledSince !== null && clock.now() - Date.parse(stalledSince) >= marginOf(deps)
      ? [{ partition, consumer: heldBy, since: stalledSince }]
      : []
  );
  let state: PassState = { ...before, looked_at, stalled, problem: null };
  let outcome: Looked["outcome"] = "looked";
  if (before.day !== today && !signal.aborted && await lease.ensure()) {
    const trimming = await trimAll(deps, partitions, settings, before.finished_at, lease, signal);
    state = { ...state, ...trimming.counts, problem: trimming.problem };
    if (trimming.isDone) {
      outcome = "trimmed";
      state = { ...state, day: today, finished_at: new Date(clock.now()).toISOString() };
    }
  }
  await storePassState(kv, state);
  return { outcome, applied, state };
}

const nothingYet: PassState = {
  day: null,
  looked_at: "",
  finished_at: null,
  records: 0,
  events: 0,
  stripped: 0,
  damaged: 0,
  held: 0,
  stalled: [],
  problem: null,
};

const marginOf = ({ marginMs = dayMs }: RetentionDeps) => marginMs;

type PartitionPassed = Awaited<ReturnType<typeof passedFor>> & { readonly partition: number };

async function passedOf(deps: RetentionDeps): Promise<PartitionPassed[]> {
  const { kv, reader, clock } = deps;
  const found: PartitionPassed[] = [];
  for (let partition = 0; partition < reader.partitions; partition++) {
    const options = { kv, reader, partition, now: clock.now(), marginMs: marginOf(deps) };
    found.push({ partition, ...await passedFor(options) });
  }
  return found;
}

interface Trimming {
  readonly isDone: boolean;
  readonly counts: Pick<PassState, "records" | "events" | "stripped" | "damaged" | "held">;
  readonly problem: string | null;
}

async function trimAll(
  deps: RetentionDeps,
  partitions: readonly PartitionPassed[],
  settings: ReadonlyMap<string, RetentionSettings>,
  lastDone: string | null,
  lease: Lease,
  signal: AbortSignal,
): Promise<Trimming> {
  const { kv, reader, clock } = deps;
  const counts = { records: 0, events: 0, stripped: 0, damaged: 0, held: 0 };
  let isDone = true;
  let problem: string | null = null;
  await sweepBlobs({ kv, clock: clock.now });
  const removed = await readAllRemoved(kv);
  for (const [project, { erasures }] of removed) {
    if (signal.aborted || !await lease.ensure()) return { isDone: false, counts, problem };
    const recent = erasuresSince(erasures, lastDone);
    if (recent.length > 0) await deps.forget?.(project, recent);
  }
  for (const { partition, safe } of partitions) {
    if (signal.aborted || !await lease.ensure()) return { isDone: false, counts, problem };
    if (safe === null) continue;
    const trimmed = await trimLog({
      kv,
      reader,
      partition,
      safe,
      removed,
      settings,
      signal,
      now: clock.now,
      breathe: () => clock.sleep(0),
    });
    if (!trimmed) continue;
    isDone &&= trimmed.outcome === "done";
    counts.records += trimmed.records;
    counts.events += trimmed.events;
    counts.stripped += trimmed.stripped;
    counts.damaged += trimmed.damaged;
    counts.held += trimmed.held;
  }
  try {
    if (!signal.aborted) await deps.purge?.(signal);
  } catch (error) {
    problem = `ClickHouse could not make room: ${errorMessage(error)}`;
  }
  return { isDone, counts, problem };
}

/** Those that the cache was not asked about a day after they were made: there may be thousands before. */
function erasuresSince(erasures: Removed["erasures"], lastDone: string | null) {
  if (lastDone === null) return erasures;
  const since = new Date(Date.parse(lastDone) - dayMs).toISOString();
  return erasures.filter(({ at }) => at >= since);
}
