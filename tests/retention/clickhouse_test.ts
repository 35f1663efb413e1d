/** What retention and erasure take out of ClickHouse, and that a rebuild over a trimmed log is the same. */
import { expect } from "expect";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import { purgeRemoved } from "@/consumers/clickhouse/purge.ts";
import { type Clock, systemClock } from "@/consumers/clock.ts";
import { createLeases } from "@/consumers/lease.ts";
import { prove } from "@/consumers/proof.ts";
import { registerConsumer } from "@/consumers/registry.ts";
import { createRetention } from "@/consumers/retention/pass.ts";
import { type ConsumerDeps, drain } from "@/consumers/run.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import type { ErasureData } from "@/core/event/retention.ts";
import { amountsOf } from "@/core/retention/figures.ts";
import { erasuresOfUser, relatedTo } from "@/core/retention/related.ts";
import { erase } from "@/core/retention/removed.ts";
import { retentionSchema, type RetentionSettings } from "@/core/retention/settings.ts";
import { call, chatPayloads } from "../consumers/event.ts";
import { type TestLog, testLog } from "../consumers/log.ts";
import { attempt, score, span } from "../consumers/span_events.ts";
import { rebuilt } from "../consumers/rebuilt.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";

const clickhouse = useClickHouse();
const never = new AbortController().signal;
const day = 86_400_000;
const start = Date.parse("2026-06-15T12:00:00.000Z");
const iso = (time: number) => new Date(time).toISOString();
const range = { from: iso(start - 100 * day), to: iso(start + 10 * day) };

/** A log, its consumer, and retention with a clock of its own. */
async function retained(log: TestLog, store: ClickHouseStore) {
  await registerConsumer(log.kv, { projection: "clickhouse", generation: 1, state: "active" }, 0);
  const consumers: ConsumerDeps = {
    kv: log.kv,
    reader: log.reader,
    projectionOf: ({ generation }) =>
      createClickHouseProjection({ store, generation, logGeneration: log.reader.generation }),
  };
  const settings = new Map<string, RetentionSettings>();
  let now = start;
  let ids = 0;
  const clock: Clock = { ...systemClock, now: () => now };
  const look = createRetention({
    kv: log.kv,
    reader: log.reader,
    log: log.writer,
    newId: () => `retention-${++ids}`,
    clock,
    leases: createLeases({ kv: log.kv, clock, owner: "test" }),
    settings: () => Promise.resolve(settings),
  });
  return {
    log,
    store,
    keep(project: string, kept: object) {
      settings.set(project, retentionSchema.parse(kept));
    },
    async append(project: string, id: string, ageDays: number, data = {}) {
      const at = iso(start - ageDays * day);
      await log.writer.append(
        call({ project, id, at, data }),
        chatPayloads(`question of ${id}`, `answer to ${id} ${"long ".repeat(1_200)}`),
      );
    },
    drain: () => drain(consumers, never),
    /** A look of retention, what it decided projected, and a day later. */
    async night() {
      const looked = await look(never);
      await drain(consumers, never);
      now += day + 3_600_000;
      return looked;
    },
    erase: (project: string, whom: ErasureData) =>
      erase(
        { kv: log.kv, log: log.writer, now: () => now, newId: () => `e${++ids}` },
        project,
        whom,
      ),
    rebuild: () => rebuilt(log, store),
    proof: () => prove({ kv: log.kv, reader: log.reader, store }),
  };
}

async function idsOf(store: ClickHouseStore, table: string, project = "p"): Promise<string[]> {
  const rows = await store.query<{ event_id: string }>(
    `SELECT DISTINCT event_id FROM ${table} WHERE project_id = {project:String} ORDER BY event_id`,
    { project },
  );
  return rows.map(({ event_id }) => event_id);
}

/** Everything that is read from sums, in buckets of days and hours, whole and by group. */
async function charts(store: ClickHouseStore) {
  const { timeseries, breakdown } = createAnalytics(store);
  const from = range.from.replace("T12", "T00");
  const within = { from, to: iso(start + day) };
  const series = await Promise.all(
    (["cost", "requests", "tokens", "errors", "p95", "latency"] as const).flatMap((metric) =>
      [86_400, 3_600].flatMap((bucketSeconds) =>
        [undefined, "model" as const].map(async (groupBy) => {
          const query = { range: within, metric, bucketSeconds, ...(groupBy && { groupBy }) };
          const { data } = await timeseries("p", query);
          return data.filter(({ value }) => Number(value) !== 0);
        })
      )
    ),
  );
  const { rows } = await breakdown("p", { range: within, by: "model", order: "cost", limit: 5 });
  return { series, rows };
}

async function spent(store: ClickHouseStore, project = "p") {
  const { stats, top_models } = await createAnalytics(store).stats(project, { range });
  const { total_requests, total_cost_usd, total_tokens_input, unique_users } = stats;
  return { total_requests, total_cost_usd, total_tokens_input, unique_users, top_models };
}

const tables = ["events", "event_bodies", "events_list", "spans", "scores"];

const traced = (id: string) => ({
  trace_id: `trace-${id}`,
  span_id: `span-${id}`,
});

Deno.test("calls beyond their retention go with all they have; spend stays to the digit", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const world = await retained(log, db.store);
  for (const [n, age] of [95, 61, 60.4, 40, 31, 29, 5, 1].entries()) {
    await world.append("p", `p${n}`, age, { ...traced(`p${n}`), user_id: `user-${n % 3}` });
    await world.append("q", `q${n}`, age);
  }
  await world.drain();
  const before = await spent(db.store);
  const beforeQ = await spent(db.store, "q");
  expect(before.total_requests).toBe(8);
  const drawn = await charts(db.store);

  world.keep("p", { calls_days: 30 });
  expect(await world.night()).toMatchObject({ outcome: "trimmed", applied: ["p"] });
  for (const table of tables) {
    const ids = await idsOf(db.store, table);
    expect([table, ids.filter((id) => ["p0", "p1", "p2", "p3", "p4"].includes(id))])
      .toEqual([table, []]);
  }
  expect(await idsOf(db.store, "events")).toEqual(["p5", "p6", "p7"]);
  expect(await idsOf(db.store, "event_bodies")).toEqual(["p5", "p6", "p7"]);
  expect(await idsOf(db.store, "events", "q")).toHaveLength(8);
  const hidden = `SELECT DISTINCT table FROM system.parts
    WHERE database = currentDatabase() AND active AND has_lightweight_delete`;
  await purgeRemoved(db.store, never);
  expect(await db.store.query(hidden)).toEqual([]);
  expect(await idsOf(db.store, "event_bodies")).toEqual(["p5", "p6", "p7"]);
  expect(await spent(db.store)).toEqual(before);
  expect(await charts(db.store)).toEqual(drawn);
  expect(await spent(db.store, "q")).toEqual(beforeQ);
  expect(await world.proof()).toMatchObject({
    complete: true,
    total: { appended: 17, projected: 16, removed: 5, stored: 11, skipped: 1 },
  });

  // A call that comes late is there for a day, and counts for ever.
  await world.append("p", "late", 50, { user_id: "user-9" });
  await world.drain();
  expect(await idsOf(db.store, "events")).toContain("late");
  await world.night();
  expect(await idsOf(db.store, "events")).not.toContain("late");
  expect(await spent(db.store)).toMatchObject({ total_requests: 9, unique_users: 4 });
  expect((await world.proof())?.complete).toBe(true);
});

Deno.test("bodies go earlier than their calls, from lists and logs too", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const world = await retained(log, db.store);
  await world.append("p", "old", 20);
  await world.append("p", "new", 1);
  world.keep("p", { bodies_days: 7 });
  await world.drain();
  for (let night = 0; night < 4; night++) await world.night();
  expect(await idsOf(db.store, "events")).toEqual(["new", "old"]);
  expect(await idsOf(db.store, "event_bodies")).toEqual(["new"]);
  const previews = await db.store.query(
    "SELECT event_id, preview FROM events_list WHERE project_id = 'p' ORDER BY event_id",
  );
  expect(previews).toEqual([
    { event_id: "new", preview: "question of new" },
    { event_id: "old", preview: "" },
  ]);
  const texts: string[] = [];
  for await (const { value } of log.kv.list({ prefix: ["log"] })) {
    if (value instanceof Uint8Array) texts.push(new TextDecoder().decode(value));
  }
  expect(texts.join()).toContain("question of new");
  expect(texts.join()).not.toContain("question of old");
  const chunks: string[] = [];
  for await (const { key } of log.kv.list({ prefix: ["blob"] })) chunks.push(String(key[2]));
  expect(new Set(chunks)).toEqual(new Set(["new"]));
});

Deno.test("a rebuild over a trimmed log has every row that is to be kept, and no damage", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const world = await retained(log, db.store);
  for (let n = 0; n < 20; n++) {
    await world.append("p", `p${n}`, 3 * n, traced(`p${n}`));
    await world.append(n % 2 ? "all" : "bodies", `x${n}`, 3 * n);
  }
  await world.drain();
  world.keep("p", { calls_days: 30, bodies_days: 7 });
  world.keep("bodies", { bodies_days: 10 });
  let events = 0;
  for (let night = 0; night < 4; night++) events += (await world.night()).state?.events ?? 0;
  expect(events).toBeGreaterThan(8);
  const rows = (table: string) =>
    db.store.query(`SELECT * EXCEPT (log_gen) FROM ${table} FINAL ORDER BY project_id, event_id`);
  const before = await Promise.all(tables.map(rows));
  const sums = await Promise.all(["p", "all", "bodies"].map((one) => spent(db.store, one)));

  const outcome = await world.rebuild();
  expect(outcome).toMatchObject({ ok: true, generation: 2, comparison: { differences: [] } });
  await world.drain();
  expect(await Promise.all(tables.map(rows))).toEqual(before);
  expect(await Promise.all(["p", "all", "bodies"].map((one) => spent(db.store, one)))).toEqual(
    sums,
  );
  expect(await idsOf(db.store, "events", "all")).toHaveLength(10);
  const proof = await world.proof();
  expect(proof).toMatchObject({ complete: true, consumer: "clickhouse@g2" });
  expect(proof?.total.trimmed).toBeGreaterThan(0);
  expect(proof?.total.dead_lettered).toBe(0);
});

Deno.test("erasing one user or one call leaves nothing of it, and all of the others", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const world = await retained(log, db.store);
  await world.append("p", "a1", 3, { ...traced("a1"), user_id: "ann" });
  await world.append("p", "a2", 2, { user_id: "ann" });
  await world.append("p", "b1", 2, { user_id: "bob" });
  await world.append("p", "b2", 1, { user_id: "bob" });
  await world.append("q", "a3", 1, { user_id: "ann" });
  await world.drain();
  await world.erase("p", { user_id: "ann" });
  await world.erase("p", { event_id: "b2" });
  await world.append("p", "a4", 0, { user_id: "ann" });
  await world.drain();
  expect(await idsOf(db.store, "events")).toEqual(["a4", "b1"]);
  expect(await idsOf(db.store, "event_bodies")).toEqual(["a4", "b1"]);
  expect(await idsOf(db.store, "events_list")).toEqual(["a4", "b1"]);
  expect(await idsOf(db.store, "spans")).toEqual([]);
  expect(await idsOf(db.store, "events", "q")).toEqual(["a3"]);
  expect((await world.proof())?.complete).toBe(true);
  for (let night = 0; night < 3; night++) await world.night();
  const texts: string[] = [];
  for await (const { value } of log.kv.list({ prefix: ["log"] })) {
    if (value instanceof Uint8Array) texts.push(new TextDecoder().decode(value));
  }
  expect(texts.join()).not.toContain("question of a1");
  expect(texts.join()).toContain("question of a4");
  expect(await world.rebuild()).toMatchObject({ ok: true });
  await world.drain();
  expect(await idsOf(db.store, "events")).toEqual(["a4", "b1"]);
  expect((await world.proof())?.complete).toBe(true);
});

Deno.test("what names nobody goes with the one user of its trace, in every table and in the log", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const world = await retained(log, db.store);
  const at = iso(start - day);
  const add = (draft: ReturnType<typeof span>) => log.writer.append({ ...draft, project: "p", at });
  const nobody = { user_id: null, session_id: null, target_event_id: null, trace_id: null };
  // As OpenTelemetry has it: the user stands on the first span alone.
  await add(
    span({ id: "root", data: { trace_id: "own", span_id: "1", user_id: "ann", session_id: "s" } }),
  );
  await world.append("p", "call", 1, {
    trace_id: "own",
    span_id: "2",
    parent_span_id: "1",
    user_id: null,
  });
  await add(attempt({ id: "attempt", data: { call_id: "call" } }));
  await add(
    score({ id: "of-call", data: { ...nobody, target_event_id: "call", user_id: "judge" } }),
  );
  await add(score({ id: "of-trace", data: { ...nobody, trace_id: "own" } }));
  await add(score({ id: "of-session", data: { ...nobody, session_id: "s" } }));
  await add(
    span({
      id: "hers",
      data: { trace_id: "shared", span_id: "3", user_id: "ann", session_id: "both" },
    }),
  );
  await add(
    span({
      id: "his",
      data: { trace_id: "shared", span_id: "4", user_id: "bob", session_id: "both" },
    }),
  );
  await world.append("p", "whose", 1, { trace_id: "shared", span_id: "5", user_id: null });
  await add(score({ id: "of-both", data: { ...nobody, session_id: "both" } }));
  await world.drain();

  const related = await relatedTo(db.store, "p", "ann");
  expect(related.trace_ids).toEqual(["own"]);
  expect([...related.about_ids].sort()).toEqual(["attempt", "of-call", "of-session"]);
  const counted = await amountsOf(db.store, "p", { user_id: "ann", ...related });
  expect(counted).toMatchObject({ calls: 1, spans: 2, scores: 3, bodies: 1 });
  for (const whom of erasuresOfUser("ann", related)) await world.erase("p", whom);
  await world.drain();
  const left = async () => ({
    calls: await idsOf(db.store, "events"),
    bodies: await idsOf(db.store, "event_bodies"),
    spans: await idsOf(db.store, "spans"),
    scores: await idsOf(db.store, "scores"),
    attempts: await idsOf(db.store, "call_attempts"),
  });
  const others = {
    calls: ["whose"],
    bodies: ["whose"],
    spans: ["his"],
    scores: ["of-both"],
    attempts: [],
  };
  expect(await left()).toEqual(others);
  for (let night = 0; night < 3; night++) await world.night();
  const ids: string[] = [];
  for (let partition = 0; partition < log.reader.partitions; partition++) {
    for (const { entries } of await log.reader.read(partition, { after: null })) {
      for (const { raw } of entries) {
        const { id, type } = raw as { id: string; type: string };
        if (!["event.removed", "data.erased"].includes(type)) ids.push(id);
      }
    }
  }
  expect(ids.sort()).toEqual(["his", "of-both", "whose"]);
  expect(await world.rebuild()).toMatchObject({ ok: true });
  await world.drain();
  expect(await left()).toEqual(others);
});
