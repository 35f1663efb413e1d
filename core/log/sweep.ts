/**
 * Removes blobs that were written ahead of a record that never came: the writer died between the two.
 *
 * Each step checks the mark it goes by. If the event is appended again meanwhile, its first commit
 * replaces or deletes the mark, so the step fails and nothing of the new attempt is lost.
 *
 * @module
 */
import { openBlobPrefix, payloadPrefix } from "./keys.ts";
import type { KvPort } from "./kv.ts";
import { type OpenBlob, openBlobSchema } from "./stage.ts";

export interface SweepOptions {
  readonly kv: KvPort;
  /** Marks younger than this are left alone, in milliseconds; by default a day. */
  readonly olderThanMs?: number;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

export interface Swept {
  /** Events whose blobs were removed. */
  readonly events: number;
  readonly chunks: number;
  /** Marks that cannot be read: they stay, and somebody should look. */
  readonly damaged: number;
}

const dayMs = 24 * 60 * 60 * 1000;
/** With the longest keys these stay inside an operation's bytes of keys. */
const deletesPerCommit = 50;

/** Sweeps once. Safe beside any writer and beside another sweep. */
export async function sweepBlobs(options: SweepOptions): Promise<Swept> {
  const { kv, olderThanMs = dayMs, clock = Date.now } = options;
  const swept = { events: 0, chunks: 0, damaged: 0 };
  for await (const mark of kv.list({ prefix: openBlobPrefix })) {
    const open = openBlobSchema.safeParse(mark.value);
    if (!open.success) {
      swept.damaged += 1;
      continue;
    }
    if (clock() - open.data.at < olderThanMs) continue;
    const chunks = chunkKeys(mark.key, open.data);
    if (!await remove(kv, mark, chunks)) continue;
    swept.events += 1;
    swept.chunks += chunks.length;
  }
  return swept;
}

/** Removes chunks, then their mark; false when the event was appended again meanwhile. */
async function remove(
  kv: KvPort,
  mark: Deno.KvEntry<unknown>,
  chunks: readonly Deno.KvKey[],
): Promise<boolean> {
  for (let from = 0; from < chunks.length; from += deletesPerCommit) {
    const operation = kv.atomic().check(mark);
    for (const key of chunks.slice(from, from + deletesPerCommit)) operation.delete(key);
    if (!(await operation.commit()).ok) return false;
  }
  return (await kv.atomic().check(mark).delete(mark.key).commit()).ok;
}

function chunkKeys(mark: Deno.KvKey, { blobs }: OpenBlob): Deno.KvKey[] {
  const [, project, id] = mark.map(String);
  return blobs.flatMap(([name, sha256, count]) => {
    const prefix = payloadPrefix(String(project), String(id), name, sha256);
    return Array.from({ length: count }, (_, i) => [...prefix, i]);
  });
}
