/**
 * A few hundred thousand used ids in the store, divided into buckets by their hash: to look one up is to
 * read one value. Written once, and gone by itself when its ids are forgotten.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { z } from "zod";
import { defaultRetry, retried } from "../../log/commit.ts";
import type { KvPort } from "../../log/kv.ts";
import { Absence } from "./absence.ts";
import { entryBytes, type Found, foundAt, isOf, randomOdd, word } from "./entry.ts";

export interface Segment {
  readonly id: string;
  /** Buckets are two to this power. */
  readonly bits: number;
  /** What spreads the ids over the buckets: nobody can choose ids that crowd one. */
  readonly salt: number;
  /** When it may be let go, in milliseconds since 1970. */
  readonly until: number;
  readonly absence: Absence;
}

/** What the store says of a segment. */
const headSchema = z.object({
  id: z.string(),
  bits: z.number().int().min(0).max(24),
  salt: z.number().int(),
  until: z.number(),
  /** Values that its filter stands in. */
  filterParts: z.number().int().positive(),
});

const headPlace = "ids_segment";
const partPlace = "ids_part";
/** Bytes of one value. */
const partBytes = 60_000;
/** Values of one commit: they stay inside the bytes of an atomic operation. */
const partsPerCommit = 10;
/** Ids that a bucket holds on average: it fits into a value with many more. */
const idsPerBucket = 1_024;
/** What one `getMany()` may ask for. */
const keysPerRead = 10;

/** Writes entries as a segment, which nobody finds before `publish()`. */
export async function writeSegment(
  kv: Pick<KvPort, "atomic">,
  entries: Uint8Array,
  until: number,
  expireIn: number,
): Promise<Segment> {
  const count = entries.length / entryBytes;
  const bits = Math.max(0, Math.ceil(Math.log2(count / idsPerBucket)));
  const id = crypto.randomUUID();
  const salt = randomOdd();
  const absence = Absence.of(count);
  const parts: (readonly [string | number, Uint8Array])[] = [
    ...await bucketsOf(entries, { bits, salt }, absence),
    ...filterParts(absence.bytes),
  ];
  for (let from = 0; from < parts.length; from += partsPerCommit) {
    await retried(defaultRetry, async () => {
      const operation = kv.atomic();
      for (const [name, value] of parts.slice(from, from + partsPerCommit)) {
        operation.set([partPlace, id, name], value, { expireIn });
      }
      await operation.commit();
    });
  }
  return { id, bits, salt, until, absence };
}

/** What makes a segment known to all processes, as part of an operation. */
export function publish(
  operation: Deno.AtomicOperation,
  { id, bits, salt, until, absence }: Segment,
  expireIn: number,
): Deno.AtomicOperation {
  const head = { id, bits, salt, until, filterParts: filterParts(absence.bytes).length };
  return operation.set([headPlace, id], head, { expireIn });
}

/** Every segment of the store, but for those that are known. */
export async function readSegments(
  kv: Pick<KvPort, "list" | "getMany">,
  known: ReadonlySet<string>,
): Promise<Segment[]> {
  const segments: Segment[] = [];
  for await (const { value } of kv.list({ prefix: [headPlace] })) {
    const head = headSchema.safeParse(value);
    if (!head.success || known.has(head.data.id)) continue;
    const { id, bits, salt, until } = head.data;
    const parts = await readParts(kv, filterKeys(head.data));
    // Without its filter a segment has to be asked for every id.
    const bytes = parts.every((part) => part !== null) ? joined(parts) : new Uint8Array(0);
    const absence = new Absence(bytes.length > 0 ? bytes : new Uint8Array(8).fill(255));
    segments.push({ id, bits, salt, until, absence });
  }
  return segments;
}

/** The marks' entries in segments that may have them, in the order of the questions. */
export async function lookUp(
  kv: Pick<KvPort, "getMany">,
  questions: readonly { readonly segment: Segment; readonly mark: Uint8Array }[],
): Promise<(Found | null)[]> {
  const keys = questions.map(({ segment, mark }): Deno.KvKey => [
    partPlace,
    segment.id,
    bucketOf(word(mark, 8), segment),
  ]);
  const buckets = await readParts(kv, keys);
  // As many buckets as questions.
  return questions.map(({ mark }, i) => inBucket(buckets[i] ?? null, mark));
}

function inBucket(bucket: Uint8Array | null, mark: Uint8Array): Found | null {
  if (!bucket) return null;
  let latest: Found | null = null;
  for (let at = 0; at + entryBytes <= bucket.length; at += entryBytes) {
    if (!isOf(mark, bucket, at)) continue;
    const found = foundAt(bucket, at);
    if (!latest || found.at >= latest.at) latest = found;
  }
  return latest;
}

async function readParts(
  kv: Pick<KvPort, "getMany">,
  keys: readonly Deno.KvKey[],
): Promise<(Uint8Array | null)[]> {
  const reads: Promise<Deno.KvEntryMaybe<unknown>[]>[] = [];
  for (let at = 0; at < keys.length; at += keysPerRead) {
    reads.push(kv.getMany(keys.slice(at, at + keysPerRead)));
  }
  return (await Promise.all(reads)).flat()
    .map(({ value }) => value instanceof Uint8Array ? value : null);
}

type Spread = Pick<Segment, "bits" | "salt">;

function bucketOf(number: number, { bits, salt }: Spread): number {
  return bits === 0 ? 0 : Math.imul(number, salt) >>> (32 - bits);
}

/** The entries by bucket, and all of them in the filter; the loop has its turn in between. */
async function bucketsOf(
  entries: Uint8Array,
  spread: Spread,
  absence: Absence,
): Promise<(readonly [number, Uint8Array])[]> {
  const counts = new Uint32Array(2 ** spread.bits);
  for (let at = 0; at < entries.length; at += entryBytes) {
    const bucket = bucketOf(word(entries, at + 8), spread);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const buckets = Array.from(counts, (count) => new Uint8Array(count * entryBytes));
  const filled = new Uint32Array(buckets.length);
  for (let at = 0; at < entries.length; at += entryBytes) {
    const bucket = bucketOf(word(entries, at + 8), spread);
    const to = filled[bucket] ?? 0;
    buckets[bucket]?.set(entries.subarray(at, at + entryBytes), to);
    filled[bucket] = to + entryBytes;
    absence.add(entries, at);
    if (at % (entryBytes * turnEvery) === 0) await turn();
  }
  return buckets.flatMap((bucket, i) => bucket.length > 0 ? [[i, bucket] as const] : []);
}

/** Entries that are worked on at once: a millisecond or so. */
const turnEvery = 4_096;

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function filterParts(bytes: Uint8Array): (readonly [string, Uint8Array])[] {
  return Array.from(
    { length: Math.ceil(bytes.length / partBytes) },
    (_, i) => [`filter${i}`, bytes.subarray(i * partBytes, (i + 1) * partBytes)],
  );
}

function filterKeys({ id, filterParts }: { id: string; filterParts: number }): Deno.KvKey[] {
  return Array.from({ length: filterParts }, (_, i) => [partPlace, id, `filter${i}`]);
}

function joined(parts: readonly (Uint8Array | null)[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + (part?.length ?? 0), 0));
  let at = 0;
  for (const part of parts) {
    if (!part) continue;
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
