/**
 * The sums that were found, as ClickHouse is asked for them: tables, conditions and their parameters.
 *
 * Guarantees: a condition names each hour and day with the run that made it, so that sums of another run
 * are never read with them.
 *
 * @module
 */
import type { Filters } from "./contract.ts";
import {
  type Cover,
  day,
  hour,
  minute,
  type Seals,
  type Span,
  type Unit,
  type Used,
} from "./rollup_cover.ts";
import type { Scope } from "./scope.ts";
import type { Params } from "./store.ts";

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

/** More pieces than this are not worth a condition. */
export const mostSpans = 50;

/** @param byModel the cover's hours and days in the sums by model, when those are read */
export function foundOf(
  cover: Cover,
  byModel: Seals | null,
  { range, filters = {} }: Scope,
): Found {
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

/** Null when no whole day may be used, or what remains lies in too many pieces. */
export function daysOf(cover: Cover, unit: "facets" | "prompts"): FoundDays | null {
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
export function dayCells(table: string, made: string): Cells {
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
