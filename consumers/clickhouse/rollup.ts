/**
 * Makes the sums by minute, hour and day that `core/analytics/rollup.ts` reads.
 *
 * Guarantees: a seal is written only for hours whose rows in `events` were the same before and after
 * their sums were made, and only when those are stored, so whoever finds a seal that fits the rows finds
 * sums that fit them; nothing that readers may be using is changed. Any number of these may run at once,
 * be killed at any point or never run: readers then have more rows to read, and the same numbers.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { hourContents } from "@/core/analytics/rollup_content.ts";
import { batchesByMonth, byMonth } from "./batches_by_month.ts";
import { between } from "./between.ts";
import { type Bounds, bounds as usualBounds, facetsByDay, promptsByDay } from "./daily_tables.ts";
import { derive, derivedTables } from "./derived_sums.ts";
import { removeReplaced } from "./replaced_sums.ts";
import { seal } from "./seal.ts";
import { createDayMaker } from "./sealed_days.ts";

export interface RollupDeps {
  readonly store: Pick<ClickHouseStore, "command" | "query">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: () => number;
  /** What a day keeps of values that are never the same. */
  readonly bounds?: Bounds;
}

export interface Rolled {
  /** Hours and days that got new sums. */
  readonly hours: number;
  readonly days: number;
  /** Days that got new rows in the tables beside the sums, in each of these. */
  readonly daily: number;
  /** Hours and days whose rows were still changing. */
  readonly waiting: number;
}

export interface Roller {
  /** One look at everything: sums are made of what is as it was at the look before. */
  pass(signal: AbortSignal): Promise<Rolled>;
}

/** Calls that are read at once: some hundred bytes of memory each. */
const callsAtOnce = 500_000;
const hoursAtOnce = 24 * 31;
/** A pass ends with these; the next one goes on. */
const hoursInAPass = 20_000;
const timeoutMs = 600_000;
/** Sums that were replaced stay so long for those who are reading them. */
const keptMs = 15 * 60_000;

interface Hour {
  readonly project_id: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly calls: string;
  readonly content: string;
}

interface Day {
  readonly project_id: string;
  readonly at: number;
}

export function createRoller(
  { store, now, random, bounds = usualBounds }: RollupDeps,
): Roller {
  /** What was not sealed at the look before: by hour, its content. */
  let before = new Map<string, string>();
  let cleared = -Infinity;

  /** What the sums of this pass must be later than, whatever the clock says. */
  let latest = 0n;

  /** Grows with time, and is different in every run. */
  function newNumber(): string {
    const chance = BigInt(Math.floor(random() * 2 ** 20));
    const byClock = (BigInt(now()) << 20n) + chance;
    latest = byClock > latest ? byClock : latest + 1n + chance;
    return String(latest);
  }

  const makers = [facetsByDay(bounds), promptsByDay].map((table) =>
    createDayMaker(table, { store, now, newNumber })
  );
  const derived = derivedTables(bounds);

  async function pass(signal: AbortSignal): Promise<Rolled> {
    latest = await latestNumber(store, signal);
    const open = await openHours(store, signal);
    const seen = new Map(open.map((hour) => [nameOf(hour), contentOf(hour)]));
    const quiet = open.filter((hour) => before.get(nameOf(hour)) === contentOf(hour));
    before = seen;
    let hours = 0;
    for (const some of batchesByMonth(quiet, isFull)) {
      if (signal.aborted) break;
      hours += await makeHours(store, some, newNumber(), signal);
    }
    const days = signal.aborted ? 0 : await makeDays(store, now(), newNumber, signal);
    let daily = 0;
    let waiting = open.length - hours;
    for (const make of makers) {
      if (signal.aborted) break;
      const made = await make(signal);
      daily += made.days;
      waiting += made.waiting;
    }
    for (const table of derived) {
      if (signal.aborted) break;
      await derive(table, { store, newNumber }, signal);
    }
    if (!signal.aborted && now() - cleared > keptMs) {
      cleared = now();
      await removeReplaced(store, now() - keptMs, signal);
    }
    return { hours, days, daily, waiting };
  }

  return { pass };
}

const nameOf = ({ project_id, at }: Hour) => JSON.stringify([project_id, at]);
const contentOf = ({ calls, content }: Hour) => `${calls} ${content}`;

async function latestNumber(store: RollupDeps["store"], signal: AbortSignal): Promise<bigint> {
  const [row] = await store.query<{ made: string }>(
    "SELECT max(made) AS made FROM rollup_seals",
    {},
    { signal, timeout: timeoutMs },
  );
  return BigInt(row?.made ?? 0);
}

/** Hours without sums that fit their rows, the newest first. */
async function openHours(
  store: RollupDeps["store"],
  signal: AbortSignal,
): Promise<Hour[]> {
  return await store.query<Hour>(
    `SELECT project_id, toUnixTimestamp(hour) AS at, calls, content
    FROM (${hourContents("project_id != ''")})
    WHERE (project_id, hour, calls, content) NOT IN (
      SELECT project_id, start, calls, content FROM rollup_seals FINAL WHERE unit = 'hour'
    )
    ORDER BY hour DESC, project_id LIMIT ${hoursInAPass}`,
    {},
    { signal, timeout: timeoutMs },
  );
}

/** In bounded numbers of hours and calls. */
function isFull(count: number, calls: number): boolean {
  return count >= hoursAtOnce || (count > 0 && calls > callsAtOnce);
}

/** How many of them were sealed: those whose rows were the same before and after. */
async function makeHours(
  store: RollupDeps["store"],
  hours: readonly Hour[],
  made: string,
  signal: AbortSignal,
): Promise<number> {
  const project = hours[0]?.project_id ?? "";
  const starts = hours.map(({ at }) => String(at));
  const params = { project, made, starts };
  await store.command(
    `INSERT INTO rollup_feed
    SELECT project_id, {made:UInt64}, timestamp, provider, model, status, cache, latency_ms, ttft_ms,
      tokens_input, tokens_output, cost_usd, saved_cost_usd, user_id, session_id
    FROM events WHERE project_id = {project:String} AND counted AND ${inHours}
      AND ${between}
    SETTINGS final = 1, do_not_merge_across_partitions_select_final = 1`,
    {
      ...params,
      from: Math.min(...hours.map(({ at }) => at)),
      to: Math.max(...hours.map(({ at }) => at)) + 3_600,
    },
    { signal, timeout: timeoutMs },
  );
  const after = await store.query<Hour>(
    `SELECT project_id, toUnixTimestamp(hour) AS at, calls, content
    FROM (${hourContents(`project_id = {project:String} AND ${inHours}`)})`,
    params,
    { signal, timeout: timeoutMs },
  );
  const now = new Map(after.map((hour) => [nameOf(hour), contentOf(hour)]));
  const same = hours.filter((hour) => now.get(nameOf(hour)) === contentOf(hour));
  const spans = same.map((one) => ({ ...one, made }));
  await seal(store, { project, unit: "hour", spans }, { signal, timeout: timeoutMs });
  return same.length;
}

const inHours = `toStartOfHour(timestamp) IN (
  SELECT toDateTime(toUInt32(arrayJoin({starts:Array(String)})), 'UTC'))`;

/**
 * Adds up the hours of days that are over. Whether they are all hours of the day is the reader's to see:
 * the content of the day is that of its hours, added up.
 */
async function makeDays(
  store: RollupDeps["store"],
  now: number,
  newNumber: () => string,
  signal: AbortSignal,
): Promise<number> {
  const open = await store.query<Day>(
    `SELECT project_id, toUnixTimestamp(day) AS at FROM (
      SELECT project_id, toStartOfDay(start) AS day, sum(calls) AS calls, sum(content) AS content
      FROM rollup_seals FINAL WHERE unit = 'hour' AND start < toStartOfDay(toDateTime({now:UInt32}, 'UTC'))
      GROUP BY project_id, day
    )
    WHERE (project_id, day, calls, content) NOT IN (
      SELECT project_id, start, calls, content FROM rollup_seals FINAL WHERE unit = 'day'
    )
    ORDER BY day DESC, project_id LIMIT ${hoursInAPass}`,
    { now: Math.floor(now / 1_000) },
    { signal, timeout: timeoutMs },
  );
  for (const days of byMonth(open)) {
    if (signal.aborted) break;
    await makeSomeDays(store, days, newNumber(), signal);
  }
  return open.length;
}

/** Days of one project and month. */
async function makeSomeDays(
  store: RollupDeps["store"],
  days: readonly Day[],
  made: string,
  signal: AbortSignal,
): Promise<void> {
  const project = days[0]?.project_id ?? "";
  // The hours are named, so that those that are added up are those whose content is.
  const hours = await store.query<{ at: number; made: string; calls: string; content: string }>(
    `SELECT toUnixTimestamp(start) AS at, made, calls, content FROM rollup_seals FINAL
    WHERE project_id = {project:String} AND unit = 'hour'
      AND has({days:Array(String)}, toString(toUnixTimestamp(toStartOfDay(start))))`,
    { project, days: days.map(({ at }) => String(at)) },
    { signal, timeout: timeoutMs },
  );
  const params = {
    project,
    made,
    starts: hours.map(({ at }) => String(at)),
    mades: hours.map((one) => one.made),
    calls: hours.map(({ calls }) => calls),
    contents: hours.map(({ content }) => content),
  };
  await store.command(
    `INSERT INTO calls_by_day
    SELECT project_id, toStartOfDay(start) AS day, {made:UInt64}, provider, model, status, cache,
      sum(requests), sum(unpriced), sum(input), sum(output), sum(cost), sum(saved), sum(latency_us),
      sum(latency_calls), sum(ttft_calls), sum(ttft_us), max(last_seen), min(latency_least), max(latency_most),
      quantilesDDMergeState(0.01, 0.5, 0.95, 0.99)(latency), min(ttft_least), max(ttft_most),
      quantilesDDMergeState(0.01, 0.5, 0.95, 0.99)(ttft), uniqMergeState(users),
      uniqMergeState(sessions)
    FROM calls_by_hour
    WHERE project_id = {project:String} AND (toUnixTimestamp(start), made) IN (
      SELECT one.1, one.2 FROM (SELECT arrayJoin(arrayZip(
        arrayMap(at -> toUInt32(at), {starts:Array(String)}),
        arrayMap(made -> toUInt64(made), {mades:Array(String)})
      )) AS one)
    )
    GROUP BY project_id, day, provider, model, status, cache`,
    params,
    { signal, timeout: timeoutMs },
  );
  await store.command(
    `INSERT INTO rollup_seals (project_id, unit, start, made, calls, content)
    SELECT {project:String}, 'day', toStartOfDay(toDateTime(toUInt32(one.1), 'UTC')) AS day,
      {made:UInt64}, sum(toUInt64(one.2)), sum(toUInt64(one.3))
    FROM (SELECT arrayJoin(arrayZip(
      {starts:Array(String)}, {calls:Array(String)}, {contents:Array(String)}
    )) AS one)
    GROUP BY day`,
    params,
    { signal, timeout: timeoutMs },
  );
}
