/**
 * Gives a log that was brought back from a copy an identity of its own. The copy goes on from an older
 * state, so it will hand out positions that the lost log has handed out as well: without a new
 * generation, analytics would take new events for repetitions of lost ones.
 *
 * @module
 */
import { metaKey } from "./keys.ts";
import type { KvPort } from "./kv.ts";
import { type LogIdentity, openLog } from "./open.ts";

/**
 * Safe to repeat. Nothing else may have the log open.
 *
 * @param now milliseconds since 1970
 */
export async function renewLog(kv: KvPort, now: number): Promise<LogIdentity> {
  const handles = { write: kv, read: kv };
  const { generation, partitions, createdAt } = await openLog(handles);
  const next = Math.max(generation + 1, Math.floor(now / 1000));
  await kv.set(metaKey, { generation: next, partitions, created_at: createdAt });
  return await openLog(handles);
}
