/**
 * The names of the properties that calls have.
 *
 * @module
 */
import type { Properties } from "./breakdown_types.ts";
import type { ReadOptions, StatsQuery } from "./contract.ts";
import { exact } from "./settings.ts";
import type { Store } from "./store.ts";
import { where } from "./where.ts";

/** More names than this come from a program that puts values into names. */
const mostNames = 500;

interface PropertyRow {
  readonly name: string;
  readonly requests: string;
  readonly different: string;
  readonly seen: string;
}

export async function properties(
  store: Store,
  project: string,
  { range, filters }: StatsQuery,
  options: ReadOptions,
): Promise<Properties> {
  const { sql, params } = where(project, range, filters);
  const rows = await store.query<PropertyRow>(
    `SELECT name, count() AS requests, uniq(value) AS different, max(timestamp) AS seen
    FROM events_list
    ARRAY JOIN mapKeys(properties) AS name, mapValues(properties) AS value
    WHERE ${sql} GROUP BY name ORDER BY count() DESC, name LIMIT ${mostNames}`,
    params,
    { ...options, settings: exact },
  );
  return {
    project_id: project,
    date_from: range.from,
    date_to: range.to,
    properties: rows.map(({ name, requests, different, seen }) => ({
      name,
      requests: Number(requests),
      values: Number(different),
      last_seen: seen,
    })),
  };
}
