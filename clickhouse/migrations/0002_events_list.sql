-- What one line of a list shows, in the order in which lists are read: the latest fifty of a project are
-- found without a sort, and no wide column is touched.
CREATE TABLE IF NOT EXISTS events_list_g{g} (
  project_id String,
  event_id String,
  type LowCardinality(String),
  timestamp DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  provider LowCardinality(String),
  endpoint LowCardinality(String),
  model LowCardinality(String),
  status LowCardinality(String),
  status_code Nullable(UInt16),
  error_code LowCardinality(Nullable(String)),
  stream Bool,
  cache LowCardinality(String),
  tokens_input UInt64,
  tokens_output UInt64,
  tokens_cache_read UInt64,
  tokens_cache_write UInt64,
  tokens_reasoning UInt64,
  cost_usd Nullable(Decimal(18, 12)),
  price_source LowCardinality(String),
  latency_ms Float64,
  ttft_ms Nullable(Float64),
  user_id Nullable(String),
  session_id Nullable(String),
  trace_id Nullable(String),
  span_id Nullable(String),
  properties Map(LowCardinality(String), String),
  -- The beginning of the last user message, or else of the answer; at most 200 characters.
  preview String CODEC(ZSTD(1)),
  demo Bool DEFAULT false,

  log_gen UInt32,
  log_partition UInt16,
  log_versionstamp String,
  log_index UInt16,
  log_position UInt128 MATERIALIZED bitShiftLeft(toUInt128(log_gen), 96)
    + bitShiftLeft(reinterpretAsUInt128(reverse(unhex(log_versionstamp))), 16)
    + toUInt128(log_index),

  INDEX status_set status TYPE set(8) GRANULARITY 1,
  INDEX model_set model TYPE set(64) GRANULARITY 1,
  INDEX user_id_filter user_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX session_id_filter session_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX trace_id_filter trace_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(log_position)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (project_id, timestamp, event_id)
SETTINGS non_replicated_deduplication_window = 10000;
