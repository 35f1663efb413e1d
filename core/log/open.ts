/**
 * Opens a log: reads how it was created, or creates it. Safe from several processes at once.
 *
 * @module
 */
import { z } from "zod";
import { metaKey } from "./keys.ts";
import type { KvHandles } from "./kv.ts";

const metaSchema = z.object({
  generation: z.number().int().positive(),
  partitions: z.number().int().min(1).max(64),
  created_at: z.iso.datetime({ precision: 3 }),
});

/** What is fixed when a log is created. */
export interface LogIdentity {
  /**
   * Tells this log from any other one that fed the same analytics: the second of its creation, so
   * that a log made anew in an emptied directory does not repeat the old one's positions.
   */
  readonly generation: number;
  readonly partitions: number;
  /** UTC with milliseconds. */
  readonly createdAt: string;
}

export interface OpenLogOptions {
  /** Used when the log is created here; an existing log keeps its own number. */
  readonly partitions?: number;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/**
 * Reads the log's identity, creating it when there is none.
 *
 * @throws {Error} when the stored identity is not readable
 *
 * @example
 * ```ts
 * import { openLog } from "@/core/log/open.ts";
 * import { expect } from "expect";
 *
 * const kv = await Deno.openKv(":memory:");
 * const log = await openLog({ write: kv, read: kv }, { partitions: 8 });
 * expect(await openLog({ write: kv, read: kv }, { partitions: 2 })).toEqual(log);
 * kv.close();
 * ```
 */
export async function openLog(
  handles: KvHandles,
  { partitions = 4, clock = Date.now }: OpenLogOptions = {},
): Promise<LogIdentity> {
  const now = clock();
  const fresh = metaSchema.parse({
    generation: Math.floor(now / 1000),
    partitions,
    created_at: new Date(now).toISOString(),
  });
  // A check that fails means that another process was first, or that the log was there before.
  await handles.write.atomic().check({ key: metaKey, versionstamp: null }).set(metaKey, fresh)
    .commit();
  const stored = metaSchema.safeParse((await handles.write.get(metaKey)).value);
  if (!stored.success) {
    throw new Error(`Cannot open the log: its identity is damaged: ${stored.error.message}`);
  }
  const { generation, created_at } = stored.data;
  return { generation, partitions: stored.data.partitions, createdAt: created_at };
}
