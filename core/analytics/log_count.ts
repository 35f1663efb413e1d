/**
 * How many calls a list has in all. Exact wherever that is cheap: from the sums by day and hour when
 * they know the filters, else by counting, up to a bound.
 *
 * @module
 */
import type { Filters, Range, ReadOptions } from "./contract.ts";
import { measured, partsOf } from "./measures.ts";
import { canSum } from "./rollup_reach.ts";
import { exact } from "./settings.ts";
import type { Calls } from "./source.ts";
import { where } from "./where.ts";

/** Nobody pages further, and a number of six digits is read as "many". */
const countedAtMost = 100_000;

/** What an event's time may be. */
const always: Range = { from: "1970-01-01T00:00:00.000Z", to: "2300-01-01T00:00:00.000Z" };

export interface LogCount {
  readonly total: number;
  /** There are at least so many. */
  readonly total_is_estimate?: true;
}

/** The number, and whether it is exact: beyond the bound it is only known to be more. */
export async function countLogs(
  calls: Calls,
  project: string,
  range: Partial<Range>,
  filters: Filters = {},
  options: ReadOptions = {},
): Promise<LogCount> {
  if (canSum(filters)) {
    const source = await calls.source(
      { project, range: { ...always, ...range }, filters },
      { parts: partsOf(["requests"]), listed: true },
    );
    const [row] = await calls.store.query<{ m_requests: string }>(
      `SELECT ${measured(["requests"])} FROM (${source.sql})`,
      source.params,
      options,
    );
    return { total: Number(row?.m_requests ?? 0) };
  }
  const { sql, params } = where(project, range, filters);
  const [row] = await calls.store.query<{ total: string }>(
    `SELECT count() AS total FROM
      (SELECT event_id FROM events_list WHERE ${sql} LIMIT ${countedAtMost + 1})`,
    params,
    { ...options, settings: exact },
  );
  const total = Number(row?.total ?? 0);
  return total > countedAtMost ? { total: countedAtMost, total_is_estimate: true } : { total };
}
