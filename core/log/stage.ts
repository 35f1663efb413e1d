/**
 * Payloads that are too large for their record's commit are written ahead of it, in several commits,
 * under a mark that the record's commit deletes. If the record never comes, `sweep.ts` finds the mark.
 *
 * @module
 */
import { z } from "zod";
import { type Chunk, weigh } from "./chunks.ts";
import { retried, type RetryPolicy } from "./commit.ts";
import { openBlobKey } from "./keys.ts";
import type { KvPort } from "./kv.ts";
import type { LogLimits } from "./limits.ts";
import type { Prepared } from "./prepare.ts";

/** What a mark says: when, and which blobs to remove if no record comes. */
export const openBlobSchema = z.object({
  at: z.number(),
  /** `[payload name, hash, number of chunks]`. */
  blobs: z.array(z.tuple([z.string(), z.string(), z.number().int().positive()])),
});
export type OpenBlob = z.infer<typeof openBlobSchema>;

export interface StageOptions {
  readonly kv: KvPort;
  readonly retry: RetryPolicy;
  readonly limits: LogLimits;
  readonly clock: () => number;
}

/** Writes an event's chunks. Repeating it stores the same bytes under the same keys. */
export async function stage(prepared: Prepared, options: StageOptions): Promise<void> {
  const { kv, retry, limits, clock } = options;
  const mark: OpenBlob = { at: clock(), blobs: blobsOf(prepared.chunks) };
  const key = openBlobKey(prepared.project, prepared.id);
  let first = true;
  for (const group of grouped(prepared.chunks, limits)) {
    await retried(retry, async () => {
      const operation = kv.atomic();
      if (first) operation.set(key, mark);
      for (const chunk of group) operation.set(chunk.key, chunk.value);
      await operation.commit();
    });
    first = false;
  }
}

/** Divides chunks into groups that each fit one atomic operation beside the mark. */
function grouped(chunks: readonly Chunk[], limits: LogLimits): Chunk[][] {
  const room = limits.atomicBytes - limits.chunkBytes;
  const groups: Chunk[][] = [];
  let taken = Infinity;
  for (const chunk of chunks) {
    const { values, keys } = weigh([chunk]);
    taken += values + 2 * keys;
    if (taken > room) {
      groups.push([]);
      taken = values + 2 * keys;
    }
    groups.at(-1)?.push(chunk);
  }
  return groups;
}

function blobsOf(chunks: readonly Chunk[]): OpenBlob["blobs"] {
  const counts = new Map<string, [string, string, number]>();
  for (const { key } of chunks) {
    const [name, sha256] = [String(key[3]), String(key[4])];
    const blob = counts.get(`${name}/${sha256}`);
    if (blob) blob[2] += 1;
    else counts.set(`${name}/${sha256}`, [name, sha256, 1]);
  }
  return [...counts.values()];
}
