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
import { type ErasureData, erasureDataSchema, type RetentionData } from "../event/retention.ts";
import type { EventDraft, LogWriter } from "../log/contract.ts";
import type { KvPort } from "../log/kv.ts";
import type { Cuts } from "./cuts.ts";
import { later } from "./cuts.ts";
import type { Removals } from "./fate.ts";
import { keys } from "./keys.ts";

const instant = z.string().nullable();
const place = { versionstamp: z.string(), index: z.number().int().nonnegative(), at: z.string() };

const erasureSchema = z.union([
  z.object({
    user_id: z.string(),
    trace_ids: z.array(z.string()).readonly().optional(),
    about_ids: z.array(z.string()).readonly().optional(),
    ...place,
  }),
  z.object({ event_id: z.string(), ...place }),
]);

/** `erasures`: those of an earlier release, which kept them all in one value. */
const removedSchema = z.object({
  cuts: z.array(z.object({ calls_before: instant, bodies_before: instant, ...place })),
  erasures: z.array(erasureSchema),
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
      data: erasureDataSchema,
    }),
  ]),
});
type Removal = z.infer<typeof changeSchema>["removal"];

/** Of daily cuts the newest matter: what the older ones took away, these have taken away too. */
const mostCuts = 40;

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
  const { cuts, erasures } = value === null ? nothing : removedSchema.parse(value);
  return { cuts, erasures: [...erasures, ...await readErasures(kv, project)] };
}

/** Each has a value of its own: however many there are, none is forgotten before the log is trimmed. */
async function readErasures(kv: KvPort, project: string): Promise<Removed["erasures"]> {
  const erasures: Removed["erasures"] = [];
  for await (const { value } of kv.list({ prefix: keys.erasedOf(project) })) {
    erasures.push(erasureSchema.parse(value));
  }
  return erasures;
}

/** By project: everything that was ever taken away. */
export async function readAllRemoved(kv: KvPort): Promise<Map<string, Removed>> {
  const all = new Map<string, Removed>();
  // Each project that anything was taken away from has this value.
  for await (const { key } of kv.list({ prefix: keys.removedOfAll() })) {
    const project = String(key[2]);
    all.set(project, await readRemoved(kv, project));
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
  const place = { versionstamp, index, at };
  const operation = kv.atomic()
    .check(change)
    .check(kept)
    .delete(keys.change(project));
  if (removal.type === "data.erased") {
    operation
      .set(keys.removed(project), removed)
      .set(keys.erased(project, versionstamp, index), { ...removal.data, ...place });
  } else operation.set(keys.removed(project), withCut(removed, removal.data, place));
  await operation.commit();
}

function withCut(
  { cuts, erasures }: Removed,
  data: RetentionData,
  place: { versionstamp: string; index: number; at: string },
): Removed {
  return { cuts: [...cuts, { ...data, ...place }].slice(-mostCuts), erasures };
}

/** The cut, if it takes away more than was taken away before. */
function beyond(cut: string | null, before: string | null): string | null {
  return cut !== null && (before === null || cut > before) ? cut : null;
}
