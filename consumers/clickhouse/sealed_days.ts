/**
 * Makes tables of whole days, each sealed with the content of the rows that it was made from, as the sums
 * by hour are (`rollup.ts`).
 *
 * Guarantees: a seal is written only for days whose rows were the same before and after the table's rows
 * of them were made, and only when those are stored. Makers may run at once, be killed or never run.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { batchesByMonth } from "./batches_by_month.ts";
import { seal } from "./seal.ts";

/** A table whose rows are made from the calls of a day that is over. */
export interface DailyTable {
  /** Of its seals. */
  readonly unit: string;
  /** The content of its days: `project_id`, `start`, `calls`, `content`. `day` is what names a day there. */
  readonly contents: (condition: string) => string;
  readonly day: string;
  /**
   * Stores the rows of `{project}` for `{days}`, in seconds since 1970, within `{from}` and `{to}`. Each
   * day has a number of its own in `{mades}`, so that readers need to compare nothing else.
   */
  readonly insert: string;
}

export interface DaysDeps {
  readonly store: Pick<ClickHouseStore, "command" | "query">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Later than all before, and different in every run. */
  readonly newNumber: () => string;
}

export interface MadeDays {
  readonly days: number;
  /** Days whose rows were still changing. */
  readonly waiting: number;
}

/** One look: rows are made of days that are as they were at the look before. */
export type MakeDays = (signal: AbortSignal) => Promise<MadeDays>;

interface Day {
  readonly project_id: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly calls: string;
  readonly content: string;
}

const callsAtOnce = 500_000;
const daysInAPass = 2_000;
const timeout = 600_000;
const daySeconds = 86_400;

export function createDayMaker(
  table: DailyTable,
  { store, now, newNumber }: DaysDeps,
): MakeDays {
  /** What was not sealed at the look before: by day, its content. */
  let before = new Map<string, string>();

  return async function makeDays(signal) {
    const open = await openDays(store, table, now(), signal);
    const quiet = open.filter((day) => before.get(nameOf(day)) === contentOf(day));
    before = new Map(open.map((day) => [nameOf(day), contentOf(day)]));
    let days = 0;
    for (const some of batchesByMonth(quiet, isFull)) {
      if (signal.aborted) break;
      days += await makeSome(store, table, some, some.map(newNumber), signal);
    }
    return { days, waiting: open.length - days };
  };
}

const nameOf = ({ project_id, at }: Day) => JSON.stringify([project_id, at]);
const contentOf = ({ calls, content }: Day) => `${calls} ${content}`;

/** Days that are over and have no rows that fit, the newest first. */
async function openDays(
  store: DaysDeps["store"],
  { unit, contents }: DailyTable,
  now: number,
  signal: AbortSignal,
): Promise<Day[]> {
  return await store.query<Day>(
    `SELECT project_id, toUnixTimestamp(start) AS at, calls, content
    FROM (${contents("project_id != ''")})
    WHERE start < toStartOfDay(toDateTime({now:UInt32}, 'UTC'))
      AND (project_id, start, calls, content) NOT IN (
        SELECT project_id, start, calls, content FROM rollup_seals FINAL WHERE unit = {unit:String}
      )
    ORDER BY start DESC, project_id LIMIT ${daysInAPass}`,
    { unit, now: Math.floor(now / 1_000) },
    { signal, timeout },
  );
}

/** In bounded numbers of calls. */
function isFull(count: number, calls: number, next: number): boolean {
  return count > 0 && calls + next > callsAtOnce;
}

/** How many of them were sealed: those whose rows were the same before and after. */
async function makeSome(
  store: DaysDeps["store"],
  { unit, contents, day, insert }: DailyTable,
  days: readonly Day[],
  mades: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const project = days[0]?.project_id ?? "";
  const times = days.map(({ at }) => at);
  const starts = times.map(String);
  await store.command(insert, {
    project,
    mades,
    days: starts,
    from: Math.min(...times),
    to: Math.max(...times) + daySeconds,
  }, { signal, timeout });
  const after = await store.query<Day>(
    `SELECT project_id, toUnixTimestamp(start) AS at, calls, content FROM (${
      contents(
        `project_id = {project:String} AND has({days:Array(String)},
          toString(toUnixTimestamp(toStartOfDay(${day}))))`,
      )
    })`,
    { project, days: starts },
    { signal, timeout },
  );
  const now = new Map(after.map((one) => [nameOf(one), contentOf(one)]));
  const same = days.flatMap((one, i) => {
    const made = mades[i];
    return made && now.get(nameOf(one)) === contentOf(one) ? [{ ...one, made }] : [];
  });
  await seal(store, { project, unit, spans: same }, { signal, timeout });
  return same.length;
}
