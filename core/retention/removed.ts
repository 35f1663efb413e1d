/**
 * What was taken away from each project: every removal is an event in the log first and holds from its
 * place on. What is kept here in KV is the memory of these events that trimming and pages need.
 *
 * Guarantees: nothing is remembered that the log does not have; a removal that was cut off between log
 * and memory is finished by whoever comes next.
 *
 * @module
 */
import { z } from "zod";
import type { ErasureData, RetentionData } from "../event/retention.ts";
import type { EventDraft, LogWriter } from "../log/contract.ts";
import type { KvPort } from "../log/kv.ts";
import type { Cuts } from "./cuts.ts";
import { later } from "./cuts.ts";
import type { Removals } from "./fate.ts";
import { keys } from "./keys.ts";

const instant = z.string().nullable();
const place = { versionstamp: z.string(), index: z.number().int().nonnegative(), at: z.string() };

const removedSchema = z.object({
  cuts: z.array(z.object({ calls_before: instant, bodies_before: instant, ...place })),
  erasures: z.array(z.union([
    z.object({ user_id: z.string(), ...place }),
    z.object({ event_id: z.string(), ...place }),
  ])),
});

/** What was taken away from a project, the oldest first; `at` is when. */
export type Removed = z.infer<typeof removedSchema> & Removals;

const changeSchema = z.object({
  event_id: z.string(),
  at: z.string(),
  removal: z.discriminatedUnion("type", [
    z.object({
      type: z.literal("retention.applied"),
      data: z.object({ calls_before: instant, bodies_before: instant }),
    }),
    z.object({
      type: z.literal("data.erased"),
      data: z.union([z.object({ user_id: z.string() }), z.object({ event_id: z.string() })]),
    }),
  ]),
});
type Removal = z.infer<typeof changeSchema>["removal"];

/** Of daily cuts the newest matter: what the older ones took away, these have taken away too. */
const mostCuts = 40;
/** One value holds so many. */
const mostErasures = 300;

const nothing: Removed = { cuts: [], erasures: [] };

export interface RemovalPorts {
  readonly kv: KvPort;
  readonly log: Pick<LogWriter, "append">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Makes event ids. */
  readonly newId: () => string;
}

/** What was taken away from a project so far. */
export async function readRemoved(kv: KvPort, project: string): Promise<Removed> {
  const { value } = await kv.get(keys.removed(project));
  return value === null ? nothing : removedSchema.parse(value);
}

/** By project: everything that was ever taken away. */
export async function readAllRemoved(kv: KvPort): Promise<Map<string, Removed>> {
  const all = new Map<string, Removed>();
  for await (const { key, value } of kv.list({ prefix: keys.removedOfAll() })) {
    all.set(String(key[2]), removedSchema.parse(value));
  }
  return all;
}

/** Before when there is nothing of a project any more. */
export function cutsSoFar({ cuts }: Pick<Removed, "cuts">): Cuts {
  return cuts.reduce<Cuts>((sum, one) => ({
    calls_before: later(sum.calls_before, one.calls_before),
    bodies_before: later(sum.bodies_before, one.bodies_before),
  }), { calls_before: null, bodies_before: null });
}

/**
 * Takes away what is older than the cuts; false when the log has had it done already.
 *
 * @throws {AppError} when the log cannot be written: call it again
 */
export async function applyCuts(
  ports: RemovalPorts,
  project: string,
  cuts: Cuts,
): Promise<boolean> {
  return await remove(ports, project, (removed) => {
    const before = cutsSoFar(removed);
    const calls_before = beyond(cuts.calls_before, before.calls_before);
    const bodies_before = beyond(cuts.bodies_before, before.bodies_before);
    if (calls_before === null && bodies_before === null) return null;
    return { type: "retention.applied", data: { calls_before, bodies_before } };
  });
}

/** Takes away one user or one call, for good. */
export async function erase(
  ports: RemovalPorts,
  project: string,
  data: ErasureData,
): Promise<void> {
  await remove(ports, project, () => ({ type: "data.erased", data }));
}

/** Finishes what was cut off, then begins what is left to do. */
async function remove(
  ports: RemovalPorts,
  project: string,
  next: (removed: Removed) => Removal | null,
): Promise<boolean> {
  const { kv, now, newId } = ports;
  while (true) {
    await finish(ports, project);
    const kept = await kv.get(keys.removed(project));
    const removal = next(kept.value === null ? nothing : removedSchema.parse(kept.value));
    if (removal === null) return false;
    const change = { event_id: newId(), at: new Date(now()).toISOString(), removal };
    const begun = await kv.atomic()
      .check(kept)
      .check({ key: keys.change(project), versionstamp: null })
      .set(keys.change(project), change)
      .commit();
    if (!begun.ok) continue;
    await finish(ports, project);
    return true;
  }
}

/** Safe to repeat: a second event of the same removal finds nothing more. */
async function finish({ kv, log }: RemovalPorts, project: string): Promise<void> {
  const change = await kv.get(keys.change(project));
  if (change.versionstamp === null) return;
  const { event_id, at, removal } = changeSchema.parse(change.value);
  // Type and data belong together, which the union of all drafts cannot say.
  const draft = { id: event_id, project, at, v: 1, ...removal } as EventDraft;
  const { position: { versionstamp, index } } = await log.append(draft);
  const kept = await kv.get(keys.removed(project));
  const removed = kept.value === null ? nothing : removedSchema.parse(kept.value);
  await kv.atomic()
    .check(change)
    .check(kept)
    .set(keys.removed(project), added(removed, removal, { versionstamp, index, at }))
    .delete(keys.change(project))
    .commit();
}

function added(
  { cuts, erasures }: Removed,
  removal: Removal,
  place: { versionstamp: string; index: number; at: string },
): Removed {
  if (removal.type === "retention.applied") {
    const data: RetentionData = removal.data;
    return { cuts: [...cuts, { ...data, ...place }].slice(-mostCuts), erasures };
  }
  return { cuts, erasures: [...erasures, { ...removal.data, ...place }].slice(-mostErasures) };
}

/** The cut, if it takes away more than was taken away before. */
function beyond(cut: string | null, before: string | null): string | null {
  return cut !== null && (before === null || cut > before) ? cut : null;
}
