/**
 * Compression and hashing of what is kept beside a record. Small inputs are done at once, which costs
 * less than handing them over; larger ones on another thread, so that the loop goes on.
 *
 * Deflate at level 1: on real LLM bodies zstd is about a quarter smaller for the same time, but
 * deflate exists on every platform and in every browser that may have to read these bytes.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { deflate, deflateSync, inflate, inflateSync } from "node:zlib";
import { Damage } from "./damage.ts";

const level = 1;
const deflateLater = promisify<Uint8Array, { level: number }, Uint8Array>(deflate);
const inflateLater = promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(inflate);

/** Up to this size an input is worked on at once: about 0.1 ms of the loop's time. */
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
  const [sha256, deflated] = await Promise.all([hash(input), deflateLater(input, { level })]);
  return smaller(input, deflated, sha256);
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
  // Bounded: damaged bytes must not be able to fill the memory.
  const options = { maxOutputLength: Math.max(length, 1) };
  try {
    if (length <= blockingBytes) return inflateSync(bytes, options);
    return await inflateLater(bytes, options);
  } catch (cause) {
    throw new Damage("it does not inflate", { cause });
  }
}

async function hash(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= blockingBytes) return createHash("sha256").update(bytes).digest("hex");
  // The DOM types leave out shared memory, which `Uint8Array` may stand on; the digest reads both.
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return new Uint8Array(digest).toHex();
}

function smaller(input: Uint8Array, deflated: Uint8Array, sha256: string): Packed {
  return deflated.length < input.length
    ? { encoding: "deflate", bytes: deflated, sha256 }
    : { encoding: "identity", bytes: input, sha256 };
}
