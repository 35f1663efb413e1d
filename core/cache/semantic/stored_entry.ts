/**
 * A stored question as KV has it, and where: `["cache", "semantic", project, partition, id]`. Ids begin
 * with the time, in milliseconds since 1970 and 14 digits.
 *
 * @module
 */
import { z } from "zod";
import type { KvPort } from "../../log/kv.ts";
import type { IsErased } from "../owner.ts";
import type { BeyondIndex } from "./beyond/port.ts";

export interface Entry {
  readonly turn: string;
  readonly answerRef: string;
  /** Milliseconds since 1970, by the writer's clock; inside the value, since KV expires late. */
  readonly expiresAt: number;
  readonly vector: Float32Array | null;
  /** The call that bought the answer; absent in what earlier releases stored. */
  readonly event?: string | undefined;
  /** That call's user; absent in what earlier releases stored. */
  readonly user?: string | null | undefined;
}

export const entrySchema = z.object({
  turn: z.string(),
  answerRef: z.string(),
  expiresAt: z.number(),
  vector: z.instanceof(Float32Array).nullable(),
  event: z.string().optional(),
  user: z.string().nullable().optional(),
});

/** All entries of a project. */
export function projectPrefix(projectId: string): Deno.KvKey {
  return ["cache", "semantic", projectId];
}

/** The entries of one partition. */
export function partitionPrefix(projectId: string, partition: string): Deno.KvKey {
  return [...projectPrefix(projectId), partition];
}

/** Digits of an id that are its time. */
const timeDigits = 14;

/**
 * @param at milliseconds since 1970
 * @param random from 0 up to 1
 */
export function entryId(at: number, random: number): string {
  return at.toString().padStart(timeDigits, "0") +
    Math.floor(random * 2 ** 40).toString(36).padStart(8, "0");
}

/** When the entry was stored, in milliseconds since 1970. */
export function timeOfId(id: string): number {
  return Number(id.slice(0, timeDigits));
}

/** The id before which none is that was made at a time or later. */
export function firstIdAt(at: number): string {
  return Math.max(0, at).toString().padStart(timeDigits, "0");
}

export interface StoredPlace {
  readonly partition: string;
  readonly id: string;
}

/**
 * Removes a project's erased questions, of all partitions; resolves to what they were. KV last: what could
 * not be removed elsewhere is found again.
 */
export async function eraseStored(
  { kv, beyond }: { readonly kv: KvPort; readonly beyond?: Pick<BeyondIndex, "erase"> },
  projectId: string,
  isErased: IsErased,
): Promise<StoredPlace[]> {
  const erased: StoredPlace[] = [];
  const prefix = projectPrefix(projectId);
  for await (const { key, value } of kv.list({ prefix }, { batchSize: 100 })) {
    const place = { partition: String(key.at(-2)), id: String(key.at(-1)) };
    const { data } = entrySchema.safeParse(value);
    if (isErased({ event: data?.event, user: data?.user, at: timeOfId(place.id) })) {
      erased.push(place);
    }
  }
  if (erased.length > 0) await beyond?.erase(projectId, erased.map(({ id }) => id));
  for (const { partition, id } of erased) {
    await kv.delete([...partitionPrefix(projectId, partition), id]);
  }
  return erased;
}
