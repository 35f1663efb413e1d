/**
 * What the cache decided for one call.
 *
 * @module
 */
import { type CacheDecision, cacheDecisionSchema } from "../event/cache.ts";
import type { ReadOptions } from "./contract.ts";
import { newestFirst } from "./settings.ts";
import type { Store } from "./store.ts";

/** Null when the call is not known, or could not be cached. */
export async function cacheDecisionOf(
  store: Store,
  project: string,
  event: string,
  options: ReadOptions = {},
): Promise<CacheDecision | null> {
  const [row] = await store.query<{ readonly cache_decision: string | null }>(
    `SELECT cache_decision FROM events
    WHERE project_id = {project:String} AND event_id = {event_id:String}
    ORDER BY ${newestFirst} LIMIT 1`,
    { project, event_id: event },
    options,
  );
  return row ? readDecision(row.cache_decision) : null;
}

/** Null also for a decision that an unknown version wrote. */
export function readDecision(stored: string | null): CacheDecision | null {
  return stored === null ? null : cacheDecisionSchema.safeParse(JSON.parse(stored)).data ?? null;
}
