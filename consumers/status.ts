/**
 * What each partition of a consumer is doing, stored so that other processes can tell (`/readyz`,
 * `/metrics`, the dashboard). Written when it changes, not with every batch.
 *
 * @module
 */
import { z } from "zod";
import type { KvPort } from "@/core/log/kv.ts";
import { keys } from "./keys.ts";

/**
 * Why a partition stands still until a person acts. `configuration`: the sink refuses all rows.
 * `unknown_event`: a newer release wrote the event; deploy consumers first. `poison_flood`: so many
 * rows are bad that the fault is more likely ours. `damaged_log`: a record cannot be read. `log_changed`:
 * the stored intent does not fit the log.
 */
const parkReasonSchema = z.enum([
  "configuration",
  "unknown_event",
  "poison_flood",
  "damaged_log",
  "log_changed",
]);
export type ParkReason = z.infer<typeof parkReasonSchema>;

const partitionStateSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("running"), since: z.string() }),
  z.object({
    state: z.literal("retrying"),
    code: z.string(),
    detail: z.string(),
    since: z.string(),
  }),
  z.object({
    state: z.literal("parked"),
    reason: parkReasonSchema,
    code: z.string(),
    detail: z.string(),
    since: z.string(),
  }),
]);
export type PartitionState = z.infer<typeof partitionStateSchema>;

/** A state without its beginning. */
export type StateChange =
  | { state: "running" }
  | { state: "retrying"; code: string; detail: string }
  | { state: "parked"; reason: ParkReason; code: string; detail: string };

/** The states of a consumer's partitions, in order of partition. */
export async function readStates(
  kv: KvPort,
  consumer: string,
): Promise<Map<number, PartitionState>> {
  const states = new Map<number, PartitionState>();
  for await (const { key, value } of kv.list({ prefix: keys.states(consumer) })) {
    states.set(z.number().parse(key[2]), partitionStateSchema.parse(value));
  }
  return states;
}

/** Stores a partition's state when it is another one than the last that was stored through it. */
export function createStateWriter(
  kv: KvPort,
  consumer: string,
  partition: number,
  now: () => number,
) {
  let last: string | null = null;
  return async function write(change: StateChange): Promise<void> {
    // The detail may differ with every attempt (it names times and sizes): it makes no new state.
    const { detail: _, ...identity } = { detail: "", ...change };
    const name = JSON.stringify(identity);
    if (name === last) return;
    await kv.set(keys.state(consumer, partition), {
      ...change,
      since: new Date(now()).toISOString(),
    });
    last = name;
  };
}
