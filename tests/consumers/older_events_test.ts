/**
 * Events that were written before a field was there, and rows that were stored before a column was: both
 * read alike, so that a rebuild changes nothing about them.
 */
import { expect } from "expect";
import { createProject } from "@/consumers/clickhouse/project.ts";
import { upcast } from "@/core/event/upcast.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { call } from "./event.ts";

const clickhouse = useClickHouse();

/** What came after the first release's tables, by table. */
const later = {
  events: [
    "source",
    "tool_call_ids",
    "tool_result_ids",
    "saved_cost_usd",
    "saved_latency_ms",
    "cache_reason",
    "cache_age_ms",
    "cache_similarity",
    "cache_source_event",
    "cache_ttl_seconds",
    "cache_components",
    "cache_differs",
    "cache_paths",
    "cache_decision",
    "counted",
    "provider_key_id",
    "stream_gap_ms",
    "tokens_per_second",
    "usage_estimated",
    "limits",
    "limit_decisions",
    "route",
    "translation",
  ],
  events_list: ["source", "parent_span_id", "counted", "provider_key_id"],
  event_bodies: ["request_headers", "response_headers"],
} as const;

Deno.test("an event without the later fields gives the rows that were stored before their columns", async () => {
  await using db = await clickhouse.database();
  const read = upcast(call());
  if (!read.ok) throw new Error(read.detail);
  const position = { partition: 0, versionstamp: "0".repeat(20), index: 0 };
  const projected = await createProject(1)(read.event, position, () => Promise.resolve(null));
  if (!projected.ok || projected.row?.kind !== "call") throw new Error("It is a call");
  const { rows } = projected.row;
  expect(rows.spans).toBeNull();
  for (const table of ["events", "events_list", "event_bodies"] as const) {
    const columns: readonly string[] = later[table];
    const now = rows[table];
    for (const column of columns) expect(Object.keys(now)).toContain(column);
    const before = Object.fromEntries(
      Object.entries(now).filter(([column]) => !columns.includes(column)),
    );
    await db.store.insert(`${table}_g1`, [{ ...before, event_id: "before" }]);
    await db.store.insert(`${table}_g1`, [{ ...now, event_id: "now" }]);
    const stored = await db.store.query<{ event_id: string }>(
      `SELECT event_id, ${columns.join(", ")} FROM ${table}_g1 ORDER BY event_id`,
    );
    expect(stored.map(({ event_id }) => event_id)).toEqual(["before", "now"]);
    expect({ ...stored[0], event_id: "" }).toEqual({ ...stored[1], event_id: "" });
  }
});
