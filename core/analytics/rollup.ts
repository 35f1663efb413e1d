/**
 * Finds the sums by minute, hour and day that hold the same as the calls of a range.
 *
 * Guarantees: what is found and the calls that remain to be read are apart and together the range; sums
 * are found only for hours and days whose calls are, row by row, the ones that they were made from.
 *
 * @module
 */
import type { Range } from "./contract.ts";
import { parts } from "./measures.ts";
import {
  dayCells,
  daysOf,
  type Found,
  type FoundDays,
  foundOf,
  mostSpans,
} from "./rollup_cells.ts";
import {
  type Cover,
  coverOf,
  day,
  hour,
  type Sealed,
  type Seals,
  type Span,
  type Used,
} from "./rollup_cover.ts";
import { areModels, canGroup, canSum, namesOf, unitsFor } from "./rollup_reach.ts";
import { sealedPrompts, type SealedRange, sealReader } from "./rollup_seals.ts";
import type { Scope, Wanted } from "./scope.ts";
import type { Store } from "./store.ts";

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
