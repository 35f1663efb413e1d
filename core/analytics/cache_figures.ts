/**
 * What the cache did over a range: outcomes, what they saved, and why calls took no part.
 *
 * @module
 */
import { z } from "zod";
import { cacheReasonSchema } from "../event/cache.ts";
import { cacheStatusSchema } from "../event/call.ts";
import { decimal, exactText } from "../pricing/decimal.ts";
import type { Filters, Range, ReadOptions } from "./contract.ts";
import { exact } from "./settings.ts";
import type { Store } from "./store.ts";
import { moneySchema } from "./types.ts";
import { where } from "./where.ts";

const count = z.number().int().nonnegative();
const rate = z.number().min(0).max(1);

export const cacheFiguresSchema = z.object({
  /** All calls of the range. */
  requests: count,
  /** Calls that the cache could answer: hits and misses. */
  eligible: count,
  hits: z.object({ exact: count, semantic: count, coalesced: count, total: count }),
  misses: count,
  bypassed: count,
  /** hits / eligible. */
  hit_rate: rate,
  /** hits / requests, as `cache_hit_rate` of the statistics. */
  hit_rate_of_all: rate,
  saved_cost_usd: moneySchema,
  /** Hits whose answer's price was not known. */
  hits_without_price: count,
  saved_latency_ms: z.number().nonnegative(),
  /** Why calls missed or took no part, the most frequent first. */
  reasons: z.array(z.object({
    cache: cacheStatusSchema,
    reason: cacheReasonSchema,
    requests: count,
  })),
});
export type CacheFigures = z.infer<typeof cacheFiguresSchema>;

interface Row {
  readonly cache: string;
  readonly reason: string | null;
  readonly requests: string;
  readonly without_price: string;
  readonly saved_ms: number;
  readonly saved: string;
}

export interface CacheQuery {
  readonly range: Range;
  readonly filters?: Filters;
}

/** Money is in US dollars, as decimal text. */
export async function cacheFigures(
  store: Store,
  project: string,
  { range, filters }: CacheQuery,
  options: ReadOptions,
): Promise<CacheFigures> {
  const condition = where(project, range, filters);
  const rows = await store.query<Row>(
    `SELECT
      cache,
      cache_reason AS reason,
      count() AS requests,
      countIf(isNull(saved_cost_usd) AND startsWith(cache, 'HIT')) AS without_price,
      sum(ifNull(saved_latency_ms, 0)) AS saved_ms,
      toString(sum(ifNull(saved_cost_usd, 0))) AS saved
    FROM events WHERE ${condition.sql}
    GROUP BY cache, cache_reason ORDER BY requests DESC, cache, cache_reason`,
    condition.params,
    { ...options, settings: exact },
  );
  const of = (matches: (row: Row) => boolean) =>
    rows.filter(matches).reduce((sum, row) => sum + Number(row.requests), 0);
  const requests = of(() => true);
  const hits = {
    exact: of(({ cache }) => cache === "HIT"),
    semantic: of(({ cache }) => cache === "HIT-SEMANTIC"),
    coalesced: of(({ cache }) => cache === "HIT-COALESCED"),
    total: of(({ cache }) => cache.startsWith("HIT")),
  };
  const misses = of(({ cache }) => cache === "MISS");
  const share = (part: number, whole: number) => whole === 0 ? 0 : part / whole;
  return {
    requests,
    eligible: hits.total + misses,
    hits,
    misses,
    bypassed: of(({ cache }) => cache === "BYPASS"),
    hit_rate: share(hits.total, hits.total + misses),
    hit_rate_of_all: share(hits.total, requests),
    saved_cost_usd: decimal(rows.reduce((sum, row) => sum + exactText(row.saved), 0n)),
    hits_without_price: rows.reduce((sum, row) => sum + Number(row.without_price), 0),
    saved_latency_ms: Math.round(rows.reduce((sum, row) => sum + row.saved_ms, 0)),
    reasons: rows.flatMap(({ cache, reason, requests }) => {
      const known = cacheReasonSchema.safeParse(reason);
      const status = cacheStatusSchema.parse(cache);
      return known.success && !cache.startsWith("HIT")
        ? [{ cache: status, reason: known.data, requests: Number(requests) }]
        : [];
    }),
  };
}
