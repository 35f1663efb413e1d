/**
 * Compression and hashing of what is kept beside a record. The runtime compresses on the loop's own
 * thread even where an interface is called asynchronous, so large inputs are worked on in slices and
 * the loop gets its turn between them.
 *
 * Deflate at level 1: on real LLM bodies zstd is about a quarter smaller for the same time, but
 * deflate exists on every platform and in every browser that may have to read these bytes.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { setImmediate } from "node:timers";
import {
  createDeflate,
  createInflate,
  type Deflate,
  deflateSync,
  type Inflate,
  inflateSync,
} from "node:zlib";
import { Damage } from "./damage.ts";

const level = 1;

/** Up to this size an input is worked on at once, and a larger one in slices of it: 0.1 ms or so. */
export const blockingBytes = 32 * 1024;

/** Bytes as they are kept beside a record. */
export interface Packed {
  readonly encoding: "deflate" | "identity";
  readonly bytes: Uint8Array;
  /** SHA-256 of the input, hex. */
  readonly sha256: string;
}

/** Packs a small input at once. */
export function packNow(input: Uint8Array): Packed {
  const sha256 = createHash("sha256").update(input).digest("hex");
  return smaller(input, deflateSync(input, { level }), sha256);
}

/** Packs an input of any size without holding up the loop. */
export async function pack(input: Uint8Array): Promise<Packed> {
  if (input.length <= blockingBytes) return packNow(input);
  const sha256 = await hash(input);
  return smaller(input, await throughStream(createDeflate({ level }), input, Infinity), sha256);
}

/**
 * Undoes `pack()`.
 *
 * @throws {Damage} when the bytes do not unpack to the expected length and hash
 */
export async function unpack(packed: Packed, length: number): Promise<Uint8Array> {
  const bytes = packed.encoding === "identity" ? packed.bytes : await inflated(packed, length);
  if (bytes.length !== length) throw new Damage(`${bytes.length} bytes instead of ${length}`);
  if (await hash(bytes) !== packed.sha256) throw new Damage("the hash differs");
  return bytes;
}

async function inflated({ bytes }: Packed, length: number): Promise<Uint8Array> {
  try {
    // Bounded: damaged bytes must not be able to fill the memory.
    if (length <= blockingBytes) return inflateSync(bytes, { maxOutputLength: length || 1 });
    return await throughStream(createInflate(), bytes, length);
  } catch (cause) {
    throw new Damage("it does not inflate", { cause });
  }
}

/** Sends bytes through a stream, slice by slice, and collects at most `most` bytes. */
async function throughStream(
  stream: Deflate | Inflate,
  input: Uint8Array,
  most: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let collected = 0;
  stream.on("data", (part: Uint8Array) => {
    parts.push(part);
    collected += part.length;
    if (collected > most) stream.destroy(new RangeError(`more than ${most} bytes`));
  });
  const ended = once(stream, "end");
  // Awaited below; a failure in between must not count as unhandled.
  ended.catch(() => {});
  for (const slice of slices(input)) {
    if (stream.destroyed) break;
    stream.write(slice);
    await turn();
  }
  stream.end();
  await ended;
  return concatenated(parts, collected);
}

async function hash(bytes: Uint8Array): Promise<string> {
  const hash = createHash("sha256");
  for (const slice of slices(bytes, hashedAtOnce)) {
    hash.update(slice);
    if (bytes.length > hashedAtOnce) await turn();
  }
  return hash.digest("hex");
}

/** Hashing is ten times faster than compressing. */
const hashedAtOnce = 8 * blockingBytes;

function* slices(bytes: Uint8Array, size = blockingBytes): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Lets everything else that waits have its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function concatenated(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function smaller(input: Uint8Array, deflated: Uint8Array, sha256: string): Packed {
  return deflated.length < input.length
    ? { encoding: "deflate", bytes: deflated, sha256 }
    : { encoding: "identity", bytes: input, sha256 };
}
