-- What the cache did for a call, and what that saved.
ALTER TABLE events_g{g}
  -- How much sooner an answer from the cache was there than when it was bought, in milliseconds.
  ADD COLUMN IF NOT EXISTS saved_latency_ms Nullable(Float64) AFTER saved_cost_usd,
  -- NULL: the call could not be cached.
  ADD COLUMN IF NOT EXISTS cache_reason LowCardinality(Nullable(String)) AFTER cache,
  ADD COLUMN IF NOT EXISTS cache_age_ms Nullable(Float64) AFTER cache_reason,
  ADD COLUMN IF NOT EXISTS cache_similarity Nullable(Float64) AFTER cache_age_ms,
  -- The event of the call that bought the answer.
  ADD COLUMN IF NOT EXISTS cache_source_event Nullable(String) AFTER cache_similarity,
  ADD COLUMN IF NOT EXISTS cache_ttl_seconds Nullable(UInt32) AFTER cache_source_event,
  -- Of a miss: the hash of each part of its key.
  ADD COLUMN IF NOT EXISTS cache_components Map(LowCardinality(String), String) AFTER cache_ttl_seconds,
  -- Of a miss: in which parts, and where in the body, it differs from the request most alike.
  ADD COLUMN IF NOT EXISTS cache_differs Array(LowCardinality(String)) AFTER cache_components,
  ADD COLUMN IF NOT EXISTS cache_paths Array(LowCardinality(String)) AFTER cache_differs,
  -- The whole decision as JSON.
  ADD COLUMN IF NOT EXISTS cache_decision Nullable(String) CODEC(ZSTD(3)) AFTER cache_paths;
