/**
 * What breaks hits: for each part of the key, how many misses would have been hits if that part had
 * been left out of it; and for single fields, how many misses differed from the request most alike in
 * nothing else.
 *
 * The first is played through on the log: calls that are equal in all other parts, in order of time,
 * each answer living as long as it was kept. The second is what the gateway found at the time.
 *
 * @module
 */
import { z } from "zod";
import type { ReadOptions } from "./contract.ts";
import type { CacheQuery } from "./cache_figures.ts";
import { exact } from "./settings.ts";
import type { Store } from "./store.ts";
import { where } from "./where.ts";

const count = z.number().int().nonnegative();
const rate = z.number().min(0).max(1);

export const missRankSchema = z.object({
  by: z.enum(["component", "path"]),
  eligible: count,
  misses: count,
  hit_rate: rate,
  /** The one that costs most hits first. */
  rows: z.array(z.object({
    /** A part of the key, or the place of a field in the body. */
    name: z.string(),
    /** Misses that would have been hits without it. */
    misses: count,
    /** Of all misses. */
    share: rate,
    hit_rate_without: rate,
  })),
});
export type MissRank = z.infer<typeof missRankSchema>;
export type MissBy = MissRank["by"];

const mostRows = 50;

interface Totals {
  readonly hits: string;
  readonly misses: string;
}

interface RankRow {
  readonly name: string;
  readonly misses: string;
}

export async function cacheMisses(
  store: Store,
  project: string,
  query: CacheQuery & { readonly by: MissBy },
  options: ReadOptions,
): Promise<MissRank> {
  const { range, filters, by } = query;
  const { sql, params } = where(project, range, filters);
  const readOptions = { ...options, settings: exact };
  const [[totals], ranked] = await Promise.all([
    store.query<Totals>(
      `SELECT countIf(startsWith(cache, 'HIT')) AS hits, countIf(cache = 'MISS') AS misses
      FROM events WHERE ${sql}`,
      params,
      readOptions,
    ),
    store.query<RankRow>(by === "path" ? byPath(sql) : byComponent(sql), params, readOptions),
  ]);
  const hits = Number(totals?.hits ?? 0);
  const misses = Number(totals?.misses ?? 0);
  const eligible = hits + misses;
  const share = (part: number, whole: number) => whole === 0 ? 0 : Math.min(1, part / whole);
  return {
    by,
    eligible,
    misses,
    hit_rate: share(hits, eligible),
    rows: ranked.map((row) => ({
      name: row.name,
      misses: Number(row.misses),
      share: share(Number(row.misses), misses),
      hit_rate_without: share(hits + Number(row.misses), eligible),
    })),
  };
}

function byPath(condition: string): string {
  return `SELECT toString(cache_paths[1]) AS name, count() AS misses
    FROM events WHERE ${condition} AND cache = 'MISS' AND length(cache_paths) = 1
    GROUP BY name ORDER BY misses DESC, name LIMIT ${mostRows}`;
}

/**
 * The part '' leaves nothing out: what misses although it is all the same (an answer that was not kept,
 * was removed or ran out) is no part's fault.
 */
function byComponent(condition: string): string {
  return `
    WITH played AS (
      SELECT part, sum(still) AS still
      FROM (
        SELECT
          part,
          arrayFold(
            (state, call) -> if(
              call.1 < state.1,
              state,
              (if(call.2 > 0, call.1 + call.2, state.1), state.2 + 1)
            ),
            arraySort(groupArray((at, ttl))),
            (toInt64(0), toUInt64(0))
          ).2 AS still
        FROM (
          SELECT
            toUnixTimestamp64Milli(timestamp) AS at,
            toInt64(ifNull(cache_ttl_seconds, 0)) * 1000 AS ttl,
            arrayJoin(arrayConcat([''], mapKeys(cache_components))) AS part,
            arraySort(arrayFilter(
              x -> x.1 != part,
              arrayZip(mapKeys(cache_components), mapValues(cache_components))
            )) AS others
          FROM events
          WHERE ${condition} AND cache = 'MISS' AND notEmpty(cache_components)
        )
        GROUP BY part, others
      )
      GROUP BY part
    )
    SELECT
      toString(part) AS name,
      toUInt64((SELECT still FROM played WHERE part = '') - still) AS misses
    FROM played
    WHERE part NOT IN ('', 'project') AND still < (SELECT still FROM played WHERE part = '')
    ORDER BY misses DESC, name LIMIT ${mostRows}`;
}
