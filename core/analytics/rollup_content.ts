/**
 * What the rows of an hour or a day are, as two numbers: their count and the sum of their hashes. As long
 * as both stay, the rows do. They count what is stored, copies that are not merged yet included.
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

/** The same of `clickhouse/migrations/0013_facets.sql`. */
const listedHash = `cityHash64((
  event_id, timestamp, log_gen, log_versionstamp, log_index, counted, preview_hash, cost_usd
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

/** The content of days, which is that of their hours, added up: `project_id`, `start`, `calls`, `content`. */
export function dayContents(condition: string): string {
  return `SELECT project_id, toStartOfDay(hour) AS start, sum(calls) AS calls,
    sum(content) AS content
    FROM (${hourContents(condition)}) GROUP BY project_id, start`;
}

/**
 * The same of the rows that lists are read from.
 *
 * @param condition over `project_id` and `toStartOfDay(timestamp)` alone
 */
export function listedContents(condition: string): string {
  return `SELECT project_id, toStartOfDay(timestamp) AS start, count() AS calls,
    sum(${listedHash}) AS content
    FROM events_list WHERE ${condition} GROUP BY project_id, start`;
}
