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
import { createSealReader, type SealedRange } from "./rollup_seals.ts";
import type { Scope, Wanted } from "./scope.ts";
import type { Params, Store } from "./store.ts";

export interface Found {
  readonly cells: readonly { readonly table: string; readonly sql: string }[];
  /** A condition over `events` for the calls that remain; `false` when none do. */
  readonly rows: string;
  readonly params: Params;
}

export interface Rollups {
  /** Null: everything is to be read from the calls. */
  find(scope: Scope, wanted: Wanted): Promise<Found | null>;
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
  const readSeals = createSealReader(store);
  const densities = new Map<string, Density>();

  function hasFewCalls(project: string, { from, to }: Span): boolean {
    const known = densities.get(project);
    return known !== undefined && now() < known.until &&
      known.callsInAnHour * (to - from) / hour < fewest;
  }

  function remember(project: string, { calls, busyHours }: SealedRange): void {
    densities.delete(project);
    densities.set(project, {
      callsInAnHour: calls / Math.max(1, busyHours),
      until: now() + rememberedMs,
    });
    const [oldest] = densities.keys();
    if (densities.size > mostProjects && oldest !== undefined) densities.delete(oldest);
  }

  return {
    async find(scope, wanted) {
      const range = { from: Date.parse(scope.range.from), to: Date.parse(scope.range.to) };
      const units = unitsFor(wanted);
      if (units.size === 0 || !canGroup(wanted) || !canSum(scope.filters ?? {})) return null;
      if (hasFewCalls(scope.project, range)) return null;
      const sealed = await readSeals(scope.project, range);
      remember(scope.project, sealed);
      if (sealed.calls < fewest) return null;
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

function canGroup({ groupBy, errorsOnly }: Wanted): boolean {
  return !errorsOnly && (groupBy === undefined || dimensions.includes(groupBy));
}

/** Whether the sums know everything that is filtered by. */
export function canSum(filters: Filters): boolean {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  return given.every(([name]) => dimensions.includes(name)) &&
    (filters.status ?? []).every((value) => !/^\d/.test(value));
}

function foundOf(cover: Cover, { range, filters = {} }: Scope): Found {
  const cells: { table: string; sql: string }[] = [];
  const params: Record<string, Params[string]> = {};
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
    params[`${unit}_from`] = from / 1_000;
    params[`${unit}_to`] = to / 1_000;
    params[`${unit}_starts`] = used.map(({ at }) => String(at / 1_000));
    params[`${unit}_made`] = used.map(({ made }) => made);
    const start = unit === "minute" ? "toStartOfHour(start)" : "start";
    cells.push({
      table: `calls_by_${unit}`,
      sql: [
        "project_id = {project:String}",
        `start >= toDateTime({${unit}_from:UInt32}, 'UTC')`,
        `start < toDateTime({${unit}_to:UInt32}, 'UTC')`,
        `(toUnixTimestamp(${start}), made) IN (SELECT one.1, one.2 FROM (SELECT arrayJoin(arrayZip(
          arrayMap(at -> toUInt32(at), {${unit}_starts:Array(String)}),
          arrayMap(made -> toUInt64(made), {${unit}_made:Array(String)}))) AS one))`,
        ...meets,
      ].join(" AND "),
    });
  };
  add("day", cover.days);
  add("hour", cover.hours);
  add("minute", cover.minutes);
  cover.rows.forEach(({ from, to }, i) => {
    params[`rows_from_${i}`] = from;
    params[`rows_to_${i}`] = to;
  });
  return { cells, params, rows: rowsCondition(cover.rows.length) };
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
function filterConditions({ provider, model, cache, status }: Filters): string[] {
  return [
    ...(provider ? ["provider IN {provider:Array(String)}"] : []),
    ...(model ? ["model IN {model:Array(String)}"] : []),
    ...(cache ? ["cache IN {cache:Array(String)}"] : []),
    ...(status ? ["has({status_words:Array(String)}, status)"] : []),
  ];
}
