-- What a project's retention takes away, and the sums of the calls that are gone.
--
-- A row for each event of the log that took calls away: whoever comes first to it keeps their sums, all
-- that come to it later find them kept. From then on sums from before calls_before are those with this
-- number (made), for calls that are still there as for those that are gone.
CREATE TABLE IF NOT EXISTS retention_sums (
  project_id String,
  log_gen UInt32,
  log_versionstamp String,
  log_index UInt16,
  calls_before DateTime64(3, 'UTC'),
  -- 0: there were no calls.
  made UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (project_id, log_gen, log_versionstamp, log_index);

-- What was counted before it was taken away. Counted again, it is never more: readers take the largest.
CREATE TABLE IF NOT EXISTS retention_removed (
  -- Of the tables.
  generation UInt32,
  project_id String,
  log_gen UInt32,
  log_partition UInt16,
  log_versionstamp String,
  log_index UInt16,
  at DateTime64(3, 'UTC'),
  calls UInt64,
  -- Different events of this log in the tables of calls, spans and scores; and those without the demo's.
  events UInt64,
  lasting UInt64,
  bodies UInt64,
  body_bytes UInt64
)
ENGINE = MergeTree
ORDER BY (generation, project_id, log_gen, log_versionstamp, log_index);

CREATE TABLE IF NOT EXISTS kept_by_minute AS calls_by_minute
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (project_id, start, made, provider, model, status, cache);

CREATE TABLE IF NOT EXISTS kept_by_hour AS calls_by_hour
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (project_id, start, made, provider, model, status, cache);

CREATE TABLE IF NOT EXISTS kept_by_day AS calls_by_hour
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (project_id, start, made, provider, model, status, cache);
