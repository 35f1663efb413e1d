/**
 * What the cache did for a call, as columns: what sums and ranks are made of, and the whole decision as
 * JSON for whoever asks for one call.
 *
 * @module
 */
import type { CallData } from "@/core/event/call.ts";
import type { EventRow } from "./rows.ts";

export type CacheColumns = Pick<
  EventRow,
  | "saved_cost_usd"
  | "saved_latency_ms"
  | "cache_reason"
  | "cache_age_ms"
  | "cache_similarity"
  | "cache_source_event"
  | "cache_ttl_seconds"
  | "cache_components"
  | "cache_differs"
  | "cache_paths"
  | "cache_decision"
>;

export function cacheColumns(
  { cache_decision: decision, saved_cost_usd, saved_latency_ms }: CallData,
): CacheColumns {
  return {
    saved_cost_usd: saved_cost_usd ?? null,
    saved_latency_ms: saved_latency_ms ?? null,
    cache_reason: decision?.reason ?? null,
    cache_age_ms: decision?.age_ms ?? null,
    cache_similarity: decision?.similarity ?? null,
    cache_source_event: decision?.source_event?.toWellFormed() ?? null,
    cache_ttl_seconds: decision?.ttl_seconds ?? null,
    cache_components: { ...decision?.components },
    cache_differs: [...decision?.nearest?.differs ?? []],
    cache_paths: (decision?.nearest?.paths ?? []).map((path) => path.toWellFormed()),
    // JSON.stringify writes a lone surrogate as an escape.
    cache_decision: decision ? JSON.stringify(decision) : null,
  };
}
