/**
 * What the rest of the product may ask of analytics. The project is always the first argument and is
 * bound into every query as a parameter.
 *
 * @module
 */
import type { Breakdown, BreakdownOrder, Properties } from "./breakdown_types.ts";
import type { EventDetail, LogPage, LogRow, Metric, Period, Stats, Timeseries } from "./types.ts";

/** A half-open span of time, `from` included, `to` excluded; ISO UTC with milliseconds. */
export interface Range {
  readonly from: string;
  readonly to: string;
}

/** Conditions that rows must meet. Several values of one field mean any of them; fields combine with and. */
export interface Filters {
  /** `success`, `error`, `aborted`, a status code (`429`) or a class of them (`4xx`). */
  readonly status?: readonly string[];
  readonly provider?: readonly string[];
  readonly model?: readonly string[];
  readonly user_id?: readonly string[];
  readonly session_id?: readonly string[];
  readonly trace_id?: readonly string[];
  /** The project key that the call came with. */
  readonly key_id?: readonly string[];
  /** The provider key that it was sent on with. */
  readonly provider_key_id?: readonly string[];
  /** As the `X-WatchLLM-Cache` header says it. */
  readonly cache?: readonly string[];
  readonly type?: readonly string[];
  readonly endpoint?: readonly string[];
  /** US dollars, both ends included; calls without a price have no cost and meet neither. */
  readonly cost_min?: string;
  readonly cost_max?: string;
  /** Milliseconds, both ends included. */
  readonly latency_min?: number;
  readonly latency_max?: number;
  /** Words that must all stand in the request's or the answer's body. */
  readonly q?: string;
  readonly properties?: Readonly<Record<string, readonly string[]>>;
}

/** `property.<name>` groups by that property's value. */
export type GroupBy =
  | "provider"
  | "model"
  | "user"
  | "session"
  | "key"
  | "provider_key"
  | "endpoint"
  | "status"
  | "cache"
  | "error"
  | `property.${string}`;

export interface StatsQuery {
  readonly range: Range;
  readonly filters?: Filters;
  /** Adds the figures of another range, the one before as a rule. */
  readonly previous?: Range;
}

export interface TimeseriesQuery {
  readonly range: Range;
  readonly bucketSeconds: number;
  readonly metric: Metric;
  readonly period?: Period;
  readonly groupBy?: GroupBy;
  /** Groups with a line of their own, 8 by default. */
  readonly top?: number;
  readonly filters?: Filters;
}

export interface BreakdownQuery extends StatsQuery {
  readonly by: GroupBy;
  /** Largest first; `cost` by default. */
  readonly order?: BreakdownOrder;
  /** 1 to 500, 20 by default. */
  readonly limit?: number;
}

export interface RowsQuery {
  /** Without one: everything that is kept. */
  readonly range?: Partial<Range>;
  readonly filters?: Filters;
  /** By time; newest first (`desc`) is the default. */
  readonly order?: "asc" | "desc";
}

export interface LogsQuery extends RowsQuery {
  /** 1 to 1000, 50 by default. */
  readonly limit?: number;
  readonly offset?: number;
  /** `next_cursor` of the page before; wins over `offset`. */
  readonly cursor?: string;
}

export interface ReadOptions {
  /** Ends the query when the reader goes away. */
  readonly signal?: AbortSignal;
}

/**
 * Reads the projected events of one project.
 *
 * Each method throws `AppError` `analytics_unavailable` while ClickHouse is away: no number is invented.
 */
export interface Analytics {
  stats(project: string, query: StatsQuery, options?: ReadOptions): Promise<Stats>;
  timeseries(project: string, query: TimeseriesQuery, options?: ReadOptions): Promise<Timeseries>;
  breakdown(project: string, query: BreakdownQuery, options?: ReadOptions): Promise<Breakdown>;
  /** The names of the properties that calls of the range have. */
  properties(project: string, query: StatsQuery, options?: ReadOptions): Promise<Properties>;
  /** @throws {AppError} `bad_request` for a cursor that was not given out for this order */
  logs(project: string, query: LogsQuery, options?: ReadOptions): Promise<LogPage>;
  /** Null when this project has no such event. `raw` leaves JSON bodies as text. */
  event(
    project: string,
    eventId: string,
    options?: ReadOptions & { readonly raw?: boolean },
  ): Promise<EventDetail | null>;
  /** Every matching row, in bounded memory. */
  rows(project: string, query: RowsQuery, options?: ReadOptions): AsyncIterable<LogRow>;
}
