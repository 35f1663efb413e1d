/** One route under so many cases: no fault, nothing kept, and what is taken reads back and projects. */
import fc from "fast-check";
import * as zlib from "node:zlib";
import { type Change, changes, mutated } from "./mutate.ts";
import { otlpBytes } from "./otlp_bytes.ts";
import type { FuzzRoute } from "./seeds.ts";
import { target } from "./target.ts";

export interface FuzzOptions {
  readonly cases: number;
  readonly seed?: number;
  /** Told now and then that it goes on. */
  readonly alive?: (done: number) => void;
}

export interface FuzzReport {
  readonly cases: number;
  /** Events that were stored. */
  readonly stored: number;
  /** Answers by their status. */
  readonly statuses: Readonly<Record<string, number>>;
}

const utf8 = new TextEncoder();

/** @throws {Error} with the smallest case that was found, and its seed */
export async function fuzzRoute(route: FuzzRoute, options: FuzzOptions): Promise<FuzzReport> {
  const { cases, seed, alive = () => {} } = options;
  const on = target();
  const texts = route.seeds.map((seed) => JSON.stringify(seed));
  const statuses: Record<string, number> = {};
  let done = 0;
  const property = fc.asyncProperty(
    fc.nat(route.seeds.length - 1),
    changes,
    fc.nat(99),
    fc.nat(2 ** 31 - 1),
    async (which, all, wrapping, bytesAt) => {
      const { body, headers } = request(route, texts[which] ?? "", all, wrapping, bytesAt, done++);
      if (done % 500 === 0) alive(done);
      const answer = await on.send(route.path, headers, body);
      const said = await answer.bytes();
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      if (answer.status >= 500) {
        const told = on.reports.splice(0).map(String).join("; ");
        throw new Error(`${answer.status}: ${new TextDecoder().decode(said)} ${told}`);
      }
      if (on.reports.length > 0) throw new Error(`reported: ${String(on.reports.splice(0))}`);
      if (on.held() !== 0) throw new Error(`${on.held()} bytes were not given back`);
    },
  );
  try {
    await fc.assert(property, { numRuns: cases, ...(seed !== undefined && { seed }) });
  } finally {
    await on.close();
  }
  return { cases: done, stored: on.stored(), statuses };
}

interface Sent {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Record<string, string>;
}

function request(
  { path, type }: FuzzRoute,
  seed: string,
  all: readonly Change[],
  wrapping: number,
  bytesAt: number,
  number: number,
): Sent {
  const changed = mutated(named(seed, number), all);
  const json = () => Uint8Array.from(utf8.encode(JSON.stringify(changed) ?? ""));
  const plain = type === "application/json" ? json() : otlpBytes(changed);
  const headers: Record<string, string> = { "content-type": type };
  if (path.startsWith("/v1/events") && wrapping % 10 === 0) {
    headers["idempotency-key"] = `key ${number % 1_000}`;
  }
  if (path.endsWith("/log")) headers["helicone-property-a"] = "é";
  // Three in four go as they are.
  if (wrapping < 75) return { body: plain, headers };
  if (wrapping < 80) return encoded("gzip", zlib.gzipSync(plain), headers);
  if (wrapping < 83) return encoded("zstd", zlib.zstdCompressSync(plain), headers);
  if (wrapping < 85) return encoded("deflate", zlib.deflateSync(plain), headers);
  if (wrapping < 88) return encoded(wrapping === 87 ? "br" : "gzip", plain, headers);
  if (wrapping < 90) return { body: plain, headers: { ...headers, "content-type": "text/plain" } };
  if (wrapping < 94) return { body: plain.subarray(0, bytesAt % (plain.length + 1)), headers };
  const broken = Uint8Array.from(plain);
  for (let i = 0; i < wrapping - 90; i++) {
    broken[(bytesAt >>> i) % broken.length] = bytesAt >>> (i + 3) & 255;
  }
  return wrapping === 99 ? encoded("gzip", zlib.gzipSync(broken).fill(0, 20), headers) : {
    body: broken,
    headers,
  };
}

function encoded(encoding: string, bytes: Uint8Array, headers: Record<string, string>): Sent {
  return { body: Uint8Array.from(bytes), headers: { ...headers, "content-encoding": encoding } };
}

/** The seed with ids of its own, so that no case is another one's repetition. */
function named(seed: string, number: number): unknown {
  const span = (number + 1).toString(16).padStart(16, "0");
  return JSON.parse(seed.replaceAll("$span", span).replaceAll("$id", `id-${number}-`));
}
