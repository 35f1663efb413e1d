/**
 * The way to ClickHouse, embedded or not: one URL, `@clickhouse/client-web`, explicit settings, and
 * errors that say what to do about them.
 *
 * @module
 */
import { ClickHouseLogLevel, type ClickHouseSettings, createClient } from "@clickhouse/client-web";
import type { Params, QueryOptions, Store } from "@/core/analytics/store.ts";
import { deadline } from "./deadline.ts";
import { clickhouseFetch } from "./http.ts";
import { withListsInParts } from "./long_lists.ts";
import { retryWhileAway } from "./retry.ts";
import {
  commandSettings,
  insertSettings,
  readSettings,
  rowByRow,
  wholeAnswer,
} from "./settings.ts";
import { readError, StoreError } from "./store_error.ts";

export interface StoreOptions {
  /** `http://` or `https://`, without path. */
  url: string;
  user: string;
  password: string;
  database: string;
  /** @default {globalThis.fetch} */
  fetch?: typeof fetch;
  /** Gzip in both directions. @default {true, unless the host is this machine} */
  compress?: boolean;
  /** How long reads wait for a server that is away, e.g. an engine that restarts. @default {3000} */
  waitForServerMs?: number;
}

export interface CallOptions extends QueryOptions {
  /**
   * Milliseconds until the call is given up, on the server as well; for a stream, until it is given up
   * while it waits for the next rows. @default {30000, for a stream 300000}
   */
  readonly timeout?: number;
}

export interface InsertOptions extends CallOptions {
  /**
   * Names the batch: a batch that is sent again under the same token is stored once. A token must never
   * be used for other rows: those would be dropped without an error.
   */
  readonly token?: string;
}

/** Reads and writes; every method throws `StoreError`, or the signal's reason when that was aborted. */
export interface ClickHouseStore extends Store {
  readonly database: string;
  query<T>(sql: string, params?: Params, options?: CallOptions): Promise<T[]>;
  stream<T>(sql: string, params?: Params, options?: CallOptions): AsyncIterable<T>;
  /** A statement without rows: DDL, ALTER, SYSTEM. Answers when it is done. */
  command(sql: string, params?: Params, options?: CallOptions): Promise<void>;
  /** Stores the rows before it answers. Keys are column names; unknown ones are refused. */
  insert(table: string, rows: readonly object[], options?: InsertOptions): Promise<void>;
  /** Throws unless ClickHouse answers to this user. */
  ping(options?: CallOptions): Promise<void>;
  close(): Promise<void>;
}

const unknownDatabase = 81;
const defaultTimeoutMs = 30_000;
/** A server sends by the megabyte: a scan that finds few rows is silent until it ends. */
const defaultSilenceMs = 300_000;
/** The client's own limit covers headers only; ours (`deadline.ts`) covers the whole call. */
const noClientTimeoutMs = 2 ** 31 - 1;

export function createStore(options: StoreOptions): ClickHouseStore {
  const { url, user, password, database, waitForServerMs = 3_000 } = options;
  const compress = options.compress ?? !isThisMachine(url);
  const client = createClient({
    url,
    username: user,
    password,
    database,
    application: "watchllm",
    // Its log would write queries to the console; every error reaches the caller anyway.
    log: { level: ClickHouseLogLevel.OFF },
    request_timeout: noClientTimeoutMs,
    compression: { response: compress, request: false },
    // Values of many kilobytes travel in the body, where no proxy limits their length.
    use_multipart_params_auto: true,
    fetch: clickhouseFetch({
      fetch: options.fetch ?? globalThis.fetch,
      compressRequests: compress,
    }),
  });

  /** Sends a reading query; the answer's rows are still to be read. */
  function ask(sql: string, params: Params, call: AbortSignal, settings: ClickHouseSettings) {
    const asked = withListsInParts(sql, params);
    const send = () =>
      client.query({
        query: asked.sql,
        query_params: asked.params,
        format: "JSONEachRow",
        abort_signal: call,
        clickhouse_settings: { ...readSettings, ...settings },
      });
    return retryWhileAway(send, { withinMs: waitForServerMs, signal: call });
  }

  return {
    database,
    async query<T>(sql: string, params: Params = {}, options: CallOptions = {}): Promise<T[]> {
      const timeout = options.timeout ?? defaultTimeoutMs;
      const max_execution_time = Math.ceil(timeout / 1000);
      using call = deadline(options.signal, timeout);
      return await call.run(async () => {
        const settings = { ...wholeAnswer, max_execution_time, ...options.settings };
        const result = await ask(sql, params, call.signal, settings);
        return await result.json<T>().catch(rethrowReadError);
      });
    },
    async *stream<T>(sql: string, params: Params = {}, options: CallOptions = {}) {
      using call = deadline(options.signal, options.timeout ?? defaultSilenceMs);
      const settings = { ...rowByRow, ...options.settings };
      const result = await call.run(() => ask(sql, params, call.signal, settings));
      const reader = result.stream<T>().getReader();
      try {
        while (true) {
          const { done, value } = await call.run(() => reader.read().catch(rethrowReadError));
          if (done) return;
          for (const row of value) yield row.json<T>();
        }
      } finally {
        // Leaving the loop closes the connection, which ends the query.
        await reader.cancel().catch(() => {});
      }
    },
    async command(sql, params = {}, options = {}) {
      using call = deadline(options.signal, options.timeout ?? defaultTimeoutMs);
      const given = withListsInParts(sql, params);
      await call.run(() =>
        client.command({
          query: given.sql,
          query_params: given.params,
          abort_signal: call.signal,
          clickhouse_settings: { ...commandSettings, ...options.settings },
        })
      );
    },
    async insert(table, rows, options = {}) {
      if (rows.length === 0) return;
      const values = withNames(rows);
      using call = deadline(options.signal, options.timeout ?? defaultTimeoutMs);
      const token = options.token === undefined
        ? {}
        : { insert_deduplication_token: options.token };
      await call.run(() =>
        client.insert({
          table: quoted(table),
          values,
          format: "JSONCompactEachRowWithNames",
          abort_signal: call.signal,
          clickhouse_settings: { ...insertSettings, ...token, ...options.settings },
        })
      );
    },
    async ping(options = {}) {
      using call = deadline(options.signal, options.timeout ?? defaultTimeoutMs);
      await call.run(async () => {
        const result = await client.query({ query: "SELECT 1", abort_signal: call.signal });
        await result.text().catch(rethrowReadError);
      }).catch((error) => {
        // It did answer: the database is made by the first migration.
        if (!(error instanceof StoreError && error.exceptionCode === unknownDatabase)) throw error;
      });
    },
    close: () => client.close(),
  };
}

function rethrowReadError(error: unknown): never {
  throw readError(error);
}

/** Quotes each part of `database.table`. */
function quoted(table: string): string {
  return table.split(".").map((part) => `\`${part.replaceAll("`", "\\`")}\``).join(".");
}

function isThisMachine(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

/**
 * The column names once and then bare values: half the bytes of objects, for both sides to handle. Every
 * row must have the columns of the first one.
 */
function withNames(rows: readonly object[]): unknown[][] {
  const columns = Object.keys(rows[0] ?? {});
  const table: unknown[][] = [columns];
  for (const row of rows) {
    // Any object has its own names as keys.
    const values = columns.map((column) => (row as Record<string, unknown>)[column]);
    if (Object.keys(row).length !== columns.length || values.includes(undefined)) {
      throw new TypeError(
        `Rows of one insert have the same columns: expected ${columns.join(", ")}`,
      );
    }
    table.push(values);
  }
  return table;
}
