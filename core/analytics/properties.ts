/**
 * The names of the properties that calls have.
 *
 * @module
 */
import type { Properties } from "./breakdown_types.ts";
import type { ReadOptions, StatsQuery } from "./contract.ts";
import { exactText } from "./settings.ts";
import type { Calls } from "./source.ts";
import { type Where, where } from "./where.ts";

/** More names than this come from a program that puts values into names. */
const mostNames = 500;

interface PropertyRow {
  readonly name: string;
  readonly requests: string;
  readonly different: string;
  readonly seen: string;
}

/** The names in the range, the most used first. */
export async function properties(
  calls: Calls,
  project: string,
  query: StatsQuery,
  options: ReadOptions,
): Promise<Properties> {
  const { range } = query;
  const { sql, params } = await sourceOf(calls, project, query, options);
  const rows = await calls.store.query<PropertyRow>(
    `SELECT name, sum(calls) AS requests, uniqMerge(contents) AS different, max(last) AS seen
    FROM (${sql}) GROUP BY name ORDER BY requests DESC, name LIMIT ${mostNames}`,
    params,
    options,
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

/** Whole days from what is kept of them when they keep every value, the others from the calls. */
async function sourceOf(
  { store, days: findDays }: Calls,
  project: string,
  { range, filters }: StatsQuery,
  options: ReadOptions,
): Promise<Where> {
  const condition = where(project, range, filters);
  const fromCalls = (sql: string) =>
    `SELECT toString(name) AS name, count() AS calls, uniqState(value) AS contents,
      max(timestamp) AS last
    FROM events ARRAY JOIN mapKeys(properties) AS name, mapValues(properties) AS value
    WHERE ${sql} GROUP BY name SETTINGS ${exactText}`;
  const all = { sql: fromCalls(condition.sql), params: condition.params };
  const days = await findDays({ project, range, filters }, "facets");
  if (!days) return all;
  const params = { ...condition.params, ...days.params };
  const cells = `FROM facets_by_day AS c WHERE c.facet = 'property' AND ${days.cells.sql}`;
  const [rest] = await store.query<{ days: string }>(
    `SELECT count() AS days ${cells} AND is_rest`,
    params,
    options,
  );
  if (Number(rest?.days ?? 0) > 0) return all;
  const kept = `SELECT toString(c.name) AS name, sum(c.requests) AS calls,
      uniqState(c.value) AS contents, max(c.last_seen) AS last
    ${cells} GROUP BY name`;
  const remaining = days.rows === "false" ? [] : [fromCalls(`${condition.sql} AND ${days.rows}`)];
  return { sql: [...remaining, kept].join(" UNION ALL "), params };
}
