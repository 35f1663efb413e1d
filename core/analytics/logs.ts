/**
 * The list of events, page by page or as one stream.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { LogsQuery, ReadOptions, RowsQuery } from "./contract.ts";
import {
  type Copy,
  isSameEvent,
  placeColumns,
  withoutCopies,
  withoutCopiesAsync,
} from "./copies.ts";
import { type Cursor, readCursor, writeCursor } from "./cursor.ts";
import { countLogs } from "./log_count.ts";
import { logColumns, logRow, type StoredLogRow } from "./log_row.ts";
import { canSum } from "./rollup_reach.ts";
import { exact } from "./settings.ts";
import type { Calls } from "./source.ts";
import type { Params, Store } from "./store.ts";
import type { LogPage, LogRow } from "./types.ts";
import { type Where, where } from "./where.ts";

const defaultLimit = 50;
/** An export may take as long as its reader: an hour ends one that was forgotten. */
const streamTimeout = 3_600_000;

/** @throws {AppError} `bad_request` for a cursor that is of another order or cannot be read */
export async function logs(
  calls: Calls,
  project: string,
  query: LogsQuery,
  options: ReadOptions,
): Promise<LogPage> {
  const { range = {}, filters, order = "desc", limit = defaultLimit } = query;
  const cursor = query.cursor === undefined ? null : cursorFor(query.cursor, order);
  const offset = cursor ? 0 : query.offset ?? 0;
  const { store } = calls;
  const condition = where(project, range, filters);
  // One more than asked for tells whether there is a next page.
  const reading = offset > 0
    ? store.query<ListedRow>(
      `${
        rowsQuery(condition.sql, order, null, listed)
      } LIMIT {limit:UInt32} OFFSET {offset:UInt64}`,
      { ...condition.params, limit: limit + 1, offset },
      { ...options, settings: exact },
    )
    : rowsFrom(
      store,
      where(project, range, filters, { uncounted: true }),
      { order, after: cursor, wanted: limit + 1 },
      options,
    );
  const count = () => countLogs(calls, project, range, filters, options);
  const [rows, total] = canSum(filters ?? {})
    ? await Promise.all([reading, count()])
    : await reading.then(async (rows) => {
      // A search may have read everything: not twice, when the page says it all.
      const isAll = cursor === null && offset === 0 && rows.length <= limit;
      return [rows, isAll ? { total: rows.length } : await count()] as const;
    });
  const page = rows.slice(0, limit).map((row) => ({ ...logRow(row), preview: row.preview }));
  const last = page.at(-1);
  const hasMore = rows.length > limit;
  return {
    ...total,
    limit,
    offset,
    has_more: hasMore,
    next_cursor: hasMore && last
      ? writeCursor({ order, timestamp: last.timestamp, eventId: last.event_id })
      : null,
    logs: page,
  };
}

type CountedRow = StoredLogRow & Copy & { readonly counted: boolean };
type ListedRow = CountedRow & { readonly preview: string };

const counted = `${logColumns}, counted, ${placeColumns}`;
const listed = `${counted}, preview`;

interface Place {
  readonly order: "asc" | "desc";
  readonly after: Cursor | null;
  readonly wanted: number;
}

/** Rows that are read beyond those wanted, for copies among them. */
const spare = 32;

/**
 * The next rows that count. A call that another one stands for has a second row in the place of its
 * first; a list is read without merging the two, so the newer one is asked whether it counts.
 */
async function rowsFrom(
  store: Store,
  condition: Where,
  { order, after, wanted }: Place,
  options: ReadOptions,
): Promise<ListedRow[]> {
  const found: ListedRow[] = [];
  let from = after;
  for (let limit = wanted + spare;;) {
    const rows = await store.query<ListedRow>(
      `${rowsQuery(condition.sql, order, from, listed)} LIMIT {limit:UInt32}`,
      { ...condition.params, ...cursorParams(from), limit },
      options,
    );
    const isEnd = rows.length < limit;
    const last = rows.at(-1);
    // More copies of the last one may follow: it is left for the next look.
    const whole = isEnd ? rows : rows.filter((row) => last && !isSameEvent(row, last));
    found.push(...[...withoutCopies(whole)].filter((row) => row.counted));
    if (isEnd || found.length >= wanted) return found.slice(0, wanted);
    const kept = whole.at(-1);
    if (kept) from = { order, timestamp: kept.timestamp, eventId: kept.event_id };
    else limit *= 4;
  }
}

/** Every matching row, as they are read. */
export async function* logRows(
  store: Store,
  project: string,
  query: RowsQuery,
  options: ReadOptions,
): AsyncIterable<LogRow> {
  const { range = {}, filters, order = "desc" } = query;
  const { sql, params } = where(project, range, filters, { uncounted: true });
  const rows = store.stream<CountedRow>(rowsQuery(sql, order, null, counted), params, {
    ...options,
    timeout: streamTimeout,
  });
  for await (const row of withoutCopiesAsync(rows)) if (row.counted) yield logRow(row);
}

/** In the order in which the table is: ClickHouse reads no more than it answers with. */
function rowsQuery(
  condition: string,
  order: "asc" | "desc",
  after: Cursor | null,
  columns: string,
): string {
  const compare = order === "desc" ? "<" : ">";
  const rest = after
    ? ` AND (timestamp, event_id) ${compare}
        (fromUnixTimestamp64Milli({after_time:Int64}, 'UTC'), {after_id:String})`
    : "";
  return `SELECT ${columns} FROM events_list WHERE ${condition}${rest}
    ORDER BY timestamp ${order}, event_id ${order}`;
}

function cursorParams(cursor: Cursor | null): Params {
  return cursor ? { after_time: Date.parse(cursor.timestamp), after_id: cursor.eventId } : {};
}

function cursorFor(text: string, order: "asc" | "desc"): Cursor {
  const cursor = readCursor(text);
  if (cursor?.order === order) return cursor;
  const expected = cursor
    ? `must come from an answer with the same order, ${order}`
    : "must be the next_cursor of an earlier answer";
  throw new AppError("bad_request", { fields: [{ field: "cursor", expected }] });
}
