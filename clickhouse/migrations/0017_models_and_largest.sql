-- Sums that are smaller than those that they are made from, for what people look at most: by model without
-- status and cache, and the prompts of a day that cost most.
--
-- Made from sums that are sealed (0006_rollups.sql, 0013_facets.sql) and sealed with the same content,
-- under units of their own: `model_hour` and `model_day`, from those by hour and day, and
-- `largest_prompts`, from prompts_by_day. What was sealed before is made up for by whoever makes sums.
CREATE TABLE IF NOT EXISTS sums_by_model (
  project_id String,
  -- hour or day.
  unit LowCardinality(String),
  start DateTime('UTC') CODEC(Delta, ZSTD(1)),
  -- A number of its own for each hour and day.
  made UInt64 CODEC(ZSTD(1)),
  provider LowCardinality(String),
  model LowCardinality(String),
  requests SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  errors SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  cached SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  unpriced SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  input SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  output SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  cost SimpleAggregateFunction(sum, Decimal(38, 12)) CODEC(ZSTD(1)),
  saved SimpleAggregateFunction(sum, Decimal(38, 12)) CODEC(ZSTD(1)),
  latency_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  -- Calls whose time is known.
  latency_calls SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  ttft_calls SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  ttft_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  last_seen SimpleAggregateFunction(max, DateTime64(3, 'UTC')) CODEC(Delta, ZSTD(1)),
  latency_least SimpleAggregateFunction(min, Float64),
  latency_most SimpleAggregateFunction(max, Float64),
  latency AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) CODEC(ZSTD(1)),
  ttft_least SimpleAggregateFunction(min, Float64),
  ttft_most SimpleAggregateFunction(max, Float64),
  ttft AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) CODEC(ZSTD(1)),
  users AggregateFunction(uniq, String) CODEC(ZSTD(1)),
  sessions AggregateFunction(uniq, String) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (project_id, unit, start, made, provider, model)
-- Sketches are large: a day's hours are not to be read for the sake of one.
SETTINGS index_granularity = 256;

-- The thousand of each day; of the others the row is_rest says what the dearest of them cost.
CREATE TABLE IF NOT EXISTS largest_prompts_by_day (
  project_id String,
  start DateTime('UTC') CODEC(Delta, ZSTD(1)),
  made UInt64 CODEC(ZSTD(1)),
  is_rest Bool,
  prompt UInt64 CODEC(NONE),
  requests SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  cost SimpleAggregateFunction(sum, Decimal(38, 12)) CODEC(ZSTD(1)),
  dearest SimpleAggregateFunction(max, Tuple(Decimal(18, 12), Int64)) CODEC(ZSTD(1)),
  -- What any prompt that is not among these can have cost at most that day; 0 when all are.
  bound SimpleAggregateFunction(max, Decimal(38, 12)) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (project_id, start, made, is_rest, prompt)
SETTINGS index_granularity = 1024;
