-- What did not pass through the gateway: spans of traces, scores, and calls that others recorded.
ALTER TABLE events_g{g}
  -- Who recorded it: gateway, sdk, otel, langfuse, helicone.
  ADD COLUMN IF NOT EXISTS source LowCardinality(String) DEFAULT 'gateway' AFTER demo,
  -- An answer's tool calls, and the ones whose results a request brought: together a tool's latency.
  ADD COLUMN IF NOT EXISTS tool_call_ids Array(String) AFTER tool_call_names,
  ADD COLUMN IF NOT EXISTS tool_result_ids Array(String) AFTER tool_call_ids;

ALTER TABLE events_list_g{g}
  ADD COLUMN IF NOT EXISTS source LowCardinality(String) DEFAULT 'gateway' AFTER demo,
  ADD COLUMN IF NOT EXISTS parent_span_id Nullable(String) AFTER span_id;

-- One row for each span of a trace, calls that are spans included (is_call; their numbers are in
-- events). Ordered by time, since lists are; a trace is found by the filter on its id.
CREATE TABLE IF NOT EXISTS spans_g{g} (
  project_id String,
  event_id String,
  timestamp DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  trace_id String,
  span_id String,
  -- Empty: the trace's root.
  parent_span_id String,
  kind LowCardinality(String),
  name LowCardinality(String),
  is_call Bool,
  start_us UInt64 CODEC(Delta, ZSTD(1)),
  duration_ms Nullable(Float64),
  status LowCardinality(String),
  status_message Nullable(String) CODEC(ZSTD(1)),
  level LowCardinality(Nullable(String)),
  source LowCardinality(String),
  service LowCardinality(Nullable(String)),
  scope LowCardinality(Nullable(String)),
  environment LowCardinality(Nullable(String)),
  release LowCardinality(Nullable(String)),
  tags Array(LowCardinality(String)),
  user_id Nullable(String),
  session_id Nullable(String),
  tool_name LowCardinality(Nullable(String)),
  tool_call_id Nullable(String),
  key_id LowCardinality(String),
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  unmapped Array(LowCardinality(String)),
  -- The beginning of what went in and came out, for trees.
  preview String CODEC(ZSTD(1)),
  -- NULL: nothing was kept, or the call's bodies are in event_bodies. Encoding: json, text or base64.
  input Nullable(String) CODEC(ZSTD(3)),
  input_encoding LowCardinality(String),
  input_truncated Bool,
  output Nullable(String) CODEC(ZSTD(3)),
  output_encoding LowCardinality(String),
  output_truncated Bool,
  demo Bool DEFAULT false,

  log_gen UInt32,
  log_partition UInt16,
  log_versionstamp String,
  log_index UInt16,
  log_position UInt128 MATERIALIZED bitShiftLeft(toUInt128(log_gen), 96)
    + bitShiftLeft(reinterpretAsUInt128(reverse(unhex(log_versionstamp))), 16)
    + toUInt128(log_index),

  INDEX trace_id_filter trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX event_id_filter event_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX session_id_filter session_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX user_id_filter user_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(log_position)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (project_id, toStartOfHour(timestamp), trace_id, event_id)
SETTINGS non_replicated_deduplication_window = 10000;

-- Measurements and opinions, of programs and people.
CREATE TABLE IF NOT EXISTS scores_g{g} (
  project_id String,
  event_id String,
  timestamp DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  kind LowCardinality(String),
  name LowCardinality(String),
  value Nullable(Float64),
  text String CODEC(ZSTD(1)),
  data_type LowCardinality(String),
  comment Nullable(String) CODEC(ZSTD(1)),
  target_event_id Nullable(String),
  trace_id Nullable(String),
  span_id Nullable(String),
  session_id Nullable(String),
  user_id Nullable(String),
  source LowCardinality(String),
  properties Map(LowCardinality(String), String),
  correction Nullable(String) CODEC(ZSTD(3)),
  key_id LowCardinality(String),
  demo Bool DEFAULT false,

  log_gen UInt32,
  log_partition UInt16,
  log_versionstamp String,
  log_index UInt16,
  log_position UInt128 MATERIALIZED bitShiftLeft(toUInt128(log_gen), 96)
    + bitShiftLeft(reinterpretAsUInt128(reverse(unhex(log_versionstamp))), 16)
    + toUInt128(log_index),

  INDEX target_filter target_event_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX trace_id_filter trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX session_id_filter session_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(log_position)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (project_id, toStartOfHour(timestamp), event_id)
SETTINGS non_replicated_deduplication_window = 10000;
