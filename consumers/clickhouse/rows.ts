/**
 * The rows of calls, and the list of all tables: `clickhouse/migrations/` in the form in which they are
 * sent. A test compares both column by column.
 *
 * @module
 */
import { attemptColumns } from "./attempt.ts";
import {
  bool,
  checkOf,
  duration,
  type Fields,
  instant,
  key,
  listOf,
  money,
  nullable,
  text,
  texts,
  tupleOf,
  uint16,
  uint32,
  uint64,
} from "./columns.ts";
import { scoreColumns, spanColumns, type SpanRow } from "./span_rows.ts";

const identity = { project_id: key, event_id: key, timestamp: instant };

const position = {
  log_gen: uint32,
  log_partition: uint16,
  log_versionstamp: text,
  log_index: uint16,
};

/** What lists and sums have in common. */
const call = {
  type: text,
  provider: text,
  endpoint: text,
  model: text,
  status: text,
  status_code: nullable(uint16),
  error_code: nullable(text),
  stream: bool,
  cache: text,
  tokens_input: uint64,
  tokens_output: uint64,
  tokens_cache_read: uint64,
  tokens_cache_write: uint64,
  tokens_reasoning: uint64,
  cost_usd: nullable(money),
  price_source: text,
  latency_ms: nullable(duration),
  ttft_ms: nullable(duration),
  user_id: nullable(text),
  session_id: nullable(text),
  trace_id: nullable(text),
  span_id: nullable(text),
  properties: texts,
  demo: bool,
  source: text,
  counted: bool,
};

export const eventColumns = {
  ...identity,
  ...call,
  response_model: nullable(text),
  method: text,
  path: text,
  error_message: nullable(text),
  error_origin: nullable(text),
  limits: texts,
  limit_decisions: nullable(text),
  finish_reason: nullable(text),
  overhead_ms: duration,
  usage_input: uint64,
  usage_cache_read: uint64,
  usage_cache_write: uint64,
  usage_cache_write_5m: uint64,
  usage_cache_write_1h: uint64,
  usage_input_audio: uint64,
  usage_input_image: uint64,
  usage_output: uint64,
  usage_reasoning: uint64,
  usage_output_audio: uint64,
  usage_tool_requests: uint64,
  usage_cache_write_12h: uint64,
  usage_source: text,
  usage_reported_total: nullable(uint64),
  usage_consistent: bool,
  provider_cost_usd: nullable(money),
  saved_cost_usd: nullable(money),
  saved_latency_ms: nullable(duration),
  cache_reason: nullable(text),
  cache_age_ms: nullable(duration),
  cache_similarity: nullable(duration),
  cache_source_event: nullable(text),
  cache_ttl_seconds: nullable(uint32),
  cache_components: texts,
  cache_differs: listOf(text),
  cache_paths: listOf(text),
  cache_decision: nullable(text),
  cost_lines: listOf(tupleOf({ bucket: text, units: uint64, usd_per_million: text, usd: money })),
  route: nullable(text),
  translation: nullable(text),
  price_version: text,
  price_provider: nullable(text),
  price_model: nullable(text),
  price_match: text,
  price_tier: text,
  service_tier: nullable(text),
  speed: nullable(text),
  inference_geo: nullable(text),
  unpriced_reason: nullable(text),
  repriced_at: nullable(instant),
  repriced_reason: nullable(text),
  tool_call_names: listOf(text),
  tool_call_ids: listOf(text),
  tool_result_ids: listOf(text),
  response_id: nullable(text),
  key_id: text,
  provider_key_id: nullable(text),
  stream_gap_ms: nullable(duration),
  tokens_per_second: nullable(duration),
  usage_estimated: uint64,
  parent_span_id: nullable(text),
  request_bytes: uint64,
  response_bytes: uint64,
  ...position,
};
export type EventRow = Fields<typeof eventColumns>;

const listColumns = {
  ...identity,
  ...call,
  parent_span_id: nullable(text),
  key_id: text,
  provider_key_id: nullable(text),
  preview: text,
  ...position,
};
export type ListRow = Fields<typeof listColumns>;

export const bodyColumns = {
  ...identity,
  request: nullable(text),
  request_encoding: text,
  request_content_type: nullable(text),
  request_original_bytes: uint64,
  request_bytes: uint64,
  request_truncated: bool,
  response: nullable(text),
  response_encoding: text,
  response_content_type: nullable(text),
  response_original_bytes: uint64,
  response_bytes: uint64,
  response_truncated: bool,
  request_headers: texts,
  response_headers: texts,
  tool_calls: listOf(tupleOf({ id: text, name: text, arguments: text })),
  input_text: text,
  output_text: text,
  demo: bool,
  ...position,
};
export type BodyRow = Fields<typeof bodyColumns>;

/** The tables in the order in which they are filled: what a list shows has its event and its bodies. */
export const tables = [
  { name: "events", columns: eventColumns },
  { name: "event_bodies", columns: bodyColumns },
  { name: "events_list", columns: listColumns },
  { name: "spans", columns: spanColumns },
  { name: "scores", columns: scoreColumns },
  { name: "call_attempts", columns: attemptColumns },
] as const;
export type TableName = typeof tables[number]["name"];

/** The rows of one call. */
export interface CallRows {
  readonly events: EventRow;
  readonly event_bodies: BodyRow;
  readonly events_list: ListRow;
  /** The span that it is; null when it is none. */
  readonly spans: SpanRow | null;
}

const checks = tables.flatMap(({ name, columns }) =>
  name === "scores" || name === "call_attempts" ? [] : [{ name, check: checkOf(columns) }]
);

/** Names the first column that ClickHouse would not keep as it is; null when there is none. */
export function rowProblem(rows: CallRows): string | null {
  for (const { name, check } of checks) {
    const row = rows[name];
    const problem = row && check(row);
    if (problem !== null) return `${name}.${problem}`;
  }
  return null;
}
