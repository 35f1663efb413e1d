/**
 * Pages of groups (traces, sessions, users): ordered by a moment and an id, which the cursor names.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { Range } from "./contract.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Params } from "./store.ts";

export interface PageQuery {
  readonly range: Range;
  /** 1 to 200, 50 by default. */
  readonly limit?: number;
  readonly cursor?: string | undefined;
  /** By time; newest first is the default. */
  readonly order?: "asc" | "desc";
}

export interface Paging {
  readonly limit: number;
  /** A HAVING condition over the moment (milliseconds) and the id. */
  readonly having: string;
  readonly orderBy: string;
  readonly params: Params;
}

/** @throws {AppError} `bad_request` for a cursor that was not given out for this order */
export function pagingOf(query: PageQuery, moment: string, id: string): Paging {
  const { limit = 50, order = "desc" } = query;
  const cursor = query.cursor === undefined ? null : readCursor(query.cursor);
  if (query.cursor !== undefined && cursor?.order !== order) {
    throw new AppError("bad_request", {
      fields: [{
        field: "cursor",
        expected: "must be the next_cursor of an earlier answer with the same order",
      }],
    });
  }
  const compare = order === "desc" ? "<" : ">";
  return {
    limit,
    having: cursor ? `(${moment}, ${id}) ${compare} ({after_at:Int64}, {after_id:String})` : "true",
    orderBy: `${moment} ${order}, ${id} ${order} LIMIT {page:UInt32}`,
    params: {
      // One more than asked for tells whether there is a next page.
      page: limit + 1,
      ...(cursor && { after_at: Date.parse(cursor.timestamp), after_id: cursor.eventId }),
    },
  };
}

/**
 * @param rows one more than the page shows, when there are more
 * @param placeOf the moment and id by which the rows are ordered
 */
export function pageOf<T>(
  { limit = 50, order = "desc" }: PageQuery,
  rows: readonly T[],
  placeOf: (row: T) => { readonly at: string; readonly id: string },
) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  const place = last && placeOf(last);
  return {
    rows: shown,
    page: {
      limit,
      has_more: hasMore,
      next_cursor: hasMore && place
        ? writeCursor({ order, timestamp: place.at, eventId: place.id })
        : null,
    },
  };
}

export const rangeSql = `timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND timestamp < fromUnixTimestamp64Milli({to:Int64}, 'UTC')`;

/** The bounds as ClickHouse takes them: milliseconds since 1970. */
export function rangeParams({ from, to }: Range) {
  return { from: Date.parse(from), to: Date.parse(to) };
}

/** Milliseconds since 1970, as ClickHouse's text of a 64-bit number, as an instant. */
export function instantOf(milliseconds: string | number): string {
  return new Date(Number(milliseconds)).toISOString();
}
