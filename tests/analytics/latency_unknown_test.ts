/** Calls of which nobody said how long they took: from the event to percentiles, and in older tables. */
import { expect } from "expect";
import { migrate } from "@/clickhouse/migrate.ts";
import { readMigrations } from "@/clickhouse/migration.ts";
import { createRoller } from "@/consumers/clickhouse/rollup.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, store } from "./seed.ts";

const clickhouse = useClickHouse();
const day = "2026-03-01";
const range = { from: `${day}T00:00:00.000Z`, to: "2026-03-02T00:00:00.000Z" };

function call(id: string, latency_ms: number | null, model = "m") {
  const head = { id, project: "p", at: `${day}T10:00:00.000Z` };
  return callEvent(head, { latency_ms, model, ...(latency_ms === null && { source: "sdk" }) });
}

Deno.test("a latency that nobody told is no latency of 0, in calls and in sums", async () => {
  await using db = await clickhouse.database();
  await store(db.store, [
    ...[100, 200, 300].map((ms) => call(`known-${ms}`, ms)),
    ...["a", "b", "c", "d"].map((id) => call(`unknown-${id}`, null)),
    // A measured 0 stays one.
    call("zero", 0, "instant"),
    call("nothing", null, "untold"),
  ]);
  const figures = async () => {
    const [row] = await db.store.query<{ avg: number; least: number; calls: string }>(
      "SELECT avg(latency_ms) AS avg, min(latency_ms) AS least, count(latency_ms) AS calls FROM events",
    );
    expect(row).toEqual({ avg: 150, least: 0, calls: "4" });
    const { stats } = await createAnalytics(db.store, { rollups: { fewestCalls: 0 } })
      .stats("p", { range, filters: { model: ["m"] } });
    return stats;
  };
  const told = { total_requests: 7, avg_latency_ms: 200, p50_latency_ms: expect.closeTo(200, -1) };
  const read = await figures();
  expect(read).toMatchObject(told);
  expect(read.p95_latency_ms).toBeGreaterThan(190);

  const roller = createRoller({
    store: db.store,
    now: () => Date.UTC(2026, 2, 5),
    random: () => 0,
  });
  const { signal } = new AbortController();
  await roller.pass(signal);
  expect(await roller.pass(signal)).toMatchObject({ hours: 1, days: 1 });
  for (const table of ["calls_by_minute", "calls_by_hour", "calls_by_day"]) {
    const sums = await db.store.query(
      `SELECT model, sum(requests) AS requests, sum(latency_calls) AS known, sum(latency_us) AS us
      FROM ${table} GROUP BY model ORDER BY model`,
    );
    expect({ table, sums }).toEqual({
      table,
      sums: [
        { model: "instant", requests: "1", known: "1", us: "0" },
        { model: "m", requests: "7", known: "3", us: "600000" },
        { model: "untold", requests: "1", known: "0", us: "0" },
      ],
    });
  }
  expect(await figures()).toEqual(read);
});

Deno.test("tables from before are brought over with what they hold; their sums stay in use", async () => {
  await using db = await clickhouse.database({ migrated: false });
  const files = await readMigrations();
  const before = files.filter(({ version }) => version < 18);
  await migrate({ ...db.options, log: () => {}, migrations: before });
  const insert = (id: string) =>
    db.store.command(
      `INSERT INTO events_g1 (project_id, event_id, timestamp, model, latency_ms)
      VALUES ('p', '${id}', '${day} 10:00:00.000', 'm', 5), ('p', '${id}2', '${day} 10:00:00.000', 'm', 0)`,
    );
  await insert("a");
  await insert("b");
  // The same cell in two parts, which a merge adds up.
  for (const _part of [1, 2]) {
    await db.store.command(
      `INSERT INTO rollup_feed (project_id, made, timestamp, model, latency_ms)
      SELECT project_id, 7, timestamp, model, latency_ms FROM events_g1`,
    );
  }
  const content = () =>
    db.store.query(
      `SELECT sum(cityHash64((
        event_id, timestamp, log_gen, log_versionstamp, log_index, provider, endpoint, model, status,
        error_code, cache, latency_ms, ttft_ms, tokens_input, tokens_output, tokens_cache_read,
        tokens_cache_write, tokens_reasoning, cost_usd, saved_cost_usd, key_id, user_id, session_id,
        properties
      ))) AS content FROM events_g1 WHERE project_id = 'p'
      GROUP BY project_id, toStartOfHour(timestamp)
      SETTINGS force_optimize_projection_name = 'content'`,
    );
  const hashed = await content();

  await Promise.all([1, 2].map(() => migrate({ ...db.options, log: () => {} })));

  expect(await content()).toEqual(hashed);
  const cells = () =>
    db.store.query(
      "SELECT sum(requests) AS requests, sum(latency_calls) AS known FROM calls_by_hour WHERE made = 7",
    );
  const all = [{ requests: "8", known: "8" }];
  expect(await cells()).toEqual(all);
  await db.store.command("OPTIMIZE TABLE calls_by_hour FINAL");
  expect(await cells()).toEqual(all);
  await db.store.command(
    `INSERT INTO rollup_feed (project_id, made, timestamp, model, latency_ms)
    VALUES ('p', 8, '${day} 10:00:00.000', 'm', NULL), ('p', 8, '${day} 10:00:00.000', 'm', 5)`,
  );
  const later = await db.store.query(
    "SELECT requests, latency_calls, latency_us, latency_least FROM calls_by_hour WHERE made = 8",
  );
  expect(later).toEqual([
    { requests: "2", latency_calls: "1", latency_us: "5000", latency_least: 5 },
  ]);
});
