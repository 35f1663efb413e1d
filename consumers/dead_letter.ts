/**
 * Events that could not be projected. Each is kept with the position it has in the log, the cause and
 * the time; nothing that a consumer leaves behind is only in a log line.
 *
 * Guarantees: a dead letter is durable no later than the checkpoint that passes it by; it is removed
 * only together with the record that it was replayed. The event itself stays in the log: retention
 * leaves a record alone that a dead letter needs (`retention/trim_log.ts`).
 *
 * @module
 */
import { z } from "zod";
import type { LogEntry } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import type { Position } from "@/core/log/position.ts";
import { idOf, textField } from "./batch.ts";
import { keys } from "./keys.ts";
import type { Dead } from "./plan.ts";
import type { Counts } from "./projection.ts";

const deadLetterSchema = z.object({
  event_id: z.string().nullable(),
  type: z.string().nullable(),
  project: z.string().nullable(),
  /** The stage of delivery that refused it; 0 when the projection itself did. */
  stage: z.number().int().nonnegative(),
  code: z.string(),
  detail: z.string(),
  /** When it was set aside, ISO UTC. */
  at: z.string(),
  /** How often it was replayed without success. */
  replays: z.number().int().nonnegative(),
});

export interface DeadLetter extends z.infer<typeof deadLetterSchema> {
  readonly consumer: string;
  readonly position: Position;
}

/** Details are for people: their length is bounded, so that many letters fit one commit. */
const detailCharacters = 300;
/** How many letters one atomic operation takes: well below the store's bytes and mutations. */
export const lettersPerCommit = 500;

/** Adds a letter to an atomic operation. Written again, it is the same letter. */
export function putDeadLetter(
  operation: Deno.AtomicOperation,
  consumer: string,
  entry: LogEntry,
  { stage, code, detail }: Dead,
  now: number,
): void {
  const { partition, versionstamp, index } = entry.position;
  operation.set(keys.deadLetter(consumer, partition, versionstamp, index), {
    event_id: idOf(entry)?.slice(0, 128) ?? null,
    type: textField(entry.raw, "type")?.slice(0, 128) ?? null,
    project: textField(entry.raw, "project")?.slice(0, 128) ?? null,
    stage,
    code,
    detail: detail.slice(0, detailCharacters),
    at: new Date(now).toISOString(),
    replays: 0,
  });
}

export interface ListOptions {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Dead letters of a consumer, by partition and position. `cursor` is null at the end. */
export async function listDeadLetters(
  kv: KvPort,
  consumer: string,
  { limit = 100, cursor }: ListOptions = {},
): Promise<{ letters: DeadLetter[]; cursor: string | null }> {
  const found = kv.list(
    { prefix: keys.deadLetters(consumer) },
    { limit, ...(cursor !== undefined && { cursor }) },
  );
  const letters: DeadLetter[] = [];
  for await (const entry of found) letters.push(readLetter(consumer, entry));
  return { letters, cursor: letters.length < limit ? null : found.cursor };
}

/** How many dead letters a partition has now. */
export async function countDeadLetters(
  kv: KvPort,
  consumer: string,
  partition: number,
): Promise<number> {
  let count = 0;
  for await (const _ of kv.list({ prefix: keys.deadLettersOf(consumer, partition) })) count++;
  return count;
}

const replayedSchema = z.object({
  rows: z.number().int(),
  removable: z.number().int(),
});
/** Dead letters of a partition that were replayed with success. */
export type ReplayedCount = z.infer<typeof replayedSchema>;

export async function countReplayed(
  kv: KvPort,
  consumer: string,
  partition: number,
): Promise<ReplayedCount> {
  const { value } = await kv.get(keys.replayed(consumer, partition));
  return value === null ? { rows: 0, removable: 0 } : replayedSchema.parse(value);
}

/** Removes a letter and counts it as replayed, in one operation; false when it was gone already. */
export async function settleDeadLetter(
  kv: KvPort,
  letter: DeadLetter,
  counts: Counts,
): Promise<boolean> {
  const { consumer, position: { partition, versionstamp, index } } = letter;
  const key = keys.deadLetter(consumer, partition, versionstamp, index);
  const counterKey = keys.replayed(consumer, partition);
  for (;;) {
    const [stored, counter] = await Promise.all([kv.get(key), kv.get(counterKey)]);
    if (stored.versionstamp === null) return false;
    const count = replayedSchema.nullable().parse(counter.value) ?? { rows: 0, removable: 0 };
    const settled = await kv.atomic()
      .check(
        { key, versionstamp: stored.versionstamp },
        { key: counterKey, versionstamp: counter.versionstamp },
      )
      .delete(key)
      .set(counterKey, {
        rows: count.rows + 1,
        removable: count.removable + Number(counts !== "row"),
      })
      .commit();
    if (settled.ok) return true;
  }
}

/** Keeps the newest cause of a letter whose replay failed. */
export async function keepDeadLetter(
  kv: KvPort,
  letter: DeadLetter,
  cause: { stage: number; code: string; detail: string },
): Promise<void> {
  const { consumer, position: { partition, versionstamp, index }, ...value } = letter;
  const key = keys.deadLetter(consumer, partition, versionstamp, index);
  const stored = await kv.get(key);
  if (stored.versionstamp === null) return;
  await kv.atomic()
    .check({ key, versionstamp: stored.versionstamp })
    .set(key, {
      ...value,
      ...cause,
      detail: cause.detail.slice(0, detailCharacters),
      replays: value.replays + 1,
    })
    .commit();
}

function readLetter(consumer: string, { key, value }: Deno.KvEntry<unknown>): DeadLetter {
  const [, , partition, versionstamp, index] = z
    .tuple([z.string(), z.string(), z.number(), z.string(), z.number()])
    .parse(key);
  return {
    consumer,
    position: { partition, versionstamp, index },
    ...deadLetterSchema.parse(value),
  };
}
