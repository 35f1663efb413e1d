/**
 * Tools: how often models ask for them and how long they take. Spans tell it where there are any; else it
 * follows from the gateway's calls alone: one answer asks for a tool, a later request brings its result.
 *
 * @module
 */
import type { Range, ReadOptions } from "./contract.ts";
import { meanOf, percentileOf } from "./measures.ts";
import { instantOf, rangeParams, rangeSql } from "./page.ts";
import { exact } from "./settings.ts";
import type { Store } from "./store.ts";
import type { ToolSummary } from "./trace_types.ts";

interface ToolRow {
  readonly tool: string;
  readonly uses: string;
  readonly timed: string;
  readonly derived: string;
  readonly errors: string;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly last_at: string;
}

const mostTools = 500;

/**
 * The tools of a range, the most used first; durations in milliseconds, null where no span told
 * one.
 */
export async function tools(
  store: Store,
  project: string,
  range: Range,
  options: ReadOptions,
): Promise<ToolSummary[]> {
  const own = `project_id = {project:String} AND ${rangeSql}`;
  const rows = await store.query<ToolRow>(
    `WITH
      asked AS (
        SELECT pair.1 AS id, argMin(pair.2, ended) AS tool, min(ended) AS asked_at
        FROM (
          SELECT arrayJoin(arrayZip(tool_call_ids, tool_call_names)) AS pair,
            toUnixTimestamp64Milli(timestamp) + ifNull(latency_ms, 0) AS ended
          FROM events WHERE ${own} AND notEmpty(tool_call_ids)
            AND length(tool_call_ids) = length(tool_call_names)
        ) WHERE id != '' GROUP BY id
      ),
      brought AS (
        SELECT arrayJoin(tool_result_ids) AS id, toFloat64(min(toUnixTimestamp64Milli(timestamp))) AS came_at
        FROM events WHERE ${own} AND notEmpty(tool_result_ids) GROUP BY id
      ),
      recorded AS (
        SELECT ifNull(tool_call_id, event_id) AS id, ifNull(tool_name, name) AS tool,
          toUnixTimestamp64Milli(timestamp) AS at, duration_ms, status = 'error' AS failed
        FROM spans WHERE ${own} AND kind = 'tool'
      ),
      uses AS (
        SELECT tool, at, duration_ms AS took, false AS derived, failed FROM recorded
        UNION ALL
        SELECT asked.tool, toInt64(asked_at), if(came_at > 0, greatest(came_at - asked_at, 0), NULL),
          came_at > 0, false
        FROM asked LEFT JOIN brought ON asked.id = brought.id
        WHERE asked.id NOT IN (SELECT id FROM recorded)
      )
    SELECT tool, count() AS uses, countIf(isNotNull(took)) AS timed, countIf(derived) AS derived,
      countIf(failed) AS errors, ${meanOf("took")} AS mean, ${percentileOf("took", 0.5)} AS p50,
      ${percentileOf("took", 0.95)} AS p95, max(at) AS last_at
    FROM uses WHERE tool != '' GROUP BY tool ORDER BY count() DESC, tool LIMIT ${mostTools}`,
    { project, ...rangeParams(range) },
    { ...options, settings: exact },
  );
  return rows.map((row) => ({
    name: row.tool,
    uses: Number(row.uses),
    timed: Number(row.timed),
    derived: Number(row.derived),
    errors: Number(row.errors),
    avg_ms: row.mean,
    p50_ms: row.p50,
    p95_ms: row.p95,
    last_used: instantOf(row.last_at),
  }));
}
