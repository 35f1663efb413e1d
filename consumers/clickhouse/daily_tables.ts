/**
 * What is kept of each day beside its sums: what users, keys and properties used, and what prompts cost.
 *
 * @module
 */
import { dayContents, listedContents } from "@/core/analytics/rollup_content.ts";
import { between } from "./between.ts";
import type { DailyTable } from "./sealed_days.ts";

export interface Bounds {
  /** Values of one user, key or property column that a day keeps a row for; the others make one row. */
  readonly values: number;
  /** Names of properties that are kept apart in a day. */
  readonly names: number;
  /** Prompts of a day that are kept apart from the rest. */
  readonly prompts: number;
}

export const bounds: Bounds = { values: 10_000, names: 200, prompts: 1_000 };

const ofDays = `project_id = {project:String} AND counted
  AND ${between}
  AND has({days:Array(String)}, toString(toUnixTimestamp(toStartOfDay(timestamp))))`;
const madeOf = (day: string) =>
  `toUInt64({mades:Array(String)}[indexOf({days:Array(String)}, toString(toUnixTimestamp(${day})))])`;
const settings = "SETTINGS final = 1, do_not_merge_across_partitions_select_final = 1";

/**
 * A program may put a number of its own into each call: of each facet and name the values that cost most
 * have rows, and of the names those that most calls have.
 */
export function facetsByDay({ values, names }: Omit<Bounds, "prompts"> = bounds): DailyTable {
  return {
    unit: "facets",
    contents: dayContents,
    day: "toStartOfHour(timestamp)",
    insert: `INSERT INTO facets_by_day
      (project_id, facet, name, start, made, is_rest, value, has_rest, requests, errors, cached,
        unpriced, input, output, cost, saved, last_seen, provider_least, provider_most, dearest)
    SELECT {project:String}, facet, if(name_rank > ${names}, '', name) AS kept_name, day,
      ${madeOf("day")}, name_rank > ${names} OR value_rank > ${values} AS of_rest,
      if(of_rest, '', value) AS kept_value, max(value_count > ${values} OR name_rank > ${names}),
      sum(r), sum(e), sum(h), sum(u), sum(i), sum(o), sum(c), sum(s), max(l), min(p), max(q), max(c)
    FROM (
      SELECT *,
        row_number() OVER (PARTITION BY day, facet, name ORDER BY c DESC, r DESC, value) AS value_rank,
        count() OVER (PARTITION BY day, facet, name) AS value_count,
        dense_rank() OVER (PARTITION BY day, facet ORDER BY name_requests DESC, name) AS name_rank
      FROM (
        SELECT *, sum(r) OVER (PARTITION BY day, facet, name) AS name_requests FROM (
          SELECT toStartOfDay(timestamp) AS day, one.1 AS facet, one.2 AS name, one.3 AS value,
            count() AS r, countIf(status != 'success') AS e, countIf(startsWith(cache, 'HIT')) AS h,
            countIf(cost_usd IS NULL) AS u, sum(tokens_input) AS i, sum(tokens_output) AS o,
            sum(ifNull(cost_usd, 0)) AS c, sum(ifNull(saved_cost_usd, 0)) AS s,
            max(timestamp) AS l, min(toString(provider)) AS p, max(toString(provider)) AS q
          FROM events
          ARRAY JOIN arrayConcat(
            [('user', '', ifNull(user_id, '')), ('key', '', toString(key_id))],
            arrayMap((n, v) -> ('property', toString(n), v), mapKeys(properties), mapValues(properties))
          ) AS one
          WHERE ${ofDays}
          GROUP BY day, facet, name, value
        )
      )
    )
    GROUP BY facet, kept_name, day, of_rest, kept_value
    ${settings}`,
  };
}

export const promptsByDay: DailyTable = {
  unit: "prompts",
  contents: listedContents,
  day: "timestamp",
  insert: `INSERT INTO prompts_by_day (project_id, start, made, prompt, requests, cost, dearest)
    SELECT {project:String}, toStartOfDay(timestamp) AS day, ${
    madeOf("day")
  }, preview_hash, count(),
      sum(assumeNotNull(cost_usd)),
      max((assumeNotNull(cost_usd), toUnixTimestamp64Milli(timestamp)))
    FROM events_list
    WHERE ${ofDays} AND preview_hash != cityHash64('') AND cost_usd > 0
    GROUP BY day, preview_hash
    ${settings}`,
};
