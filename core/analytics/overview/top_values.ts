/**
 * The users and properties that the money of a range went to.
 *
 * Whole days are read from what each kept of them (`facets_by_day`). A day may not keep all values of a
 * name, but those that cost most, and what the dearest of the others cost: the answer stands when no
 * value could have been among it that is not, and is read from the calls when one could.
 *
 * @module
 */
import { exactText } from "../../pricing/decimal.ts";
import type { ReadOptions } from "../contract.ts";
import { measured, measures, partsFromFacets, partsFromRows, partsOf } from "../measures.ts";
import { exact, exactText as exactSettings } from "../settings.ts";
import type { Calls } from "../source.ts";
import type { FoundDays } from "../rollup.ts";
import { type Where, where } from "../where.ts";
import type { FiguresQuery } from "./figures.ts";
import { type SumsRow, sumsShown } from "./sums.ts";

export type Facet = "user" | "property";

export interface ValueRow extends SumsRow {
  /** The property's; empty for users. */
  readonly name: string;
  readonly content: string;
}

/** Looked at beyond the shown ones, to see whether one that is kept in part may be larger. */
const lookedAt = 200;

const sums = partsOf(sumsShown);

/** What a call has of each, as an array of names and values. */
const pairs: Readonly<Record<Facet, string>> = {
  user: "[('', ifNull(user_id, ''))]",
  property: "arrayZip(mapKeys(properties), mapValues(properties))",
};

/** Most spent on first. Calls without a user are none of a user's. */
export async function topValues(
  calls: Calls,
  project: string,
  { range, filters }: FiguresQuery,
  { facet, shown }: { readonly facet: Facet; readonly shown: number },
  options: ReadOptions,
): Promise<ValueRow[]> {
  const condition = where(project, range, filters);
  const days = await calls.days({ project, range, filters }, "facets");
  const kept = days && await fromDays(calls, condition, days, { facet, shown }, options);
  if (kept) return kept;
  const rows = `SELECT * FROM (${fromCalls(facet, condition.sql)})`;
  return await calls.store.query<ValueRow>(largest(facet, rows, shown), condition.params, {
    ...options,
    settings: exact,
  });
}

function fromCalls(facet: Facet, condition: string): string {
  return `SELECT toString(pair.1) AS name, pair.2 AS content, ${partsFromRows(sums)}, 0 AS kept
    FROM events ARRAY JOIN ${pairs[facet]} AS pair WHERE ${condition}
    GROUP BY name, content SETTINGS ${exactSettings}`;
}

function largest(facet: Facet, rows: string, limit: number): string {
  return `SELECT name, content, ${measured(sumsShown)}, toString(sum(kept)) AS kept_days
    FROM (${rows}) ${facet === "user" ? "WHERE content != ''" : ""}
    GROUP BY name, content
    ORDER BY ${measures.cost.order} DESC, sum(requests) DESC, name, content LIMIT ${limit}`;
}

interface KeptRow extends ValueRow {
  /** Days on which it is kept beside a rest. */
  readonly kept_days: string;
}

interface RestRow {
  readonly name: string;
  readonly days: string;
  /** What a value can have cost at most on the days that did not keep it. */
  readonly most: string;
}

/** Null when the days do not tell which values are the largest. */
async function fromDays(
  { store }: Calls,
  condition: Where,
  days: FoundDays,
  { facet, shown }: { readonly facet: Facet; readonly shown: number },
  options: ReadOptions,
): Promise<ValueRow[] | null> {
  const params = { ...condition.params, ...days.params, facet };
  const cells = `FROM facets_by_day AS c WHERE c.facet = {facet:String} AND ${days.cells.sql}`;
  const kept = `SELECT toString(name) AS name, value AS content, ${partsFromFacets(sums)},
    countIf(has_rest) AS kept ${cells} AND NOT is_rest GROUP BY name, content`;
  const rows = days.rows === "false"
    ? kept
    : `${fromCalls(facet, `${condition.sql} AND ${days.rows}`)} UNION ALL ${kept}`;
  const [found, rests] = await Promise.all([
    store.query<KeptRow>(largest(facet, rows, lookedAt), params, options),
    store.query<RestRow>(
      `SELECT toString(name) AS name, count() AS days, toString(sum(dearest)) AS most
      ${cells} AND is_rest GROUP BY name`,
      params,
      options,
    ),
  ]);
  return isCertain(found, rests, shown) ? found.slice(0, shown) : null;
}

/** Whether the first ones are whole, and nothing that is not among them can be as large. */
export function isCertain(
  found: readonly Pick<KeptRow, "name" | "kept_days" | "m_cost">[],
  rests: readonly RestRow[],
  shown: number,
): boolean {
  if (rests.length === 0) return true;
  const byName = new Map(rests.map((rest) => [rest.name, rest]));
  const last = found[shown - 1];
  // Fewer than are shown: what is not kept would have to be among them.
  if (!last) return false;
  const isWhole = ({ name, kept_days }: KeptRow | typeof last) =>
    (byName.get(name)?.days ?? "0") === kept_days;
  const mostOf = (name: string) => exactText(byName.get(name)?.most ?? "0");
  const least = exactText(last.m_cost);
  const beyond = found.slice(shown);
  const unseen = beyond.length + shown < lookedAt ? 0n : exactText(beyond.at(-1)?.m_cost ?? "0");
  return found.slice(0, shown).every(isWhole) &&
    beyond.every((row) => isWhole(row) || exactText(row.m_cost) + mostOf(row.name) < least) &&
    rests.every(({ most }) => unseen + exactText(most) < least);
}
