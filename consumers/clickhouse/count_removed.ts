/**
 * Counts what a removal takes away before it does, for the log's proof and for people.
 *
 * @module
 */
import { generationTable } from "@/clickhouse/generation.ts";

/** The tables that hold an event's row; a call that is a span has one in two of them. */
export const rowTables = ["events", "spans", "scores"] as const;

/** A condition on the rows that go, by their table. */
type Going = Readonly<Record<typeof rowTables[number] | "event_bodies", string>>;

/**
 * The command that writes the count down. It is bound to `tables` (the generation of the tables),
 * `project`, `at`, and the place of the removal in the log: `generation`, `partition`, `versionstamp`
 * and `index`.
 */
export function countRemoved(generation: number, going: Going): string {
  const rows = rowTables.map((table) =>
    `SELECT '${table}' AS of_table, event_id, demo, log_gen
     FROM ${generationTable(table, generation)} WHERE ${going[table]}`
  ).join(" UNION ALL ");
  return `INSERT INTO retention_removed (generation, project_id, log_gen, log_partition,
      log_versionstamp, log_index, at, calls, events, lasting, bodies, body_bytes)
    SELECT {tables:UInt32}, {project:String}, {generation:UInt32}, {partition:UInt16},
      {versionstamp:String}, {index:UInt16}, parseDateTime64BestEffort({at:String}, 3, 'UTC'),
      c.calls, c.events, c.lasting, b.bodies, b.bytes
    FROM (
      SELECT uniqExactIf(event_id, of_table = 'events') AS calls,
        uniqExactIf(event_id, log_gen = {generation:UInt32}) AS events,
        uniqExactIf(event_id, log_gen = {generation:UInt32} AND NOT demo) AS lasting
      FROM (${rows})
    ) AS c
    CROSS JOIN (
      SELECT uniqExact(event_id) AS bodies, sum(request_bytes + response_bytes) AS bytes
      FROM ${generationTable("event_bodies", generation)} WHERE ${going.event_bodies}
        AND request_bytes + response_bytes > 0
    ) AS b
    WHERE c.calls + c.events + b.bodies > 0`;
}
