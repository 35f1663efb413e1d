/**
 * What the rows of an hour are, as two numbers: their count and the sum of their hashes. As long as both
 * stay, the rows do. They count what is stored, copies that are not merged yet included.
 *
 * @module
 */

/** As `clickhouse/migrations/0006_rollups.sql` has it, or ClickHouse would hash the rows for each query. */
const rowHash = `cityHash64((
  event_id, timestamp, log_gen, log_versionstamp, log_index, provider, endpoint, model, status,
  error_code, cache, latency_ms, ttft_ms, tokens_input, tokens_output, tokens_cache_read,
  tokens_cache_write, tokens_reasoning, cost_usd, saved_cost_usd, key_id, user_id, session_id,
  properties
))`;

/**
 * The content of hours: `project_id`, `hour`, `calls`, `content`.
 *
 * @param condition over `project_id` and `toStartOfHour(timestamp)` and no other column, which the
 * projection does not hold
 */
export function hourContents(condition: string): string {
  return `SELECT project_id, toStartOfHour(timestamp) AS hour, count() AS calls,
    sum(${rowHash}) AS content
    FROM events WHERE ${condition} GROUP BY project_id, hour`;
}
