/**
 * What the sums know, and so which questions they can answer instead of the calls. Pure.
 *
 * @module
 */
import type { Filters } from "./contract.ts";
import { parts } from "./measures.ts";
import { day, hour, minute, type Unit } from "./rollup_cover.ts";
import type { Wanted } from "./scope.ts";

/** What the sums can be filtered and grouped by. */
const dimensions: readonly string[] = ["provider", "model", "status", "cache"];
/** The same of the sums by model. */
const models: readonly string[] = ["provider", "model"];

/** The sums that lie whole in each bucket and have everything that is wanted. */
export function unitsFor({ bucketSeconds, parts: wanted }: Wanted): ReadonlySet<Unit> {
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
export function areModels({ groupBy }: Wanted, filters: Filters): boolean {
  const known = (name: string) => models.includes(name);
  return (groupBy === undefined || known(groupBy)) && namesOf(filters).every(known);
}

/** The filters that are given. */
export function namesOf(filters: Filters): string[] {
  return Object.entries(filters).flatMap(([name, value]) => value === undefined ? [] : [name]);
}
