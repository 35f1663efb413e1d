/**
 * Which hours and days of a project have sums that may be used: those that were made from the very rows
 * that `events` has now.
 *
 * @module
 */
import { hourContents } from "./rollup_content.ts";
import { day, type Seals, type Span } from "./rollup_cover.ts";
import type { Store } from "./store.ts";

/** Reads the seals of a range, of whole days around it. */
export type ReadSeals = (project: string, range: Span) => Promise<Seals>;

/** Questions about one range that are asked while it is being read share the answer. */
export function createSealReader(store: Pick<Store, "query">): ReadSeals {
  const underWay = new Map<string, Promise<Seals>>();
  return function readSeals(project, { from, to }) {
    const around = { from: Math.floor(from / day) * day, to: Math.ceil(to / day) * day };
    const key = JSON.stringify([project, around]);
    const known = underWay.get(key);
    if (known) return known;
    const reading = seals(store, project, around).finally(() => underWay.delete(key));
    underWay.set(key, reading);
    return reading;
  };
}

interface SealRow {
  readonly unit: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly made: string;
}

async function seals(
  store: Pick<Store, "query">,
  project: string,
  { from, to }: Span,
): Promise<Seals> {
  const rows = await store.query<SealRow>(
    `WITH hours AS (${
      hourContents(`project_id = {project:String}
        AND toStartOfHour(timestamp) >= toDateTime({from:UInt32}, 'UTC')
        AND toStartOfHour(timestamp) < toDateTime({to:UInt32}, 'UTC')`)
    })
    SELECT unit, toUnixTimestamp(start) AS at, max(made) AS made FROM rollup_seals
    WHERE project_id = {project:String}
      AND start >= toDateTime({from:UInt32}, 'UTC') AND start < toDateTime({to:UInt32}, 'UTC')
      AND (unit, start, calls, content) IN (
        SELECT 'hour', hour, calls, content FROM hours
        UNION ALL
        SELECT 'day', toStartOfDay(hour), sum(calls), sum(content) FROM hours
        GROUP BY toStartOfDay(hour)
      )
    GROUP BY unit, start`,
    { project, from: seconds(from), to: seconds(to) },
  );
  const of = (unit: string) =>
    new Map(rows.filter((row) => row.unit === unit).map(({ at, made }) => [at * 1_000, made]));
  return { days: of("day"), hours: of("hour") };
}

/** ClickHouse's DateTime ends in 2106: what is beyond has no sums. */
function seconds(time: number): number {
  return Math.min(Math.max(0, Math.floor(time / 1_000)), 2 ** 32 - 1);
}
