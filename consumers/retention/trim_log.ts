/**
 * Takes out of the log what retention has taken away from every projection.
 *
 * Guarantees: no record is touched that a consumer has not passed, nor one that a dead letter needs; an
 * event goes only when the event that took its rows away was passed by all consumers too, so that a
 * projection made anew lacks nothing that is still to be kept.
 *
 * @module
 */
import type { KvPort } from "@/core/log/kv.ts";
import { partitionOf } from "@/core/log/position.ts";
import type { CountingLogReader } from "@/core/log/reader.ts";
import type { Decision } from "@/core/log/rewrite.ts";
import { isStrippable } from "@/core/log/strip.ts";
import { type Trimmed, trimPartition } from "@/core/log/trim.ts";
import { fateOf, type Removals, timeOf } from "@/core/retention/fate.ts";
import type { RetentionSettings } from "@/core/retention/settings.ts";
import { textField } from "../batch.ts";
import { listDeadLetters } from "../dead_letter.ts";
import { keys } from "../keys.ts";
import { listConsumers } from "../registry.ts";

export interface TrimLogOptions {
  readonly kv: KvPort;
  readonly reader: CountingLogReader;
  readonly partition: number;
  /** What all consumers have passed long enough ago. */
  readonly safe: string;
  /** What was taken away, by project. */
  readonly removed: ReadonlyMap<string, Removals>;
  /** What is kept, by project; projects that keep everything may be left out. */
  readonly settings: ReadonlyMap<string, RetentionSettings>;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly breathe?: () => Promise<void>;
}

/** Null: no project of the partition has had anything taken away. */
export async function trimLog(options: TrimLogOptions): Promise<Trimmed | null> {
  const { kv, reader, partition, safe, removed, settings } = options;
  const passed = new Map<string, Removals>();
  for (const [project, removals] of removed) {
    if (partitionOf(project, reader.partitions) !== partition) continue;
    const effective = passedOf(removals, safe);
    if (effective.cuts.length + effective.erasures.length > 0) passed.set(project, effective);
  }
  if (passed.size === 0) return null;
  // Read before the rest: a consumer that is registered from here on fences the trimming.
  const registry = await kv.get(keys.registry());
  const pinned = await deadLetterPositions(kv, partition);
  return await trimPartition({
    kv,
    generation: reader.generation,
    partition,
    upTo: safe,
    pinned,
    under: conditionsOf(passed, settings),
    checks: [{ key: keys.registry(), versionstamp: registry.versionstamp }],
    decide: (raw, versionstamp, index) => decisionFor(raw, { versionstamp, index }, passed),
    mayChange: (raw) => mayChange(raw, settings),
    signal: options.signal,
    now: options.now,
    ...(options.breathe && { breathe: options.breathe }),
  });
}

/** What all consumers have carried out. */
function passedOf({ cuts, erasures }: Removals, safe: string): Removals {
  return {
    cuts: cuts.filter(({ versionstamp }) => versionstamp <= safe),
    erasures: erasures.filter(({ versionstamp }) => versionstamp <= safe),
  };
}

function decisionFor(
  raw: unknown,
  place: { versionstamp: string; index: number },
  passed: ReadonlyMap<string, Removals>,
): Decision {
  const removals = passed.get(textField(raw, "project") ?? "");
  if (!removals) return "keep";
  const fate = fateOf(raw, place, removals);
  if (fate !== "remove") return fate;
  const { cuts } = removals;
  const byRetention = fateOf(raw, place, { cuts, erasures: [] }) === "remove";
  return { remove: byRetention ? "retention" : "erasure" };
}

function mayChange(raw: unknown, settings: ReadonlyMap<string, RetentionSettings>): boolean {
  const kept = settings.get(textField(raw, "project") ?? "");
  if (!kept || timeOf(raw) === null) return false;
  return kept.calls_days !== null || kept.bodies_days !== null && isStrippable(raw);
}

/** Names whose events may go, and whose erasures were looked for. */
function conditionsOf(
  passed: ReadonlyMap<string, Removals>,
  settings: ReadonlyMap<string, RetentionSettings>,
): string {
  const retaining = [...settings].map(([project, { calls_days, bodies_days }]) =>
    `${project}:${calls_days !== null}:${bodies_days !== null}`
  );
  const erasures = [...passed].map(([project, { erasures }]) =>
    `${project}:${erasures.at(-1)?.versionstamp ?? ""}`
  );
  return JSON.stringify([retaining.sort(), erasures.sort()]);
}

/** The records whose events are to be tried again. */
async function deadLetterPositions(kv: KvPort, partition: number): Promise<ReadonlySet<string>> {
  const positions = new Set<string>();
  for (const { id, state } of await listConsumers(kv)) {
    if (state === "retired") continue;
    let cursor: string | undefined;
    do {
      const page = await listDeadLetters(kv, id, {
        limit: 500,
        ...(cursor !== undefined && { cursor }),
      });
      for (const { position } of page.letters) {
        if (position.partition === partition) positions.add(position.versionstamp);
      }
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
  }
  return positions;
}
