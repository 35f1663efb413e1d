-- How calls were routed, between which formats they were translated, and each attempt of those that had
-- several.
ALTER TABLE events_g{g}
  -- JSON; NULL: the call went straight to what it named.
  ADD COLUMN IF NOT EXISTS route Nullable(String) CODEC(ZSTD(3)) AFTER cost_lines,
  -- JSON; NULL: it went as it was.
  ADD COLUMN IF NOT EXISTS translation Nullable(String) CODEC(ZSTD(3)) AFTER route;

-- Nothing here counts in totals: the call's own row does.
CREATE TABLE IF NOT EXISTS call_attempts_g{g} (
  project_id String,
  -- The attempt's own.
  event_id String,
  -- The call's.
  call_id String,
  timestamp DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  number UInt16,
  provider LowCardinality(String),
  model LowCardinality(String),
  target LowCardinality(String),
  provider_key_id Nullable(String),
  status Nullable(UInt16),
  error LowCardinality(Nullable(String)),
  because String CODEC(ZSTD(1)),
  next_because Nullable(String) CODEC(ZSTD(1)),
  waited_ms Float64,
  latency_ms Float64,
  ttft_ms Nullable(Float64),
  -- What a failed attempt reported, and what that cost.
  tokens_input Nullable(UInt64),
  tokens_output Nullable(UInt64),
  cost_usd Nullable(Decimal(18, 12)),
  demo Bool DEFAULT false,

  log_gen UInt32,
  log_partition UInt16,
  log_versionstamp String,
  log_index UInt16,
  log_position UInt128 MATERIALIZED bitShiftLeft(toUInt128(log_gen), 96)
    + bitShiftLeft(reinterpretAsUInt128(reverse(unhex(log_versionstamp))), 16)
    + toUInt128(log_index),

  INDEX call_id_filter call_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(log_position)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (project_id, toStartOfHour(timestamp), event_id)
SETTINGS non_replicated_deduplication_window = 10000;
