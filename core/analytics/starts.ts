/**
 * Pages of groups by when each began: the groups of a window are looked at, and of these the ones that
 * have nothing before it began in it. The window grows until there are enough, so that the latest of a
 * month of sessions are found without adding up the month.
 *
 * @module
 */
import type { ReadOptions } from "./contract.ts";
import { type PageQuery, pagingOf, rangeSql } from "./page.ts";
import { exact } from "./settings.ts";
import type { Params, Store } from "./store.ts";

export interface Groups {
  /** The column that names a group. */
  readonly id: string;
  /** Rows with that column and `at`, in milliseconds, that meet a condition. */
  readonly rows: (condition: string) => string;
  /** Conditions that all rows of a group within the range meet together. */
  readonly having: readonly string[];
  readonly params: Params;
}

export interface Start {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly start_at: string;
}

const firstWindowMs = 3_600_000;
const windowsGrow = 8;
/** Looked at of a window: some of them began before it. */
const spare = 4;

/** One more than asked for, in the page's order. What lies outside of the range does not count. */
export async function startsOf(
  store: Store,
  project: string,
  groups: Groups,
  query: PageQuery,
  options: ReadOptions,
): Promise<Start[]> {
  const paging = pagingOf(query, "start_at", "id");
  const { order = "desc" } = query;
  const from = Date.parse(query.range.from);
  const to = Date.parse(query.range.to);
  const cursor = paging.params["after_at"];
  const wanted = paging.limit + 1;
  const [low, high] = order === "desc"
    ? [from, typeof cursor === "number" ? Math.min(to, cursor + 1) : to]
    : [typeof cursor === "number" ? Math.max(from, cursor) : from, to];
  const read = (span: Span, page: number) =>
    store.query<Start>(
      `SELECT ${groups.id} AS id, min(at) AS start_at
      FROM (${groups.rows(`project_id = {project:String} AND ${rangeSql}`)})
      GROUP BY id HAVING ${[paging.having, ...groups.having].join(" AND ")}
      ORDER BY ${paging.orderBy}`,
      { ...groups.params, ...paging.params, project, ...span, page },
      { ...options, settings: exact },
    );
  // What all rows of a group must meet is not to be seen in a window.
  let width = groups.having.length > 0 ? Infinity : firstWindowMs;
  for (; width < high - low; width *= windowsGrow) {
    const window = order === "desc"
      ? { from: high - width, to: high }
      : { from: low, to: low + width };
    const found = await read(window, wanted * spare);
    const before = await seen(store, project, groups, found, { from, to: window.from }, options);
    const began = found.filter(({ id }) => !before.has(id));
    if (began.length >= wanted) return began.slice(0, wanted);
  }
  return await read({ from, to }, wanted);
}

/** Milliseconds since 1970, `to` excluded. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Those that have something within a span. */
async function seen(
  store: Store,
  project: string,
  { id, rows, params }: Groups,
  of: readonly Start[],
  span: Span,
  options: ReadOptions,
): Promise<ReadonlySet<string>> {
  if (of.length === 0 || span.from === span.to) return new Set();
  const found = await store.query<{ id: string }>(
    `SELECT DISTINCT ${id} AS id FROM (${
      rows(`project_id = {project:String} AND ${rangeSql} AND ${id} IN {ids:Array(String)}`)
    })`,
    { ...params, project, ...span, ids: of.map(({ id }) => id) },
    { ...options, settings: exact },
  );
  return new Set(found.map(({ id }) => id));
}
