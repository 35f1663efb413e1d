/**
 * A row of the list as it is read and as it is answered.
 *
 * @module
 */
import { cacheStatusSchema } from "../event/call.ts";
import { type LogRow, type Status, statusSchema } from "./types.ts";

export const logColumns = `
  event_id, type, timestamp, provider, model, status, status_code, stream, cache,
  tokens_input, tokens_output, tokens_cache_read, tokens_cache_write, tokens_reasoning,
  toString(cost_usd) AS cost, price_source, latency_ms, ttft_ms,
  user_id, session_id, trace_id, span_id, properties`;

/** As ClickHouse answers `logColumns`: 64-bit numbers and decimals as text. */
export interface StoredLogRow {
  readonly event_id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly provider: string;
  readonly model: string;
  readonly status: string;
  readonly status_code: number | null;
  readonly stream: boolean;
  readonly cache: string;
  readonly tokens_input: string;
  readonly tokens_output: string;
  readonly tokens_cache_read: string;
  readonly tokens_cache_write: string;
  readonly tokens_reasoning: string;
  readonly cost: string | null;
  readonly price_source: string;
  readonly latency_ms: number | null;
  readonly ttft_ms: number | null;
  readonly user_id: string | null;
  readonly session_id: string | null;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  readonly properties: Readonly<Record<string, string>>;
}

/** The row as it is answered; a number or text that nobody told is null. */
export function logRow(row: StoredLogRow): LogRow {
  return {
    event_id: row.event_id,
    type: row.type,
    timestamp: row.timestamp,
    provider: row.provider,
    model: row.model,
    status: statusOf(row.status),
    status_code: row.status_code,
    stream: row.stream,
    cache: cacheStatusSchema.parse(row.cache),
    tokens_input: Number(row.tokens_input),
    tokens_output: Number(row.tokens_output),
    tokens_cache_read: Number(row.tokens_cache_read),
    tokens_cache_write: Number(row.tokens_cache_write),
    tokens_reasoning: Number(row.tokens_reasoning),
    cost_usd: row.cost,
    price_source: row.price_source,
    latency_ms: row.latency_ms,
    ttft_ms: row.ttft_ms,
    user_id: row.user_id,
    session_id: row.session_id,
    trace_id: row.trace_id,
    span_id: row.span_id,
    properties: { ...row.properties },
  };
}

function statusOf(stored: string): Status {
  return statusSchema.parse(stored);
}
