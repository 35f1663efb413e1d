-- One row for each terminal event of a call, never changed afterwards. Bodies stand in event_bodies.
--
-- {g} is the generation: a rebuild fills a new one while the old one is read; see generation.ts.
-- A batch that is sent twice is dropped by its deduplication token; the version column (the event's
-- position in the log) is the second wall, for copies that arrive in different batches.
CREATE TABLE IF NOT EXISTS events_g{g} (
  project_id String,
  event_id String,
  type LowCardinality(String),
  timestamp DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),

  provider LowCardinality(String),
  endpoint LowCardinality(String),
  model LowCardinality(String),
  response_model LowCardinality(Nullable(String)),
  method LowCardinality(String),
  path String,
  stream Bool,
  cache LowCardinality(String),

  status LowCardinality(String),
  status_code Nullable(UInt16),
  error_code LowCardinality(Nullable(String)),
  error_message Nullable(String) CODEC(ZSTD(1)),
  error_origin LowCardinality(Nullable(String)),
  finish_reason LowCardinality(Nullable(String)),

  -- Milliseconds.
  latency_ms Float64,
  ttft_ms Nullable(Float64),
  overhead_ms Float64,

  -- Whole counts: input holds cached and written tokens, output holds reasoning.
  tokens_input UInt64,
  tokens_output UInt64,
  tokens_cache_read UInt64,
  tokens_cache_write UInt64,
  tokens_reasoning UInt64,
  -- The same tokens as disjoint buckets, each priced on its own.
  usage_input UInt64,
  usage_cache_read UInt64,
  usage_cache_write UInt64,
  usage_cache_write_5m UInt64,
  usage_cache_write_1h UInt64,
  usage_input_audio UInt64,
  usage_input_image UInt64,
  usage_output UInt64,
  usage_reasoning UInt64,
  usage_output_audio UInt64,
  usage_tool_requests UInt64,
  usage_source LowCardinality(String),
  usage_reported_total Nullable(UInt64),
  usage_consistent Bool,

  -- US dollars. NULL: no price is known, for the reason beside it.
  cost_usd Nullable(Decimal(18, 12)),
  saved_cost_usd Nullable(Decimal(18, 12)),
  cost_lines Array(Tuple(
    bucket LowCardinality(String),
    units UInt64,
    usd_per_million String,
    usd Decimal(18, 12)
  )),
  price_source LowCardinality(String),
  price_version LowCardinality(String),
  price_provider LowCardinality(Nullable(String)),
  price_model LowCardinality(Nullable(String)),
  price_match LowCardinality(String),
  price_tier LowCardinality(String),
  unpriced_reason LowCardinality(Nullable(String)),

  tool_call_names Array(LowCardinality(String)),
  response_id Nullable(String),
  key_id LowCardinality(String),
  user_id Nullable(String),
  session_id Nullable(String),
  trace_id Nullable(String),
  span_id Nullable(String),
  parent_span_id Nullable(String),
  properties Map(LowCardinality(String), String),

  request_bytes UInt64,
  response_bytes UInt64,
  demo Bool DEFAULT false,

  log_gen UInt32,
  log_partition UInt16,
  log_versionstamp String,
  log_index UInt16,
  -- Generation, commit and place in the record as one number that grows with the log.
  log_position UInt128 MATERIALIZED bitShiftLeft(toUInt128(log_gen), 96)
    + bitShiftLeft(reinterpretAsUInt128(reverse(unhex(log_versionstamp))), 16)
    + toUInt128(log_index),

  INDEX event_id_filter event_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX trace_id_filter trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX session_id_filter session_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX user_id_filter user_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(log_position)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (project_id, toStartOfHour(timestamp), event_id)
SETTINGS non_replicated_deduplication_window = 10000;
