/**
 * Questions about the cache that the events answer.
 *
 * @module
 */
import type { CacheDecision } from "../event/cache.ts";
import { cacheDecisionOf } from "./cache_decision.ts";
import { type CacheFigures, cacheFigures, type CacheQuery } from "./cache_figures.ts";
import { cacheMisses, type MissBy, type MissRank } from "./cache_misses.ts";
import type { ReadOptions } from "./contract.ts";
import { type CallsOptions, createCalls } from "./source.ts";
import type { Store } from "./store.ts";

export interface CacheAnalytics {
  figures(project: string, query: CacheQuery, options?: ReadOptions): Promise<CacheFigures>;
  misses(
    project: string,
    query: CacheQuery & { readonly by: MissBy },
    options?: ReadOptions,
  ): Promise<MissRank>;
  /** What was decided for a call; null when that is not known. */
  decision(project: string, event: string, options?: ReadOptions): Promise<CacheDecision | null>;
}

export function createCacheAnalytics(store: Store, sources: CallsOptions = {}): CacheAnalytics {
  const calls = createCalls(store, sources);
  return {
    figures: (project, query, options = {}) => cacheFigures(store, project, query, options),
    misses: (project, query, options = {}) => cacheMisses(calls, project, query, options),
    decision: (project, event, options = {}) => cacheDecisionOf(store, project, event, options),
  };
}
