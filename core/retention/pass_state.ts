/**
 * How the latest pass of retention went, kept in KV so that every process can tell.
 *
 * @module
 */
import { z } from "zod";
import type { KvPort } from "../log/kv.ts";
import { keys } from "./keys.ts";

const count = z.number().int().nonnegative();

export const passStateSchema = z.object({
  /** The day that was last finished, e.g. `2026-11-23`; null before the first. */
  day: z.string().nullable(),
  /** When retention last looked; ISO UTC. */
  looked_at: z.string(),
  /** When the latest pass through the log ended. */
  finished_at: z.string().nullable(),
  /** What that pass took out of the log. */
  records: count,
  events: count,
  stripped: count,
  /** Records that it met and could not read, and records that dead letters hold. */
  damaged: count,
  held: count,
  /** Partitions in which a consumer stands still and holds the log. */
  stalled: z.array(z.object({
    partition: count,
    consumer: z.string().nullable(),
    since: z.string(),
  })),
  /** What could not be done, in words; it is tried again. */
  problem: z.string().nullable(),
});
export type PassState = z.infer<typeof passStateSchema>;

/** Null before retention has looked for the first time. */
export async function readPassState(kv: KvPort): Promise<PassState | null> {
  const { value } = await kv.get(keys.pass());
  return value === null ? null : passStateSchema.parse(value);
}

/** Takes the place of the pass before; only the latest is kept. */
export async function storePassState(kv: KvPort, state: PassState): Promise<void> {
  await kv.set(keys.pass(), state);
}
