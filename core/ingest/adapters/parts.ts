/**
 * What is known so far of something that is told of in parts: kept for a week, in the commit of the event
 * that told it.
 *
 * @module
 */
import { hash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Companion } from "../../log/contract.ts";
import type { KvPort } from "../../log/kv.ts";

export interface Known {
  /** The event that stands for it. */
  readonly event_id: string;
  /** The time of that event: it must stay. */
  readonly at: string;
  /** The parts that were taken, by their ids: the latest. */
  readonly applied: readonly string[];
  /** All that was said, the latest word on each field. */
  readonly body: Readonly<Record<string, unknown>>;
}

const lifeMs = 7 * 24 * 60 * 60 * 1_000;
const chunkBytes = 60_000;
const mostChunks = 7;
const mostApplied = 64;

const utf8 = new TextEncoder();
const text = new TextDecoder();

function keyOf(project: string, name: string, chunk: number): Deno.KvKey {
  return ["ingest_parts", hash("sha256", `${project}\0${name}`, "buffer").subarray(0, 16), chunk];
}

/** Null when nothing is known, or not any more. */
export async function readKnown(
  kv: Pick<KvPort, "getMany">,
  project: string,
  name: string,
): Promise<Known | null> {
  const keys = Array.from({ length: mostChunks }, (_, i) => keyOf(project, name, i));
  const entries = await kv.getMany(keys);
  const first = entries[0]?.value;
  if (!(first instanceof Uint8Array)) return null;
  const count = first[0] ?? 0;
  const chunks = entries.slice(0, count).map(({ value }) => value);
  if (chunks.length < count || !chunks.every((chunk) => chunk instanceof Uint8Array)) return null;
  const packed = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0) - 1);
  let at = 0;
  chunks.forEach((chunk, i) => {
    const part = i === 0 ? chunk.subarray(1) : chunk;
    packed.set(part, at);
    at += part.length;
  });
  try {
    // Written below, in this form alone.
    return JSON.parse(text.decode(inflateRawSync(packed))) as Known;
  } catch {
    // Chunks of two states that a takeover mixed: as good as nothing known.
    return null;
  }
}

/** What to store beside the event. Texts that are too large to keep are left out of it. */
export function knownCompanions(project: string, name: string, known: Known): Companion[] {
  const kept = { ...known, applied: known.applied.slice(-mostApplied) };
  let packed = packedOf(kept);
  if (packed.length > mostChunks * chunkBytes - 1) {
    const { input: _in, output: _out, ...body } = known.body;
    packed = packedOf({ ...kept, body });
  }
  if (packed.length > mostChunks * chunkBytes - 1) packed = packedOf({ ...kept, body: {} });
  const whole = new Uint8Array(packed.length + 1);
  whole.set(packed, 1);
  const count = Math.ceil(whole.length / chunkBytes);
  whole[0] = count;
  return Array.from({ length: count }, (_, i) => ({
    key: keyOf(project, name, i),
    value: whole.slice(i * chunkBytes, (i + 1) * chunkBytes),
    expireIn: lifeMs,
  }));
}

function packedOf(known: Known): Uint8Array {
  return deflateRawSync(utf8.encode(JSON.stringify(known)));
}
