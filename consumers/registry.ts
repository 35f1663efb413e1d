/**
 * Which consumers exist. Retention waits for every registered one that is not retired; the consumers
 * process runs them; `/readyz` and the proof report on them.
 *
 * A consumer is `building` while a rebuild fills its tables, `active` while running processes feed them,
 * `retired` when another has taken its place.
 *
 * @module
 */
import { z } from "zod";
import type { KvPort } from "@/core/log/kv.ts";
import { keys } from "./keys.ts";

const registrationSchema = z.object({
  /** What it projects to, e.g. `clickhouse`. */
  projection: z.string(),
  generation: z.number().int().positive(),
  state: z.enum(["building", "active", "retired"]),
  registered_at: z.string(),
  /** When it came into the present state. */
  since: z.string(),
});
export interface Registration extends z.infer<typeof registrationSchema> {
  /** `<projection>@g<generation>`. */
  readonly id: string;
}

export function consumerId(projection: string, generation: number): string {
  return `${projection}@g${generation}`;
}

/** Every consumer ever registered and not forgotten, by id. */
export async function listConsumers(kv: KvPort): Promise<Registration[]> {
  const found: Registration[] = [];
  for await (const { key, value } of kv.list({ prefix: keys.consumers() })) {
    found.push({ id: z.string().parse(key[1]), ...registrationSchema.parse(value) });
  }
  return found;
}

/** Registers a consumer unless it is registered already, in whatever state; answers how it stands. */
export async function registerConsumer(
  kv: KvPort,
  { projection, generation, state }: Pick<Registration, "projection" | "generation" | "state">,
  now: number,
): Promise<Registration> {
  const id = consumerId(projection, generation);
  const at = new Date(now).toISOString();
  const registration = { projection, generation, state, registered_at: at, since: at };
  const key = keys.consumer(id);
  const made = await kv.atomic()
    .check({ key, versionstamp: null })
    .set(key, registration)
    .set(keys.registry(), at)
    .commit();
  if (made.ok) return { id, ...registration };
  return { id, ...registrationSchema.parse((await kv.get(key)).value) };
}

/**
 * Lets the running processes work for a consumer, beside the one that is active already: while a rebuild
 * changes over, both are fed, so that readers have the newest events whichever they see.
 */
export function activateConsumer(kv: KvPort, id: string, now: number): Promise<void> {
  return setState(kv, id, "active", now);
}

/** Retires every active consumer of the same projection but this one. */
export async function retireOthers(kv: KvPort, chosen: Registration, now: number): Promise<void> {
  for (const { id, projection, state } of await listConsumers(kv)) {
    if (projection !== chosen.projection || id === chosen.id || state !== "active") continue;
    await retireConsumer(kv, id, now);
  }
}

/** Sets a consumer's work aside: retention no longer waits for it. */
export function retireConsumer(kv: KvPort, id: string, now: number): Promise<void> {
  return setState(kv, id, "retired", now);
}

/** Lets a rebuild take up a consumer that was retired: it goes on where it stopped. */
export function reopenConsumer(kv: KvPort, id: string, now: number): Promise<void> {
  return setState(kv, id, "building", now);
}

async function setState(
  kv: KvPort,
  id: string,
  state: Registration["state"],
  now: number,
): Promise<void> {
  const key = keys.consumer(id);
  for (;;) {
    const entry = await kv.get(key);
    if (entry.versionstamp === null) throw new Error(`Consumer "${id}" is not registered`);
    const value = registrationSchema.parse(entry.value);
    const next = { ...value, state, since: new Date(now).toISOString() };
    const changed = await kv.atomic()
      .check(entry)
      .set(key, next)
      .set(keys.registry(), next.since)
      .commit();
    if (changed.ok) return;
  }
}

/** Forgets a consumer and everything it kept: checkpoints, leases, states, dead letters. */
export async function forgetConsumer(kv: KvPort, id: string): Promise<void> {
  // The registration goes last, so that a forgetting that was cut off can be repeated.
  for (const name of ["ckpt", "lease", "consumer_state", "dlq", "dlq_replayed"]) {
    for await (const { key } of kv.list({ prefix: [name, id] })) await kv.delete(key);
  }
  await kv.delete(keys.consumer(id));
}
