/**
 * A readable copy of a body that the provider compressed. The client gets the compressed bytes; this
 * copy is for the record, so it may be cut but must never fail the call.
 *
 * @module
 */
import {
  brotliDecompressSync,
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib";
import type { Transform } from "node:stream";
import type { Capture } from "./capture.ts";

/** How a body was compressed, or null when it was not in a way that we know. */
export type Coding = keyof typeof codings;

interface Options {
  readonly maxOutputLength: number;
}

/** A body that was cut still gives what it holds: flush what came instead of asking for the end. */
const zlibOptions = { finishFlush: constants.Z_SYNC_FLUSH };
const brotliOptions = { finishFlush: constants.BROTLI_OPERATION_FLUSH };

const codings = {
  gzip: {
    whole: (bytes: Uint8Array, options: Options) =>
      gunzipSync(bytes, { ...zlibOptions, ...options }),
    stream: (): Transform => createGunzip(zlibOptions),
  },
  deflate: {
    whole: (bytes: Uint8Array, options: Options) =>
      inflateSync(bytes, { ...zlibOptions, ...options }),
    stream: (): Transform => createInflate(zlibOptions),
  },
  br: {
    whole: (bytes: Uint8Array, options: Options) =>
      brotliDecompressSync(bytes, { ...brotliOptions, ...options }),
    stream: (): Transform => createBrotliDecompress(brotliOptions),
  },
  zstd: {
    whole: (bytes: Uint8Array, options: Options) => zstdDecompressSync(bytes, options),
    stream: (): Transform => createZstdDecompress(),
  },
} as const;

/** The coding that a `content-encoding` header names; null for none, several, or an unknown one. */
export function codingOf(header: string | null): Coding | null {
  const name = header?.trim().toLowerCase().replace(/^x-/, "");
  // It is a name of the table.
  return name !== undefined && Object.hasOwn(codings, name) ? name as Coding : null;
}

/** Bodies up to this size are decompressed at once; larger ones by the stream, off this turn. */
const atOnce = 256 * 1024;
/** More than any answer is: what goes on growing was made to. */
const mostRead = 64 * 1024 * 1024;

/**
 * Decompresses into a capture, which bounds what a small body can grow to in memory; how long it is read
 * is bounded too. What cannot be read is left out.
 */
export async function decompress(bytes: Uint8Array, coding: Coding, into: Capture): Promise<void> {
  if (bytes.length <= atOnce) {
    try {
      into.push(codings[coding].whole(bytes, { maxOutputLength: 4 * atOnce }));
      return;
    } catch {
      // Cut, broken or very well compressed: the stream gives what can be had.
    }
  }
  await new Promise<void>((resolve) => {
    const stream = codings[coding].stream();
    stream.on("data", (chunk: Uint8Array) => {
      into.push(chunk);
      if (into.total > mostRead) stream.destroy();
    });
    stream.on("error", () => resolve());
    stream.on("close", () => resolve());
    stream.on("end", () => resolve());
    stream.end(bytes);
  });
}
