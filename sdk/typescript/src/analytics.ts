/**
 * Reads what is stored, over the analytics API (`GET /v1/openapi.json` describes all of it).
 *
 * @module
 */
import type { Settings } from "./options.ts";
import { defined } from "./span.ts";

/** A stretch of time: ISO 8601, or a `Date`. */
export interface Range {
  /** Its first instant. */
  readonly from?: string | Date;
  /** The first instant after it. */
  readonly to?: string | Date;
}

/** Which calls. */
export interface LogFilter extends Range {
  /** `success` or `error`. */
  readonly status?: string;
  /** As the gateway names it. */
  readonly provider?: string;
  /** As it was asked for. */
  readonly model?: string;
  /** Who the application worked for. */
  readonly userId?: string;
  /** The conversation. */
  readonly sessionId?: string;
  /** The trace. */
  readonly traceId?: string;
  /** `HIT`, `MISS`, … */
  readonly cache?: string;
  /** Words in prompts and answers. */
  readonly q?: string;
  /** Properties and their values. */
  readonly properties?: Readonly<Record<string, string>>;
  /** `asc` or `desc` by time. @default {"desc"} */
  readonly order?: "asc" | "desc";
}

/** One call, as lists show it. Money is US dollars as a decimal string; null when no price is known. */
export interface CallRow {
  /** The event's id. */
  readonly event_id: string;
  /** The kind of event. */
  readonly type: string;
  /** When it began, UTC. */
  readonly timestamp: string;
  /** Who answered. */
  readonly provider: string;
  /** As it was asked for. */
  readonly model: string;
  /** How it ended. */
  readonly status: string;
  /** The HTTP status; null when there was none. */
  readonly status_code: number | null;
  /** Whether it was streamed. */
  readonly stream: boolean;
  /** What the cache did. */
  readonly cache: string;
  /** All input tokens; null when nothing is known of them. */
  readonly tokens_input: number | null;
  /** All output tokens. */
  readonly tokens_output: number | null;
  /** What it cost. */
  readonly cost_usd: string | null;
  /** From request to the answer's end; null when whoever recorded it did not say. */
  readonly latency_ms: number | null;
  /** To the first token. */
  readonly ttft_ms: number | null;
  /** Who the application worked for. */
  readonly user_id: string | null;
  /** The conversation. */
  readonly session_id: string | null;
  /** The trace. */
  readonly trace_id: string | null;
  /** Facts of the application. */
  readonly properties: Readonly<Record<string, string>>;
}

/** The totals of a stretch of time. */
export interface Stats {
  /** The project. */
  readonly project_id: string;
  /** Its first instant. */
  readonly date_from: string;
  /** The first instant after it. */
  readonly date_to: string;
  /** The figures; money is US dollars as decimal strings. */
  readonly stats: {
    /** All calls. */
    readonly total_requests: number;
    /** Those that ended well. */
    readonly successful_requests: number;
    /** Those that did not. */
    readonly failed_requests: number;
    /** All input tokens. */
    readonly total_tokens_input: number;
    /** All output tokens. */
    readonly total_tokens_output: number;
    /** What they cost, as far as prices are known. */
    readonly total_cost_usd: string | null;
    /** What the cache saved. */
    readonly saved_cost_usd: string | null;
    /** Calls without a known price. */
    readonly unpriced_requests: number;
    /** Failed calls divided by all. */
    readonly error_rate: number;
    /** Cache hits divided by all. */
    readonly cache_hit_rate: number;
    /** Further figures. */
    readonly [figure: string]: string | number | null;
  };
  /** The models that cost most. */
  readonly top_models: readonly {
    /** Who answered. */
    readonly provider: string;
    /** As it was asked for. */
    readonly model: string;
    /** Its calls. */
    readonly request_count: number;
    /** What they cost. */
    readonly total_cost_usd: string | null;
  }[];
}

/** One point of a series. */
export interface Point {
  /** The bucket's first instant. */
  readonly timestamp: string;
  /** Its figure; money is a decimal string. */
  readonly value: number | string | null;
  /** What it is grouped by. */
  readonly group?: string;
}

/** An answer that is not what was asked for. */
export class WatchLLMError extends Error {
  /** Always `WatchLLMError`. */
  override readonly name = "WatchLLMError";
  /** The HTTP status. */
  readonly status: number;
  /** The stable code of the error table. */
  readonly code: string;
  /** To quote when you report it. */
  readonly requestId: string | undefined;

  /** Made by the reader. */
  constructor(status: number, code: string, message: string, requestId?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

/** Reads a project's analytics. Unlike recording, reading throws: `WatchLLMError` says what is wrong. */
export class Analytics {
  readonly #settings: Pick<Settings, "apiKey" | "baseUrl" | "fetch" | "timeoutMs">;

  /** Made by `WatchLLM`. */
  constructor(settings: Pick<Settings, "apiKey" | "baseUrl" | "fetch" | "timeoutMs">) {
    this.#settings = settings;
  }

  /** The totals of a stretch of time. */
  stats(range: Range = {}): Promise<Stats> {
    return this.get("/v1/analytics/stats", rangeQuery(range));
  }

  /** A figure over time; empty buckets are 0. */
  async timeseries(query: {
    readonly period: "1h" | "6h" | "24h" | "7d" | "30d";
    readonly metric: "requests" | "cost" | "latency" | "errors" | "tokens" | "cache";
    readonly groupBy?: string;
  }): Promise<readonly Point[]> {
    const { period, metric, groupBy } = query;
    const answer = await this.get<{ data: Point[] }>("/v1/analytics/timeseries", {
      period,
      metric,
      group_by: groupBy,
    });
    return answer.data;
  }

  /** Every call that fits, page by page behind the scenes. */
  async *logs(filter: LogFilter = {}, pageSize = 100): AsyncGenerator<CallRow> {
    let cursor: string | null | undefined;
    do {
      const page: { logs: CallRow[]; next_cursor: string | null } = await this.get(
        "/v1/analytics/logs",
        { ...filterQuery(filter), limit: String(pageSize), cursor: cursor ?? undefined },
      );
      yield* page.logs;
      cursor = page.next_cursor;
    } while (cursor);
  }

  /** One event with its bodies, the cost's arithmetic and the decisions behind it. */
  event(eventId: string): Promise<Readonly<Record<string, unknown>>> {
    return this.get(`/v1/analytics/event/${encodeURIComponent(eventId)}`);
  }

  /** One trace as a tree. */
  trace(traceId: string): Promise<Readonly<Record<string, unknown>>> {
    return this.get(`/v1/analytics/traces/${encodeURIComponent(traceId)}`);
  }

  /**
   * Any route of the API.
   *
   * @throws {WatchLLMError} when the server refuses
   */
  async get<T>(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<T> {
    const { baseUrl, apiKey, fetch, timeoutMs } = this.#settings;
    const given = new URLSearchParams(defined(query)).toString();
    const response = await fetch(baseUrl + path + (given && `?${given}`), {
      headers: { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.ok) return await response.json();
    // Read as if it were ours; what is missing has a default.
    const { error = {} } = await response.json().catch(() => ({})) as {
      error?: { code?: string; message?: string; request_id?: string };
    };
    const message = error.message ?? `The server answered ${response.status}`;
    throw new WatchLLMError(response.status, error.code ?? "unknown", message, error.request_id);
  }
}

function rangeQuery({ from, to }: Range): Record<string, string | undefined> {
  return { date_from: instant(from), date_to: instant(to) };
}

function instant(value: string | Date | undefined): string | undefined {
  return value instanceof Date ? value.toISOString() : value;
}

/** Our names in the API's: `userId` is `user_id` there. */
function filterQuery(filter: LogFilter): Record<string, string | undefined> {
  const { from, to, properties = {}, ...others } = filter;
  return {
    // The filter's two ends are a range's; either may be missing there too.
    ...rangeQuery({ from, to } as Range),
    ...Object.fromEntries(
      Object.entries(others).map(([name, value]) => [
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        value,
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [`property.${name}`, value]),
    ),
  };
}
