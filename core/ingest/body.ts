/**
 * The body of a request: read whole, decompressed and parsed, each within its limit, so that nothing
 * a client sends takes more memory or time than a body of 10 MiB.
 *
 * @module
 */
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { AppError } from "../error.ts";
import type { Share } from "./budget.ts";
import type { IngestLimits } from "./limits.ts";

/**
 * @param share takes what the body needs of the memory for all bodies
 * @throws {AppError} `body_too_large`, `body_timeout`, `compression_ratio`, `unsupported_encoding`,
 * `rate_limited`, `bad_request`
 */
export async function readBody(
  request: Request,
  limits: IngestLimits,
  share: Share,
): Promise<Uint8Array> {
  const encoding = (request.headers.get("content-encoding") ?? "").trim().toLowerCase();
  const inflate = encoding === "" || encoding === "identity" ? null : decoders.get(encoding);
  if (inflate === undefined) throw new AppError("unsupported_encoding", { encoding });
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limits.bytes) throw tooLarge(limits);
  const sent = await readAll(request, limits, share);
  if (!inflate) return sent;
  const body = await decompressed(sent, inflate, limits);
  share.take(body.length);
  return body;
}

type Inflate = (bytes: Uint8Array, most: number) => Promise<Uint8Array>;

function decoder(
  decode: (
    bytes: Uint8Array,
    options: { maxOutputLength: number },
    done: (error: Error | null, result: Uint8Array) => void,
  ) => void,
): Inflate {
  const promised = promisify(decode);
  return (bytes, maxOutputLength) => promised(bytes, { maxOutputLength });
}

/** Each runs on another thread and stops at the bound. */
const decoders: ReadonlyMap<string, Inflate> = new Map([
  ["gzip", decoder(zlib.gunzip)],
  ["x-gzip", decoder(zlib.gunzip)],
  ["deflate", decoder(zlib.inflate)],
  ["zstd", decoder(zlib.zstdDecompress)],
]);

async function readAll(
  request: Request,
  limits: IngestLimits,
  share: Share,
): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array(0);
  const reader = request.body.getReader();
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => {});
  }, limits.milliseconds);
  try {
    const chunks: Uint8Array[] = [];
    let total = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      total += part.value.length;
      if (total > limits.bytes) throw tooLarge(limits);
      share.take(part.value.length);
      chunks.push(part.value);
    }
    if (late) throw new AppError("body_timeout");
    return joined(chunks, total);
  } catch (error) {
    reader.cancel().catch(() => {});
    if (error instanceof AppError) throw error;
    throw new AppError("bad_request", {
      fields: [{ field: "body", expected: "must arrive whole" }],
    }, { cause: error });
  } finally {
    clearTimeout(deadline);
  }
}

function joined(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const [only] = chunks;
  if (only && chunks.length === 1) return only;
  const whole = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

async function decompressed(
  sent: Uint8Array,
  inflate: Inflate,
  limits: IngestLimits,
): Promise<Uint8Array> {
  // Whatever the ratio of a small body is, it does no harm.
  const byRatio = Math.max(limits.freeBytes, sent.length * limits.ratio);
  const most = Math.min(limits.bytes, byRatio);
  try {
    return await inflate(sent, most);
  } catch (error) {
    if (isOverflow(error)) {
      throw most < limits.bytes
        ? new AppError("compression_ratio", { limit: limits.ratio })
        : tooLarge(limits);
    }
    throw new AppError("bad_request", {
      fields: [{ field: "body", expected: "must be what Content-Encoding says" }],
    });
  }
}

function isOverflow(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}

function tooLarge(limits: IngestLimits): AppError {
  return new AppError("body_too_large", { limit_bytes: limits.bytes });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Parses a body as JSON.
 *
 * @throws {AppError} `invalid_json`, `json_too_deep`
 */
export function parseBody(bytes: Uint8Array, limits: Pick<IngestLimits, "depth">): unknown {
  if (isTooDeep(bytes, limits.depth)) {
    throw new AppError("json_too_deep", { limit_levels: limits.depth });
  }
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new AppError("invalid_json");
  }
}

/** Looks at the bytes, before anything recursive does. Texts, most of a body, are leapt over. */
function isTooDeep(bytes: Uint8Array, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = endOfText(bytes, at);
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > most) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}

const quote = 0x22;
const backslash = 0x5c;

/** Where the text ends that begins here; the body's end when it does not. */
function endOfText(bytes: Uint8Array, begin: number): number {
  for (let end = begin;;) {
    end = bytes.indexOf(quote, end + 1);
    if (end < 0) return bytes.length;
    let slashes = 0;
    while (bytes[end - 1 - slashes] === backslash) slashes++;
    // A quote after an odd number of backslashes belongs to the text.
    if (slashes % 2 === 0) return end;
  }
}
