-- Sums by minute, hour and day, so that a chart of a month does not read a million rows.
--
-- They are made from whole hours and never changed. Each hour's rows bear the number of the run that made
-- them (made); a seal says which rows of events that was made from, by their count and a hash of their
-- content. Readers use an hour only while its rows in events are the very ones of its seal, and read
-- events itself otherwise: see "Sums" in docs/clickhouse.md.
--
-- The hash covers every column that the sums are made of, and what decides between two copies of a row. As
-- a projection it is kept with each part of the table and can't disagree with it.
ALTER TABLE events_g{g} MODIFY SETTING
  deduplicate_merge_projection_mode = 'rebuild',
  lightweight_mutation_projection_mode = 'rebuild';

ALTER TABLE events_g{g} ADD PROJECTION IF NOT EXISTS content (
  SELECT
    project_id,
    toStartOfHour(timestamp),
    count(),
    sum(cityHash64((
      event_id, timestamp, log_gen, log_versionstamp, log_index, provider, endpoint, model, status,
      error_code, cache, latency_ms, ttft_ms, tokens_input, tokens_output, tokens_cache_read,
      tokens_cache_write, tokens_reasoning, cost_usd, saved_cost_usd, key_id, user_id, session_id,
      properties
    )))
  GROUP BY project_id, toStartOfHour(timestamp)
);

ALTER TABLE events_g{g} MATERIALIZE PROJECTION content;

CREATE TABLE IF NOT EXISTS rollup_seals (
  project_id String,
  unit LowCardinality(String),
  -- Of the hour or the day.
  start DateTime('UTC'),
  -- Milliseconds since 1970 and a random number: the later run replaces the earlier.
  made UInt64,
  calls UInt64,
  content UInt64
)
ENGINE = ReplacingMergeTree(made)
ORDER BY (project_id, unit, start);

-- Calls of whole hours pass through here into the two tables below; nothing is kept.
CREATE TABLE IF NOT EXISTS rollup_feed (
  project_id String,
  made UInt64,
  timestamp DateTime64(3, 'UTC'),
  provider LowCardinality(String),
  model LowCardinality(String),
  status LowCardinality(String),
  cache LowCardinality(String),
  latency_ms Float64,
  ttft_ms Nullable(Float64),
  tokens_input UInt64,
  tokens_output UInt64,
  cost_usd Nullable(Decimal(18, 12)),
  saved_cost_usd Nullable(Decimal(18, 12)),
  user_id Nullable(String),
  session_id Nullable(String)
)
ENGINE = Null;

CREATE TABLE IF NOT EXISTS calls_by_minute (
  project_id String,
  start DateTime('UTC') CODEC(Delta, ZSTD(1)),
  made UInt64 CODEC(ZSTD(1)),
  provider LowCardinality(String),
  model LowCardinality(String),
  status LowCardinality(String),
  cache LowCardinality(String),
  requests SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  unpriced SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  input SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  output SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  cost SimpleAggregateFunction(sum, Decimal(38, 12)) CODEC(ZSTD(1)),
  saved SimpleAggregateFunction(sum, Decimal(38, 12)) CODEC(ZSTD(1)),
  -- Whole microseconds: a sum of floating-point numbers depends on its order.
  latency_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  ttft_calls SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  ttft_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  last_seen SimpleAggregateFunction(max, DateTime64(3, 'UTC')) CODEC(Delta, ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (project_id, start, made, provider, model, status, cache);

-- The same by hour, and what is too large for every minute.
CREATE TABLE IF NOT EXISTS calls_by_hour (
  project_id String,
  start DateTime('UTC') CODEC(Delta, ZSTD(1)),
  made UInt64 CODEC(ZSTD(1)),
  provider LowCardinality(String),
  model LowCardinality(String),
  status LowCardinality(String),
  cache LowCardinality(String),
  requests SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  unpriced SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  input SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  output SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  cost SimpleAggregateFunction(sum, Decimal(38, 12)) CODEC(ZSTD(1)),
  saved SimpleAggregateFunction(sum, Decimal(38, 12)) CODEC(ZSTD(1)),
  latency_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  ttft_calls SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  ttft_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  last_seen SimpleAggregateFunction(max, DateTime64(3, 'UTC')) CODEC(Delta, ZSTD(1)),
  latency_least SimpleAggregateFunction(min, Float64),
  latency_most SimpleAggregateFunction(max, Float64),
  -- Percentiles to one percent. The sketch counts values in fixed classes: its merge has no order.
  latency AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) CODEC(ZSTD(1)),
  -- Of calls with a time to first token; infinity when there are none.
  ttft_least SimpleAggregateFunction(min, Float64),
  ttft_most SimpleAggregateFunction(max, Float64),
  ttft AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) CODEC(ZSTD(1)),
  users AggregateFunction(uniq, String) CODEC(ZSTD(1)),
  sessions AggregateFunction(uniq, String) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (project_id, start, made, provider, model, status, cache);

-- Made from the hours of a day that is over.
CREATE TABLE IF NOT EXISTS calls_by_day AS calls_by_hour
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (project_id, start, made, provider, model, status, cache);

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_feed_to_minutes TO calls_by_minute AS
SELECT
  project_id, toStartOfMinute(timestamp) AS start, made, provider, model, status, cache,
  count() AS requests,
  countIf(cost_usd IS NULL) AS unpriced,
  sum(tokens_input) AS input,
  sum(tokens_output) AS output,
  sum(ifNull(cost_usd, 0)) AS cost,
  sum(ifNull(saved_cost_usd, 0)) AS saved,
  sum(toUInt64(round(latency_ms * 1000))) AS latency_us,
  countIf(ttft_ms IS NOT NULL) AS ttft_calls,
  sum(toUInt64(round(ifNull(ttft_ms, 0) * 1000))) AS ttft_us,
  max(timestamp) AS last_seen
FROM rollup_feed
GROUP BY project_id, start, made, provider, model, status, cache;

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_feed_to_hours TO calls_by_hour AS
SELECT
  project_id, toStartOfHour(timestamp) AS start, made, provider, model, status, cache,
  count() AS requests,
  countIf(cost_usd IS NULL) AS unpriced,
  sum(tokens_input) AS input,
  sum(tokens_output) AS output,
  sum(ifNull(cost_usd, 0)) AS cost,
  sum(ifNull(saved_cost_usd, 0)) AS saved,
  sum(toUInt64(round(latency_ms * 1000))) AS latency_us,
  countIf(ttft_ms IS NOT NULL) AS ttft_calls,
  sum(toUInt64(round(ifNull(ttft_ms, 0) * 1000))) AS ttft_us,
  max(timestamp) AS last_seen,
  min(latency_ms) AS latency_least,
  max(latency_ms) AS latency_most,
  quantilesDDState(0.01, 0.5, 0.95, 0.99)(latency_ms) AS latency,
  min(ifNull(ttft_ms, inf)) AS ttft_least,
  max(ifNull(ttft_ms, 0)) AS ttft_most,
  quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(ifNull(ttft_ms, 0), ttft_ms IS NOT NULL) AS ttft,
  uniqStateIf(ifNull(user_id, ''), user_id IS NOT NULL) AS users,
  uniqStateIf(ifNull(session_id, ''), session_id IS NOT NULL) AS sessions
FROM rollup_feed
GROUP BY project_id, start, made, provider, model, status, cache;
