/**
 * Up to where the log may be trimmed: what every registered consumer has passed, and has passed for a
 * while.
 *
 * Guarantees: a consumer that stands still, or has only been registered, holds everything from its
 * checkpoint on; nothing here is ever guessed by time alone.
 *
 * @module
 */
import { z } from "zod";
import { DamagedRecord } from "@/core/log/damage.ts";
import type { KvPort } from "@/core/log/kv.ts";
import type { CountingLogReader } from "@/core/log/reader.ts";
import { readCheckpoint } from "../checkpoint.ts";
import { keys } from "../keys.ts";
import { countAppended } from "../proof.ts";
import { listConsumers } from "../registry.ts";

export interface Floor {
  /** The last record that all consumers have passed; null: there is none. */
  readonly position: string | null;
  /** Who holds the rest; null when there is no consumer. */
  readonly heldBy: string | null;
}

async function readFloor(kv: KvPort, partition: number): Promise<Floor> {
  let floor: Floor | null = null;
  for (const { id, state } of await listConsumers(kv)) {
    if (state === "retired") continue;
    const { checkpoint: { committed } } = await readCheckpoint(kv, id, partition);
    if (floor === null || isBelow(committed, floor.position)) {
      floor = { position: committed, heldBy: id };
    }
  }
  return floor ?? { position: null, heldBy: null };
}

function isBelow(one: string | null, other: string | null): boolean {
  if (other === null) return false;
  return one === null || one < other;
}

const markSchema = z.object({
  /** When all consumers were seen to have passed it, in milliseconds since 1970. */
  at: z.number(),
  position: z.string().nullable(),
  /** Whether something waited behind it. */
  waiting: z.boolean(),
});
const marksSchema = z.array(markSchema);
type Mark = z.infer<typeof markSchema>;

/** Marks are made no closer than this. */
const apartMs = 60 * 60_000;

export interface Passed extends Floor {
  /** What was passed at least the margin ago: the log may be trimmed up to here. */
  readonly safe: string | null;
  /** Since when nothing was passed although something waits; null when all goes on. */
  readonly stalledSince: string | null;
}

export interface PassedOptions {
  readonly kv: KvPort;
  readonly reader: CountingLogReader;
  readonly partition: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly marginMs: number;
}

/** Notes how far all consumers are, and answers what was passed long enough ago. */
export async function passedFor(options: PassedOptions): Promise<Passed> {
  const { kv, reader, partition, now, marginMs } = options;
  const key = keys.passed(reader.generation, partition);
  const entry = await kv.get(key);
  const marks = entry.value === null ? [] : marksSchema.parse(entry.value);
  const floor = await readFloor(kv, partition);
  const waiting = await isWaiting(reader, partition, floor);
  const next = withMark(marks, { at: now, position: floor.position, waiting }, marginMs);
  // Whoever loses this race has seen the same.
  if (next !== marks) await kv.atomic().check(entry).set(key, next).commit();
  const safe = next.findLast(({ at }) => at <= now - marginMs)?.position ?? null;
  return {
    ...floor,
    safe: await counted(kv, reader, partition, lower(safe, floor.position)),
    stalledSince: waiting ? stalledSince(next, floor) : null,
  };
}

/** A consumer that was begun anew since is behind what was passed before. */
function lower(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return null;
  return one < other ? one : other;
}

function withMark(marks: readonly Mark[], mark: Mark, marginMs: number): readonly Mark[] {
  const last = marks.at(-1);
  // A clock that was put back begins anew: a mark must not seem older than it is.
  const past = marks.filter(({ at }) => at <= mark.at);
  const isDue = !last || past.length < marks.length || mark.at - last.at >= apartMs;
  if (!isDue) return marks;
  const safe = past.findLastIndex(({ at }) => at <= mark.at - marginMs);
  const standing = past.findIndex((one) => isStanding(one, mark.position));
  // The newest that is old enough, what came after it, and the first at which it all stood still.
  const kept = past.filter((_, at) => at >= safe || at === standing);
  return [...kept, mark];
}

/** Only what was counted may go: the count of all events must not lose those that are gone. */
async function counted(
  kv: KvPort,
  reader: CountingLogReader,
  partition: number,
  position: string | null,
): Promise<string | null> {
  if (position === null) return null;
  // What cannot be counted is not taken out; consumers tell of the damage.
  if (await unlessDamaged(countAppended(kv, reader, partition)) === null) return null;
  const { value } = await kv.get<{ last: string }>(keys.appended(reader.generation, partition));
  return value === null ? null : lower(position, value.last);
}

async function isWaiting(
  reader: CountingLogReader,
  partition: number,
  { position }: Floor,
): Promise<boolean> {
  const reading = reader.read(partition, { after: position, maxRecords: 1 });
  return (await unlessDamaged(reading.then(({ length }) => length > 0))) ?? true;
}

async function unlessDamaged<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof DamagedRecord) return null;
    throw error;
  }
}

/** A consumer that had nothing to do has not stood still. */
function isStanding(mark: Mark, position: string | null): boolean {
  return mark.waiting && mark.position === position;
}

function stalledSince(marks: readonly Mark[], { position }: Floor): string | null {
  const first = marks.find((mark) => isStanding(mark, position));
  return first ? new Date(first.at).toISOString() : null;
}
