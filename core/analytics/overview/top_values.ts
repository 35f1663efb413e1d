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
import { exactText as exactSettings } from "../settings.ts";
import type { Calls } from "../source.ts";
import type { FoundDays } from "../rollup_cells.ts";
import { type Where, where } from "../where.ts";
import type { FiguresQuery } from "./figures.ts";
import { type SumsRow, sumsShown } from "./sums.ts";

const facets = ["user", "property"] as const;
export type Facet = typeof facets[number];

export interface ValueRow extends SumsRow {
  /** The property's; empty for users. */
  readonly name: string;
  readonly content: string;
}

/** Most spent on first. */
export type TopValues = Readonly<Record<Facet, readonly ValueRow[]>>;

interface KeptRow extends ValueRow {
  readonly facet: Facet;
  /** Days on which it is kept beside a rest. */
  readonly kept_days: string;
}

/** Looked at beyond the shown ones, to see whether one that is kept in part may be larger. */
const lookedAt = 200;

const sums = partsOf(sumsShown);

/** What a call has of both: facet, name and value. Calls without a user are none of a user's. */
const pairs = `arrayConcat(
  if(ifNull(user_id, '') = '', [], [('user', '', ifNull(user_id, ''))]),
  arrayMap((name, value) -> ('property', toString(name), value), mapKeys(properties), mapValues(properties))
)`;

/** @param shown how many values of each name are answered, the dearest first */
export async function topValues(
  calls: Calls,
  project: string,
  { range, filters }: FiguresQuery,
  shown: number,
  options: ReadOptions,
): Promise<TopValues> {
  const condition = where(project, range, filters);
  const days = await calls.days({ project, range, filters }, "facets");
  const kept = days && await fromDays(calls, condition, days, shown, options);
  if (kept) return kept;
  const rows = await calls.store.query<KeptRow>(
    largest(fromCalls(condition.sql), shown),
    condition.params,
    options,
  );
  return valuesOf(rows, shown);
}

function valuesOf(rows: readonly KeptRow[], shown: number): TopValues {
  const of = (wanted: Facet) => rows.filter(({ facet }) => facet === wanted).slice(0, shown);
  return { user: of("user"), property: of("property") };
}

function fromCalls(condition: string): string {
  return `SELECT one.1 AS facet, one.2 AS name, one.3 AS content, ${partsFromRows(sums)}, 0 AS kept
    FROM events ARRAY JOIN ${pairs} AS one WHERE ${condition}
    GROUP BY facet, name, content SETTINGS ${exactSettings}`;
}

function largest(rows: string, limit: number): string {
  return `SELECT facet, name, content, ${measured(sumsShown)}, toString(sum(kept)) AS kept_days
    FROM (${rows}) GROUP BY facet, name, content
    ORDER BY ${measures.cost.order} DESC, sum(requests) DESC, name, content
    LIMIT ${limit} BY facet`;
}

interface RestRow {
  readonly facet: Facet;
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
  shown: number,
  options: ReadOptions,
): Promise<TopValues | null> {
  const params = { ...condition.params, ...days.params, facets };
  const cells = `FROM facets_by_day AS c WHERE c.facet IN {facets:Array(String)}
    AND ${days.cells.sql}`;
  const kept = `SELECT toString(c.facet) AS facet, toString(c.name) AS name, value AS content,
      ${partsFromFacets(sums)}, countIf(has_rest) AS kept
    ${cells} AND NOT is_rest AND (c.facet != 'user' OR value != '') GROUP BY facet, name, content`;
  const rows = days.rows === "false"
    ? kept
    : `${fromCalls(`${condition.sql} AND ${days.rows}`)} UNION ALL ${kept}`;
  const [found, rests] = await Promise.all([
    store.query<KeptRow>(largest(rows, lookedAt), params, options),
    store.query<RestRow>(
      `SELECT toString(c.facet) AS facet, toString(c.name) AS name, toString(count()) AS days,
        toString(sum(dearest)) AS most
      ${cells} AND is_rest GROUP BY facet, name`,
      params,
      options,
    ),
  ]);
  const isKnown = facets.every((wanted) =>
    isCertain(
      found.filter(({ facet }) => facet === wanted),
      rests.filter(({ facet }) => facet === wanted),
      shown,
    )
  );
  return isKnown ? valuesOf(found, shown) : null;
}

/** Whether the first ones are whole, and nothing that is not among them can be as large. */
export function isCertain(
  found: readonly Pick<KeptRow, "name" | "kept_days" | "m_cost">[],
  rests: readonly Omit<RestRow, "facet">[],
  shown: number,
): boolean {
  if (rests.length === 0) return true;
  const byName = new Map(rests.map((rest) => [rest.name, rest]));
  const last = found[shown - 1];
  // Fewer than are shown: what is not kept would have to be among them.
  if (!last) return false;
  const isWhole = ({ name, kept_days }: typeof last) =>
    (byName.get(name)?.days ?? "0") === kept_days;
  const mostOf = (name: string) => exactText(byName.get(name)?.most ?? "0");
  const least = exactText(last.m_cost);
  const beyond = found.slice(shown);
  const unseen = beyond.length + shown < lookedAt ? 0n : exactText(beyond.at(-1)?.m_cost ?? "0");
  return found.slice(0, shown).every(isWhole) &&
    beyond.every((row) => isWhole(row) || exactText(row.m_cost) + mostOf(row.name) < least) &&
    rests.every(({ most }) => unseen + exactText(most) < least);
}
