/**
 * The list of events, page by page or as one stream.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { LogsQuery, ReadOptions, RowsQuery } from "./contract.ts";
import { type Cursor, readCursor, writeCursor } from "./cursor.ts";
import { countLogs } from "./log_count.ts";
import { logColumns, logRow, type StoredLogRow } from "./log_row.ts";
import { exact, newestFirst } from "./settings.ts";
import type { Calls } from "./source.ts";
import type { Params, Store } from "./store.ts";
import type { LogPage, LogRow } from "./types.ts";
import { type Where, where } from "./where.ts";

const defaultLimit = 50;
/** An export may take as long as its reader: an hour ends one that was forgotten. */
const streamTimeout = 3_600_000;

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
  const [count, rows] = await Promise.all([
    countLogs(calls, project, range, filters, options),
    // One more than asked for tells whether there is a next page.
    offset > 0
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
      ),
  ]);
  const page = rows.slice(0, limit).map((row) => ({ ...logRow(row), preview: row.preview }));
  const last = page.at(-1);
  const hasMore = rows.length > limit;
  return {
    ...count,
    limit,
    offset,
    has_more: hasMore,
    next_cursor: hasMore && last
      ? writeCursor({ order, timestamp: last.timestamp, eventId: last.event_id })
      : null,
    logs: page,
  };
}

type CountedRow = StoredLogRow & { readonly counted: boolean };
type ListedRow = CountedRow & { readonly preview: string };

const counted = `${logColumns}, counted`;
const listed = `${counted}, preview`;

interface Place {
  readonly order: "asc" | "desc";
  readonly after: Cursor | null;
  readonly wanted: number;
}

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
  for (let from = after;;) {
    const rows = await store.query<ListedRow>(
      `${rowsQuery(condition.sql, order, from, listed)} LIMIT {limit:UInt32}`,
      { ...condition.params, ...cursorParams(from), limit: wanted },
      options,
    );
    found.push(...rows.filter((row) => row.counted));
    const last = rows.at(-1);
    if (found.length >= wanted || rows.length < wanted || !last) return found.slice(0, wanted);
    from = { order, timestamp: last.timestamp, eventId: last.event_id };
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
  for await (const row of rows) if (row.counted) yield logRow(row);
}

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
    ORDER BY timestamp ${order}, event_id ${order}, ${newestFirst} LIMIT 1 BY timestamp, event_id`;
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
