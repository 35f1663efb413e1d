/**
 * Erasure of what the cache has in its stores, for a process that has no cache of its own: nothing of it
 * is in memory there.
 *
 * @module
 */
import type { KvPort } from "../log/kv.ts";
import { createKvEntries } from "./exact/kv_entries.ts";
import type { IsErased } from "./owner.ts";
import type { BeyondIndex } from "./semantic/beyond/port.ts";
import { eraseStored } from "./semantic/stored_entry.ts";

export interface ErasePorts {
  readonly kv: KvPort;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly beyond?: Pick<BeyondIndex, "erase">;
}

/** Removes a project's erased answers and questions; resolves to the number of both. */
export async function eraseCached(
  ports: ErasePorts,
  project: string,
  isErased: IsErased,
): Promise<number> {
  const entries = createKvEntries(ports);
  const answers = await entries.erase(project, isErased);
  // Those who have them in memory look again.
  if (answers.length > 0) await entries.advanceEpoch(project);
  return answers.length + (await eraseStored(ports, project, isErased)).length;
}
