/**
 * What breaks hits: for each part of the key, how many misses would have been hits if that part had
 * been left out of it; and for single fields, how many misses differed from the request most alike in
 * nothing else.
 *
 * The first is played through on the log: calls that are equal in all other parts, in order of time,
 * each answer living as long as it was kept. Of very many misses the latest are played. The second is
 * what the gateway found at the time.
 *
 * @module
 */
import { z } from "zod";
import type { ReadOptions } from "./contract.ts";
import type { CacheQuery } from "./cache_figures.ts";
import { exact } from "./settings.ts";
import type { Calls } from "./source.ts";
import type { Params, Store } from "./store.ts";
import { type Where, where } from "./where.ts";

const count = z.number().int().nonnegative();
const rate = z.number().min(0).max(1);

export const missRankSchema = z.object({
  by: z.enum(["component", "path"]),
  eligible: count,
  misses: count,
  hit_rate: rate,
  /** Misses among which `rows` counts: all of them, or by part the latest ones. */
  looked_at: count,
  /** The one that costs most hits first. */
  rows: z.array(z.object({
    /** A part of the key, or the place of a field in the body. */
    name: z.string(),
    /** Misses that would have been hits without it. */
    misses: count,
    /** Of those that were looked at. */
    share: rate,
    /** As if all misses were like those that were looked at. */
    hit_rate_without: rate,
    /**
     * Of a part: the fields in which such misses differ from the request most alike, the most frequent
     * first, as far as they were kept.
     */
    paths: z.array(z.string()).optional(),
  })),
});
export type MissRank = z.infer<typeof missRankSchema>;
export type MissBy = MissRank["by"];

const mostRows = 50;
/** As many are played at once, and those before would say the same. */
const mostPlayed = 25_000;

/** Fields that are told of one part. */
const mostPaths = 3;

interface RankRow {
  readonly name: string;
  readonly misses: number;
  readonly paths?: readonly string[];
}

interface Ranked {
  readonly lookedAt: number;
  readonly rows: readonly RankRow[];
}

/** @param most misses that are played at most, the latest of them */
export async function cacheMisses(
  calls: Calls,
  project: string,
  query: CacheQuery & { readonly by: MissBy },
  options: ReadOptions,
  most = mostPlayed,
): Promise<MissRank> {
  const { range, filters, by } = query;
  const condition = where(project, range, filters);
  const { hits, misses } = await outcomes(calls, project, query, options);
  const { lookedAt, rows } = by === "path"
    ? { lookedAt: misses, rows: await rankPaths(calls.store, condition, options) }
    : await rankComponents({ store: calls.store, condition }, { misses, most }, options);
  const eligible = hits + misses;
  const share = (part: number, whole: number) => whole === 0 ? 0 : Math.min(1, part / whole);
  return {
    by,
    eligible,
    misses,
    hit_rate: share(hits, eligible),
    looked_at: lookedAt,
    rows: rows.map((row) => {
      const ofLooked = share(row.misses, lookedAt);
      const more = lookedAt === misses ? row.misses : ofLooked * misses;
      return {
        name: row.name,
        misses: row.misses,
        share: ofLooked,
        hit_rate_without: share(hits + more, eligible),
        ...(row.paths && { paths: [...row.paths] }),
      };
    }),
  };
}

/** Hits and misses: of many calls they come from the sums. */
async function outcomes(
  { store, source }: Calls,
  project: string,
  { range, filters }: CacheQuery,
  options: ReadOptions,
) {
  const { sql, params } = await source({ project, range, filters }, {
    parts: ["requests"],
    groupBy: "cache",
  });
  const rows = await store.query<{ line: string; calls: string }>(
    `SELECT line, sum(requests) AS calls FROM (${sql}) GROUP BY line`,
    params,
    options,
  );
  const of = (meets: (cache: string) => boolean) =>
    rows.reduce((sum, { line, calls }) => meets(line) ? sum + Number(calls) : sum, 0);
  return {
    hits: of((cache) => cache.startsWith("HIT")),
    misses: of((cache) => cache === "MISS"),
  };
}

async function rankPaths(
  store: Store,
  { sql, params }: Where,
  options: ReadOptions,
): Promise<RankRow[]> {
  const rows = await store.query<{ name: string; misses: string }>(
    `SELECT toString(cache_paths[1]) AS name, count() AS misses
    FROM events WHERE ${sql} AND cache = 'MISS' AND length(cache_paths) = 1
    GROUP BY name ORDER BY misses DESC, name LIMIT ${mostRows}`,
    params,
    { ...options, settings: exact },
  );
  return rows.map(({ name, misses }) => ({ name, misses: Number(misses) }));
}

interface ToPlay {
  readonly misses: number;
  readonly most: number;
}

/** Calls that are alike but for one part, in order of time. */
interface AlikeRow {
  readonly part: string;
  /** Milliseconds after the first of them. */
  readonly times: readonly number[];
  /** How long each answer was kept, in milliseconds; one number when all were kept as long. */
  readonly lives: readonly number[];
}

async function rankComponents(
  of: { readonly store: Store; readonly condition: Where },
  { misses, most }: ToPlay,
  options: ReadOptions,
): Promise<Ranked> {
  const { store, condition: { sql, params } } = of;
  const missed = `${sql} AND cache = 'MISS'`;
  const since = misses > most ? await hourOf(store, missed, params, most, options) : 0;
  const latest = latestMisses(`${missed} AND notEmpty(cache_components)
    AND timestamp >= toDateTime({latest_since:UInt32}, 'UTC')`);
  const bound = { ...params, most, latest_since: since };
  const settings = { ...options, settings: exact };
  const parts = await store.query<{ name: string; played: string; differs: number }>(
    `SELECT toString(name) AS name, count() AS played, min(hash) != max(hash) AS differs
    FROM (${latest}) ARRAY JOIN names AS name, hashes AS hash GROUP BY name`,
    bound,
    settings,
  );
  // Calls whose parts are not known are misses, too: only when some were left out is it fewer.
  const lookedAt = since === 0 ? misses : Math.max(0, ...parts.map(({ played }) => Number(played)));
  // Without a part that is the same in all of them, they are as alike as they are with it.
  const differing = parts.flatMap(({ name, differs }) => differs && name !== "project" ? name : []);
  if (differing.length === 0) return { lookedAt, rows: [] };
  const groups = await store.query<AlikeRow>(
    alikeBut(latest),
    { ...bound, differing: ["", ...differing] },
    settings,
  );
  const won = new Map<string, number>();
  for (const group of groups) won.set(group.part, (won.get(group.part) ?? 0) + hitsAmong(group));
  // What would be a hit although all of it counts (an answer that was not kept or was removed) is no
  // part's merit.
  const anyway = won.get("") ?? 0;
  const rows = differing
    .map((name) => ({ name, misses: (won.get(name) ?? 0) - anyway }))
    .filter(({ misses }) => misses > 0)
    .sort((a, b) => b.misses - a.misses || (a.name < b.name ? -1 : 1))
    .slice(0, mostRows);
  if (rows.length === 0) return { lookedAt, rows };
  const paths = await pathsOfParts(store, missed, bound, settings);
  return {
    lookedAt,
    rows: rows.map((row) => ({ ...row, paths: paths.get(row.name) ?? [] })),
  };
}

/** By part, where those misses differ that differ in it alone. */
async function pathsOfParts(
  store: Store,
  missed: string,
  params: Params,
  options: ReadOptions,
): Promise<Map<string, string[]>> {
  const rows = await store.query<{ part: string; path: string }>(
    `SELECT toString(cache_differs[1]) AS part, toString(path) AS path
    FROM events ARRAY JOIN cache_paths AS path
    WHERE ${missed} AND length(cache_differs) = 1
      AND timestamp >= toDateTime({latest_since:UInt32}, 'UTC')
    GROUP BY part, path ORDER BY count() DESC, path LIMIT ${mostPaths} BY part`,
    params,
    options,
  );
  const found = new Map<string, string[]>();
  for (const { part, path } of rows) found.set(part, [...found.get(part) ?? [], path]);
  return found;
}

/** How many of them would have been answered from the cache: each answer is given until it has run out. */
function hitsAmong({ times, lives }: AlikeRow): number {
  let hits = 0;
  let until = -Infinity;
  times.forEach((time, i) => {
    if (time < until) hits++;
    else until = time + (lives[i] ?? lives[0] ?? 0);
  });
  return hits;
}

/** The latest hour, in seconds since 1970, with so many misses in it and after it. */
async function hourOf(
  store: Store,
  missed: string,
  params: Params,
  most: number,
  options: ReadOptions,
): Promise<number> {
  const hours = await store.query<{ at: number; misses: string }>(
    `SELECT toUnixTimestamp(toStartOfHour(timestamp)) AS at, count() AS misses
    FROM events WHERE ${missed} GROUP BY at ORDER BY at DESC`,
    params,
    options,
  );
  let found = 0;
  const hour = hours.find(({ misses }) => (found += Number(misses)) >= most);
  return hour?.at ?? 0;
}

/** The latest of them, with the hash of each part of their keys. */
function latestMisses(condition: string): string {
  return `SELECT toUnixTimestamp64Milli(timestamp) AS at,
      toInt64(ifNull(cache_ttl_seconds, 0)) * 1000 AS life,
      mapKeys(cache_components) AS names,
      arrayMap((name, value) -> cityHash64(name, value), names, mapValues(cache_components))
        AS hashes
    FROM events WHERE ${condition}
    ORDER BY timestamp DESC, event_id DESC LIMIT {most:UInt32}`;
}

/**
 * Calls that are alike but for one part; under the part '' those that are alike in all. They are compared
 * by the sum of the hashes of their parts, without the one. Calls that no other is like are left out.
 */
function alikeBut(latest: string): string {
  return `
    SELECT part, arrayMap(call -> toFloat64(call.1 - calls[1].1), calls) AS times,
      if(arrayUniq(calls.2) = 1, [toFloat64(calls[1].2)], arrayMap(call -> toFloat64(call.2), calls))
        AS lives
    FROM (
      SELECT part, arraySort(groupArray((at, life))) AS calls
      FROM (
        SELECT at, life, one.1 AS part, arraySum(hashes) - one.2 AS others
        FROM (${latest})
        ARRAY JOIN arrayFilter(
          one -> has({differing:Array(String)}, one.1),
          arrayConcat(
            [('', toUInt64(0))],
            arrayZip(arrayMap(name -> toString(name), names), hashes)
          )
        ) AS one
      )
      GROUP BY part, others HAVING count() > 1
    )`;
}
