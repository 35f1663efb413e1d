/**
 * Finds the sums by minute, hour and day that hold the same as the calls of a range.
 *
 * Guarantees: what is found and the calls that remain to be read are apart and together the range; sums
 * are found only for hours and days whose calls are, row by row, the ones that they were made from.
 *
 * @module
 */
import type { Filters } from "./contract.ts";
import { parts } from "./measures.ts";
import {
  type Cover,
  coverOf,
  day,
  hour,
  minute,
  type Span,
  type Unit,
  type Used,
} from "./rollup_cover.ts";
import { sealedPrompts, type SealedRange, sealReader } from "./rollup_seals.ts";
import type { Scope, Wanted } from "./scope.ts";
import type { Params, Store } from "./store.ts";

/** A table of sums, called `c`, and a condition for those that may be used. */
export interface Cells {
  readonly table: string;
  readonly sql: string;
}

export interface Found {
  readonly cells: readonly Cells[];
  /** Whether the cells are of `facets_by_day`, whose `value` is the group. */
  readonly areFacets: boolean;
  /** A condition over `events` for the calls that remain; `false` when none do. */
  readonly rows: string;
  readonly params: Params;
}

/** Whole days of a table, and the calls that remain. */
export interface FoundDays extends Omit<Found, "cells" | "areFacets"> {
  readonly cells: Cells;
}

export interface Rollups {
  /** Null: everything is to be read from the calls. */
  find(scope: Scope, wanted: Wanted): Promise<Found | null>;
  /**
   * Of `facets_by_day` or `prompts_by_day` the days that may be used; null: none, or the calls are few or
   * filtered.
   */
  findDays(scope: Scope, unit: "facets" | "prompts"): Promise<FoundDays | null>;
}

/** Below this a few bare calls are read faster than it is found out which sums fit. */
const fewestCalls = 300_000;
/** How long it is remembered how many calls a project has in an hour. */
const rememberedMs = 60_000;
/** Projects that are remembered. */
const mostProjects = 10_000;
/** More pieces than this are not worth a condition. */
const mostSpans = 50;

/** What the sums can be filtered and grouped by. */
const dimensions: readonly string[] = ["provider", "model", "status", "cache"];
/** What `facets_by_day` can be grouped by. */
const facets: readonly string[] = ["user", "key"];

export interface RollupsOptions {
  /** Ranges with fewer calls are left to the calls themselves. @default {300000} */
  readonly fewestCalls?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface Density {
  readonly callsInAnHour: number;
  readonly until: number;
}

export function createRollups(store: Pick<Store, "query">, options: RollupsOptions = {}): Rollups {
  const { fewestCalls: fewest = fewestCalls, now = Date.now } = options;
  const readSeals = sealReader(store);
  const densities = new Map<string, Density>();

  function hasFewCalls(project: string, { from, to }: Span): boolean {
    const known = densities.get(project);
    return known !== undefined && now() < known.until &&
      known.callsInAnHour * (to - from) / hour < fewest;
  }

  /** Of several ranges the busiest: the one before another is often empty. */
  function remember(project: string, { calls, busyHours }: SealedRange): void {
    const callsInAnHour = calls / Math.max(1, busyHours);
    const known = densities.get(project);
    if (known && now() < known.until && known.callsInAnHour >= callsInAnHour) return;
    densities.delete(project);
    densities.set(project, { callsInAnHour, until: now() + rememberedMs });
    const [oldest] = densities.keys();
    if (densities.size > mostProjects && oldest !== undefined) densities.delete(oldest);
  }

  /** Null when there are few calls. */
  async function sealedOf(project: string, range: Span): Promise<SealedRange | null> {
    if (hasFewCalls(project, range)) return null;
    const sealed = await readSeals(project, range);
    remember(project, sealed);
    return sealed.calls < fewest ? null : sealed;
  }

  async function findDays(
    { project, range: { from, to }, filters = {} }: Scope,
    unit: "facets" | "prompts",
  ): Promise<FoundDays | null> {
    const range = { from: Date.parse(from), to: Date.parse(to) };
    if (namesOf(filters).length > 0) return null;
    const sealed = await sealedOf(project, range);
    if (!sealed) return null;
    const days = unit === "facets" ? sealed.facets : await sealedPrompts(store, project, range);
    return daysOf(coverOf(range, { days, hours: new Map() }, new Set(["day"])), unit);
  }

  /** What a user or a key used is read from `facets_by_day`, but for days that do not keep all of them. */
  async function findFacet(
    scope: Scope,
    { parts: wanted, bucketSeconds, models }: Wanted,
    facet: string,
  ): Promise<Found | null> {
    const fits = bucketSeconds === undefined || (bucketSeconds * 1_000) % day === 0;
    if (!fits || models || wanted.some((name) => parts[name].facets === null)) return null;
    const found = await findDays(scope, "facets");
    if (!found) return null;
    const params = { ...found.params, project: scope.project, facet };
    const sql = `c.facet = {facet:String} AND ${found.cells.sql}`;
    const [rest] = await store.query<{ days: string }>(
      `SELECT count() AS days FROM facets_by_day AS c WHERE ${sql} AND is_rest`,
      params,
    );
    if (Number(rest?.days ?? 0) > 0) return null;
    return { ...found, params, cells: [{ ...found.cells, sql }], areFacets: true };
  }

  return {
    findDays,
    async find(scope, wanted) {
      const { project, filters = {} } = scope;
      const facet = wanted.groupBy !== undefined && facets.includes(wanted.groupBy);
      if (facet) return await findFacet(scope, wanted, wanted.groupBy ?? "");
      const range = { from: Date.parse(scope.range.from), to: Date.parse(scope.range.to) };
      const units = unitsFor(wanted);
      if (units.size === 0 || !canGroup(wanted) || !canSum(filters)) return null;
      const sealed = await sealedOf(project, range);
      if (!sealed) return null;
      const cover = coverOf(range, sealed, units);
      const used = cover.days.length + cover.hours.length + cover.minutes.length;
      return used === 0 || cover.rows.length > mostSpans ? null : foundOf(cover, scope);
    },
  };
}

/** The sums that lie whole in each bucket and have everything that is wanted. */
function unitsFor({ bucketSeconds, parts: wanted }: Wanted): ReadonlySet<Unit> {
  const fits = (length: number) =>
    bucketSeconds === undefined || (bucketSeconds * 1_000) % length === 0;
  const units = new Set<Unit>();
  if (fits(day)) units.add("day");
  if (fits(hour)) units.add("hour");
  if (fits(minute) && wanted.every((name) => parts[name].byMinute)) units.add("minute");
  return units;
}

/** Whether the sums are apart by what is grouped by. */
export function canGroup({ groupBy, errorsOnly }: Wanted): boolean {
  return !errorsOnly && (groupBy === undefined || dimensions.includes(groupBy));
}

/** Whether the sums know everything that is filtered by. */
export function canSum(filters: Filters): boolean {
  return namesOf(filters).every((name) => dimensions.includes(name)) &&
    (filters.status ?? []).every((value) => !/^\d/.test(value));
}

/** The filters that are given. */
function namesOf(filters: Filters): string[] {
  return Object.entries(filters).flatMap(([name, value]) => value === undefined ? [] : [name]);
}

function foundOf(cover: Cover, { range, filters = {} }: Scope): Found {
  const cells: Cells[] = [];
  let params = rowsParams(cover);
  const meets = filterConditions(filters);
  const add = (unit: Unit, used: readonly Used[]) => {
    const [first, last] = [used[0], used.at(-1)];
    if (!first || !last) return;
    // Of hours at the ends, the minutes that lie whole in the range.
    const from = Math.max(first.at, Math.ceil(Date.parse(range.from) / minute) * minute);
    const to = Math.min(
      last.at + (unit === "day" ? day : hour),
      Math.floor(Date.parse(range.to) / minute) * minute,
    );
    const made = madeCondition(unit, { from, to }, used);
    cells.push({ table: `calls_by_${unit}`, sql: [made.sql, ...meets].join(" AND ") });
    params = { ...params, ...made.params };
  };
  add("day", cover.days);
  add("hour", cover.hours);
  add("minute", cover.minutes);
  return { cells, areFacets: false, params, rows: rowsCondition(cover.rows.length) };
}

function daysOf(cover: Cover, unit: "facets" | "prompts"): FoundDays | null {
  const [first, last] = [cover.days[0], cover.days.at(-1)];
  if (!first || !last || cover.rows.length > mostSpans) return null;
  return {
    cells: {
      table: `${unit}_by_day`,
      // Each day has a number of its own.
      sql: `project_id = {project:String}
        AND start >= toDateTime({day_from:UInt32}, 'UTC')
        AND start <= toDateTime({day_to:UInt32}, 'UTC')
        AND made IN (SELECT toUInt64(arrayJoin({day_made:Array(String)})))`,
    },
    rows: rowsCondition(cover.rows.length),
    params: {
      ...rowsParams(cover),
      day_from: first.at / 1_000,
      day_to: last.at / 1_000,
      day_made: cover.days.map(({ made }) => made),
    },
  };
}

/** The sums of the project within a span that some runs have made. */
function madeCondition(unit: Unit, { from, to }: Span, used: readonly Used[]) {
  const start = unit === "minute" ? "toStartOfHour(start)" : "start";
  return {
    sql: [
      "project_id = {project:String}",
      `start >= toDateTime({${unit}_from:UInt32}, 'UTC')`,
      `start < toDateTime({${unit}_to:UInt32}, 'UTC')`,
      `(toUnixTimestamp(${start}), made) IN (SELECT one.1, one.2 FROM (SELECT arrayJoin(arrayZip(
        arrayMap(at -> toUInt32(at), {${unit}_starts:Array(String)}),
        arrayMap(made -> toUInt64(made), {${unit}_made:Array(String)}))) AS one))`,
    ].join(" AND "),
    params: {
      [`${unit}_from`]: from / 1_000,
      [`${unit}_to`]: to / 1_000,
      [`${unit}_starts`]: used.map(({ at }) => String(at / 1_000)),
      [`${unit}_made`]: used.map(({ made }) => made),
    },
  };
}

function rowsParams({ rows }: Cover): Params {
  return Object.fromEntries(
    rows.flatMap(({ from, to }, i) => [[`rows_from_${i}`, from], [`rows_to_${i}`, to]]),
  );
}

function rowsCondition(spans: number): string {
  const one = (i: number) =>
    `(timestamp >= fromUnixTimestamp64Milli({rows_from_${i}:Int64}, 'UTC')
      AND timestamp < fromUnixTimestamp64Milli({rows_to_${i}:Int64}, 'UTC'))`;
  return spans === 0
    ? "false"
    : `(${Array.from({ length: spans }, (_, i) => one(i)).join(" OR ")})`;
}

/** The parameters are those of `where()`. */
export function filterConditions({ provider, model, cache, status }: Filters): string[] {
  return [
    ...(provider ? ["provider IN {provider:Array(String)}"] : []),
    ...(model ? ["model IN {model:Array(String)}"] : []),
    ...(cache ? ["cache IN {cache:Array(String)}"] : []),
    ...(status ? ["has({status_words:Array(String)}, status)"] : []),
  ];
}
