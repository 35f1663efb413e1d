/**
 * The port to ClickHouse for reading. Implemented in `clickhouse/` over its HTTP interface; the queries
 * are built here, in `core/analytics/`, and nowhere else.
 *
 * @module
 */

/** A value bound to a `{name:Type}` placeholder. Never spliced into the text. */
export type Param = string | number | boolean | null | readonly string[];
export type Params = Readonly<Record<string, Param>>;

export interface QueryOptions {
  /** Ends the query, on the server as well. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the query is given up, on the server as well. */
  readonly timeout?: number;
  /** ClickHouse settings for this query alone, e.g. `{ final: 1 }`. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/**
 * Reads rows as objects keyed by column. 64-bit integers and decimals arrive as strings, NaN as null.
 */
export interface Store {
  /** @throws {AppError} `analytics_unavailable` when ClickHouse cannot be reached or refuses */
  query<T>(sql: string, params?: Params, options?: QueryOptions): Promise<T[]>;
  /**
   * The same row by row, in bounded memory. Leaving the loop early ends the query.
   *
   * @throws {AppError} as `query()`, also after some rows have been given
   */
  stream<T>(sql: string, params?: Params, options?: QueryOptions): AsyncIterable<T>;
}
