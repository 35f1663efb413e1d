/**
 * Cuts packed bytes into chunks that fit a value, and puts them together again.
 *
 * @module
 */
import { Damage } from "./damage.ts";
import { keyBytes, payloadPrefix } from "./keys.ts";
import type { KvPort } from "./kv.ts";
import type { Packed } from "./compress.ts";
import type { LogLimits } from "./limits.ts";

/** One key-value pair that goes beside a record. */
export interface Chunk {
  readonly key: Deno.KvKey;
  readonly value: Uint8Array;
  readonly keyBytes: number;
}

/** What belongs to one payload, or to one event that is too large for a record. */
export interface Owner {
  readonly project: string;
  readonly id: string;
  /** The payload's name. */
  readonly name: string;
}

/** Bytes that chunks take in an atomic operation: of their values, and of their keys (once). */
export function weigh(chunks: readonly Chunk[]): { values: number; keys: number } {
  let values = 0;
  let keys = 0;
  for (const chunk of chunks) {
    values += chunk.value.length;
    keys += chunk.keyBytes;
  }
  return { values, keys };
}

/** Cuts. Empty input still gives one chunk, so that its presence can be checked. */
export function cut(owner: Owner, packed: Packed, limits: LogLimits): Chunk[] {
  const prefix = payloadPrefix(owner.project, owner.id, owner.name, packed.sha256);
  const size = keyBytes(prefix) + 24;
  const chunks: Chunk[] = [];
  for (let at = 0; at === 0 || at < packed.bytes.length; at += limits.chunkBytes) {
    chunks.push({
      key: [...prefix, chunks.length],
      value: packed.bytes.subarray(at, at + limits.chunkBytes),
      keyBytes: size,
    });
  }
  return chunks;
}

/**
 * Reads the chunks of a payload.
 *
 * @throws {Damage} when one is missing or is not bytes
 */
export async function gather(
  kv: KvPort,
  owner: Owner,
  sha256: string,
  count: number,
): Promise<Uint8Array> {
  const prefix = payloadPrefix(owner.project, owner.id, owner.name, sha256);
  const values: Uint8Array[] = [];
  for (let from = 0; from < count; from += keysPerRead) {
    const keys = Array.from(
      { length: Math.min(keysPerRead, count - from) },
      (_, i) => [...prefix, from + i],
    );
    for (const entry of await kv.getMany(keys)) {
      if (!(entry.value instanceof Uint8Array)) {
        throw new Damage(`chunk ${values.length} of ${count} is missing`);
      }
      values.push(entry.value);
    }
  }
  return joined(values);
}

/** What one `getMany()` may ask for. */
const keysPerRead = 10;

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
