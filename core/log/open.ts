/**
 * Opens a log: reads how it was created, or creates it. Safe from several processes at once.
 *
 * @module
 */
import { z } from "zod";
import { defaultRetry, retried } from "./commit.ts";
import { metaKey } from "./keys.ts";
import type { KvHandles, KvPort } from "./kv.ts";

const maxPartitions = 64;

const metaSchema = z.object({
  generation: z.number().int().positive(),
  partitions: z.number().int().min(1).max(maxPartitions),
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
 * @throws {AppError} `log_unavailable` when the store does not answer
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
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > maxPartitions) {
    throw new RangeError(`Cannot open the log: partitions must be 1 to ${maxPartitions}`);
  }
  // A new file may be locked for a moment by another process that opens it, hence the retry.
  const stored = await retried(defaultRetry, async () => {
    const found = await handles.write.get(metaKey);
    if (found.versionstamp !== null) return found.value;
    await create(handles.write, partitions, clock());
    return (await handles.write.get(metaKey)).value;
  });
  const meta = metaSchema.safeParse(stored);
  if (!meta.success) {
    throw new Error(`Cannot open the log: its identity is damaged: ${z.prettifyError(meta.error)}`);
  }
  const { generation, created_at } = meta.data;
  return { generation, partitions: meta.data.partitions, createdAt: created_at };
}

async function create(kv: KvPort, partitions: number, now: number): Promise<void> {
  const meta = {
    generation: Math.floor(now / 1000),
    partitions,
    created_at: new Date(now).toISOString(),
  };
  // A check that fails means that another process was first: its identity holds.
  await kv.atomic().check({ key: metaKey, versionstamp: null }).set(metaKey, meta).commit();
}
