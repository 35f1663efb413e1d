/**
 * Finds the sums by minute, hour and day that hold the same as the calls of a range.
 *
 * Guarantees: what is found and the calls that remain to be read are apart and together the range; sums
 * are found only for hours and days whose calls are, row by row, the ones that they were made from.
 *
 * @module
 */
import type { Filters, Range } from "./contract.ts";
import { parts } from "./measures.ts";
import {
  type Cover,
  coverOf,
  day,
  hour,
  minute,
  type Sealed,
  type Seals,
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
  /**
   * What its sums are apart by: `models` by model alone, `facets` by values, of which `value` is the
   * group.
   *
   * @default {"calls", by model, status and cache}
   */
  readonly by?: "calls" | "models" | "facets";
}

export interface Found {
  readonly cells: readonly Cells[];
  /** A condition over `events` for the calls that remain; `false` when none do. */
  readonly rows: string;
  readonly params: Params;
}

/** Whole days of a table, and the calls that remain. */
export interface FoundDays extends Omit<Found, "cells"> {
  readonly cells: Cells;
  /** The same days of `largest_prompts_by_day`; its parameters are among the others. */
  readonly largest?: Cells;
}

export interface Rollups {
  /** Null: everything is to be read from the calls. */
  find(scope: Scope, wanted: Wanted): Promise<Found | null>;
  /**
   * Of `facets_by_day` or `prompts_by_day` the days that may be used; null: none, or the calls are few or
   * filtered.
   */
  findDays(scope: Scope, unit: "facets" | "prompts"): Promise<FoundDays | null>;
  /** Until `release()` one reading tells what there is of all parts of a range. */
  foresee(project: string, range: Range): { readonly release: () => void };
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
/** The same of the sums by model. */
const models: readonly string[] = ["provider", "model"];
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
  const seals = sealReader(store);
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
    const sealed = await seals.read(project, range);
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
    const coverOfDays = (days: Sealed) =>
      coverOf(range, { days, hours: new Map() }, new Set(["day"]));
    if (unit === "facets") return daysOf(coverOfDays(sealed.facets), "facets");
    const { all, largest } = await sealedPrompts(store, project, range, sealed);
    const cover = coverOfDays(all);
    const found = daysOf(cover, "prompts");
    const used = sameOf(cover.days, largest);
    if (!found || !used) return found;
    return {
      ...found,
      largest: dayCells("largest_prompts_by_day", "largest_made"),
      params: { ...found.params, largest_made: used.map(({ made }) => made) },
    };
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
    return { ...found, params, cells: [{ ...found.cells, sql, by: "facets" }] };
  }

  return {
    findDays,
    foresee: (project, { from, to }) =>
      seals.foresee(project, { from: Date.parse(from), to: Date.parse(to) }),
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
      if (used === 0 || cover.rows.length > mostSpans) return null;
      const byModel = areModels(wanted, filters) ? modelsOf(cover, sealed.byModel) : null;
      return foundOf(cover, byModel, scope);
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

/** Whether sums by model alone know everything that is filtered and grouped by. */
function areModels({ groupBy }: Wanted, filters: Filters): boolean {
  const known = (name: string) => models.includes(name);
  return (groupBy === undefined || known(groupBy)) && namesOf(filters).every(known);
}

/** The hours and days of a cover in `sums_by_model`; null when not all of them are there. */
function modelsOf({ days, hours }: Cover, sealed: Seals): Seals | null {
  const [ofDays, ofHours] = [sameOf(days, sealed.days), sameOf(hours, sealed.hours)];
  if (!ofDays || !ofHours) return null;
  const byStart = (used: readonly Used[]) => new Map(used.map(({ at, made }) => [at, made]));
  return { days: byStart(ofDays), hours: byStart(ofHours) };
}

/** The same days or hours in another table; null when it does not have all of them. */
function sameOf(used: readonly Used[], sealed: Sealed): Used[] | null {
  const found = used.flatMap(({ at }) => {
    const made = sealed.get(at);
    return made === undefined ? [] : [{ at, made }];
  });
  return found.length === used.length ? found : null;
}

/** The filters that are given. */
function namesOf(filters: Filters): string[] {
  return Object.entries(filters).flatMap(([name, value]) => value === undefined ? [] : [name]);
}

/** @param byModel the cover's hours and days in the sums by model, when those are read */
function foundOf(cover: Cover, byModel: Seals | null, { range, filters = {} }: Scope): Found {
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
  const modelled = byModel && modelCells(cover, byModel);
  if (modelled) {
    cells.push({ ...modelled.cells, sql: [modelled.cells.sql, ...meets].join(" AND ") });
    params = { ...params, ...modelled.params };
  } else {
    add("day", cover.days);
    add("hour", cover.hours);
  }
  add("minute", cover.minutes);
  return { cells, params, rows: rowsCondition(cover.rows.length) };
}

/** Hours and days in one table, read at once. */
function modelCells({ days, hours }: Cover, sealed: Seals) {
  const spans: string[] = [];
  const params: Record<string, Params[string]> = {};
  for (const [unit, used] of [["day", days], ["hour", hours]] as const) {
    const [first, last] = [used[0], used.at(-1)];
    if (!first || !last) continue;
    spans.push(`(unit = '${unit}' AND start >= toDateTime({model_${unit}_from:UInt32}, 'UTC')
      AND start <= toDateTime({model_${unit}_to:UInt32}, 'UTC'))`);
    params[`model_${unit}_from`] = first.at / 1_000;
    params[`model_${unit}_to`] = last.at / 1_000;
  }
  if (spans.length === 0) return null;
  params["model_made"] = [...sealed.days.values(), ...sealed.hours.values()];
  const cells: Cells = {
    table: "sums_by_model",
    by: "models",
    // Each hour and day has a number of its own.
    sql: `project_id = {project:String} AND (${spans.join(" OR ")}) AND ${madeIn("model_made")}`,
  };
  return { cells, params };
}

const madeIn = (name: string) => `made IN (SELECT toUInt64(arrayJoin({${name}:Array(String)})))`;

function daysOf(cover: Cover, unit: "facets" | "prompts"): FoundDays | null {
  const [first, last] = [cover.days[0], cover.days.at(-1)];
  if (!first || !last || cover.rows.length > mostSpans) return null;
  return {
    cells: dayCells(`${unit}_by_day`, "day_made"),
    rows: rowsCondition(cover.rows.length),
    params: {
      ...rowsParams(cover),
      day_from: first.at / 1_000,
      day_to: last.at / 1_000,
      day_made: cover.days.map(({ made }) => made),
    },
  };
}

/** @param made the parameter that has the days' numbers, of which each has its own */
function dayCells(table: string, made: string): Cells {
  return {
    table,
    sql: `project_id = {project:String} AND start >= toDateTime({day_from:UInt32}, 'UTC')
      AND start <= toDateTime({day_to:UInt32}, 'UTC') AND ${madeIn(made)}`,
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
