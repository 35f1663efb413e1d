-- Whoever records a call need not say how long it took: then it took an unknown time, not none. Averages
-- and percentiles are of the calls whose time is known.
--
-- In this order, so that rows can be written between any two statements: the sums get room, the views
-- fill it, and only then may a time be missing.
ALTER TABLE calls_by_minute
  -- Calls whose time is known. Of sums from before, all of them.
  ADD COLUMN IF NOT EXISTS latency_calls SimpleAggregateFunction(sum, UInt64) DEFAULT requests
    AFTER latency_us;

ALTER TABLE calls_by_hour
  ADD COLUMN IF NOT EXISTS latency_calls SimpleAggregateFunction(sum, UInt64) DEFAULT requests
    AFTER latency_us;

ALTER TABLE calls_by_day
  ADD COLUMN IF NOT EXISTS latency_calls SimpleAggregateFunction(sum, UInt64) DEFAULT requests
    AFTER latency_us;

ALTER TABLE kept_by_minute
  ADD COLUMN IF NOT EXISTS latency_calls SimpleAggregateFunction(sum, UInt64) DEFAULT requests
    AFTER latency_us;

ALTER TABLE kept_by_hour
  ADD COLUMN IF NOT EXISTS latency_calls SimpleAggregateFunction(sum, UInt64) DEFAULT requests
    AFTER latency_us;

ALTER TABLE kept_by_day
  ADD COLUMN IF NOT EXISTS latency_calls SimpleAggregateFunction(sum, UInt64) DEFAULT requests
    AFTER latency_us;

ALTER TABLE rollup_feed_to_minutes MODIFY QUERY
SELECT
  project_id, toStartOfMinute(timestamp) AS start, made, provider, model, status, cache,
  count() AS requests,
  countIf(cost_usd IS NULL) AS unpriced,
  sum(tokens_input) AS input,
  sum(tokens_output) AS output,
  sum(ifNull(cost_usd, 0)) AS cost,
  sum(ifNull(saved_cost_usd, 0)) AS saved,
  sum(toUInt64(round(ifNull(latency_ms, 0) * 1000))) AS latency_us,
  countIf(latency_ms IS NOT NULL) AS latency_calls,
  countIf(ttft_ms IS NOT NULL) AS ttft_calls,
  sum(toUInt64(round(ifNull(ttft_ms, 0) * 1000))) AS ttft_us,
  max(timestamp) AS last_seen
FROM rollup_feed
GROUP BY project_id, start, made, provider, model, status, cache;

ALTER TABLE rollup_feed_to_hours MODIFY QUERY
SELECT
  project_id, toStartOfHour(timestamp) AS start, made, provider, model, status, cache,
  count() AS requests,
  countIf(cost_usd IS NULL) AS unpriced,
  sum(tokens_input) AS input,
  sum(tokens_output) AS output,
  sum(ifNull(cost_usd, 0)) AS cost,
  sum(ifNull(saved_cost_usd, 0)) AS saved,
  sum(toUInt64(round(ifNull(latency_ms, 0) * 1000))) AS latency_us,
  countIf(latency_ms IS NOT NULL) AS latency_calls,
  countIf(ttft_ms IS NOT NULL) AS ttft_calls,
  sum(toUInt64(round(ifNull(ttft_ms, 0) * 1000))) AS ttft_us,
  max(timestamp) AS last_seen,
  -- Infinity when none is known, as for the first tokens.
  min(ifNull(latency_ms, inf)) AS latency_least,
  max(ifNull(latency_ms, 0)) AS latency_most,
  quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(ifNull(latency_ms, 0), latency_ms IS NOT NULL) AS latency,
  min(ifNull(ttft_ms, inf)) AS ttft_least,
  max(ifNull(ttft_ms, 0)) AS ttft_most,
  quantilesDDStateIf(0.01, 0.5, 0.95, 0.99)(ifNull(ttft_ms, 0), ttft_ms IS NOT NULL) AS ttft,
  uniqStateIf(ifNull(user_id, ''), user_id IS NOT NULL) AS users,
  uniqStateIf(ifNull(session_id, ''), session_id IS NOT NULL) AS sessions
FROM rollup_feed
GROUP BY project_id, start, made, provider, model, status, cache;

ALTER TABLE rollup_feed MODIFY COLUMN latency_ms Nullable(Float64);

-- The projection `content` hashes a value that is there as it did before: sums that were made stay.
ALTER TABLE events_g{g} MODIFY COLUMN latency_ms Nullable(Float64);

ALTER TABLE events_list_g{g} MODIFY COLUMN latency_ms Nullable(Float64);
