-- What users, keys and properties used and what prompts cost, by day, so that a month's largest are found
-- without reading its calls.
--
-- Made from whole days and sealed as the sums by hour are (0006_rollups.sql), under the units `facets`,
-- sealed with the content of events, and `prompts`, with that of events_list.
CREATE TABLE IF NOT EXISTS facets_by_day (
  project_id String,
  -- user, key or property.
  facet LowCardinality(String),
  -- The property's; empty for the others.
  name LowCardinality(String),
  start DateTime('UTC') CODEC(Delta, ZSTD(1)),
  made UInt64 CODEC(ZSTD(1)),
  -- The values that have no row of their own, together: a day keeps the ones that cost most.
  is_rest Bool,
  value String CODEC(ZSTD(1)),
  -- Whether the day has a rest of this facet and name.
  has_rest SimpleAggregateFunction(max, Bool),
  requests SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  errors SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  cached SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  unpriced SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  input SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  output SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  cost SimpleAggregateFunction(sum, Decimal(38, 12)) CODEC(ZSTD(1)),
  saved SimpleAggregateFunction(sum, Decimal(38, 12)) CODEC(ZSTD(1)),
  last_seen SimpleAggregateFunction(max, DateTime64(3, 'UTC')) CODEC(Delta, ZSTD(1)),
  -- The first and the last of the providers by name: one name where all calls went to one.
  provider_least SimpleAggregateFunction(min, String) CODEC(ZSTD(1)),
  provider_most SimpleAggregateFunction(max, String) CODEC(ZSTD(1)),
  -- What the dearest of its values cost.
  dearest SimpleAggregateFunction(max, Decimal(38, 12)) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (project_id, facet, name, start, made, is_rest, value);

-- Of the calls that cost something. A prompt is the hash of its beginning.
CREATE TABLE IF NOT EXISTS prompts_by_day (
  project_id String,
  start DateTime('UTC') CODEC(Delta, ZSTD(1)),
  made UInt64 CODEC(ZSTD(1)),
  prompt UInt64 CODEC(NONE),
  requests SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  cost SimpleAggregateFunction(sum, Decimal(38, 12)) CODEC(ZSTD(1)),
  -- What the dearest call cost, and when that was, in milliseconds since 1970: of several the last.
  dearest SimpleAggregateFunction(max, Tuple(Decimal(18, 12), Int64)) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (project_id, start, made, prompt);

-- Which rows a day of the list has, as a number: see `content` in 0006_rollups.sql.
ALTER TABLE events_list_g{g} MODIFY SETTING
  deduplicate_merge_projection_mode = 'rebuild',
  lightweight_mutation_projection_mode = 'rebuild';

ALTER TABLE events_list_g{g} ADD PROJECTION IF NOT EXISTS content (
  SELECT
    project_id,
    toStartOfDay(timestamp),
    count(),
    sum(cityHash64((
      event_id, timestamp, log_gen, log_versionstamp, log_index, counted, preview_hash, cost_usd
    )))
  GROUP BY project_id, toStartOfDay(timestamp)
);

ALTER TABLE events_list_g{g} MATERIALIZE PROJECTION content;
