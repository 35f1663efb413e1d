/**
 * The sums by minute, hour and day beside the calls, through everything that happens to calls: they
 * arrive late and twice, are priced again, removed, and built anew, while the maker of the sums is killed.
 */
import { expect } from "expect";
import fc from "fast-check";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import { createRoller, type Roller } from "@/consumers/clickhouse/rollup.ts";
import { runRollups } from "@/consumers/clickhouse/run_rollups.ts";
import { systemClock } from "@/consumers/clock.ts";
import { registerConsumer } from "@/consumers/registry.ts";
import { type ConsumerDeps, drain } from "@/consumers/run.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { hourContents } from "@/core/analytics/rollup_content.ts";
import { coverOf, day, hour, minute, type Unit } from "@/core/analytics/rollup_cover.ts";
import type { Params, QueryOptions } from "@/core/analytics/store.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { type TestLog, testLog } from "@/tests/consumers/log.ts";
import { rebuilt } from "@/tests/consumers/rebuilt.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { expectAgreement, type Used } from "./agreement.ts";
import { callEvent, randomCalls, store } from "./seed.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const clickhouse = useClickHouse();
const never = new AbortController().signal;
const from = Date.UTC(2026, 2, 1);
const to = Date.UTC(2026, 2, 4);
/** After all days of the tests. */
const now = Date.UTC(2026, 2, 10);
const iso = (time: number) => new Date(time).toISOString();
const whole = { from: iso(from), to: iso(to) };
/** Neither end on a whole minute, hour or day. */
const cut = { from: iso(from + 17 * minute + 250), to: iso(to - 2 * hour - 3 * minute - 1) };

function rollerOf(store: Pick<ClickHouseStore, "command" | "query">, seed = 1): Roller {
  let clock = now;
  return createRoller({ store, now: () => clock++, random: seededRandom(seed) });
}

/** Two looks: what is the same in both gets its sums. */
async function roll(roller: Roller) {
  await roller.pass(never);
  return await roller.pass(never);
}

async function consumersOf(log: TestLog, store: ClickHouseStore): Promise<ConsumerDeps> {
  await registerConsumer(log.kv, { projection: "clickhouse", generation: 1, state: "active" }, 0);
  return {
    kv: log.kv,
    reader: log.reader,
    projectionOf: ({ generation }) =>
      createClickHouseProjection({ store, generation, logGeneration: log.reader.generation }),
  };
}

async function append(log: TestLog, calls: readonly CallEvent[]): Promise<void> {
  await Promise.all(calls.map(({ payloads: _, ...draft }) => log.writer.append(draft)));
}

const demo = (calls: readonly CallEvent[]): CallEvent[] =>
  calls.map((call) => ({ ...call, data: { ...call.data, demo: true } }));

let repricings = 0;
async function reprice(log: TestLog, { id, project, at, data }: CallEvent, usd: string | null) {
  await log.writer.append({
    id: `repriced-${++repricings}`,
    project,
    at: iso(now),
    type: "call.repriced",
    v: 1,
    data: { event_id: id, called_at: at, cost: { ...data.cost, usd }, reason: "New prices" },
  });
}

Deno.test("sums agree with the calls while these change in every way", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const deps = await consumersOf(log, db.store);
  const roller = rollerOf(db.store);
  const used: Used = new Map();
  const agree = async () => {
    await expectAgreement(db.store, "p", whole, used);
    await expectAgreement(db.store, "p", cut, used);
  };

  const calls = randomCalls({ project: "p", count: 1_500, seed: 61, from, to });
  const shown = demo(randomCalls({ project: "p", count: 300, seed: 62, from, to: from + day }));
  await append(log, calls);
  await append(log, shown);
  await append(log, randomCalls({ project: "q", count: 200, seed: 63, from, to }));
  await drain(deps, never);
  expect(await roll(roller)).toMatchObject({ days: 6, waiting: 0 });
  for (let round = 0; round < 5; round++) await agree();
  for (
    const table of ["calls_by_day", "calls_by_hour", "calls_by_minute", "sums_by_model", "events"]
  ) {
    expect([table, (used.get(table) ?? 0) > 10]).toEqual([table, true]);
  }
  for (const table of ["facets_by_day", "largest_prompts_by_day"]) {
    expect([table, (used.get(table) ?? 0) > 5]).toEqual([table, true]);
  }

  // Late calls, into hours that have their sums.
  await append(log, randomCalls({ project: "p", count: 40, seed: 64, from, to }));
  await drain(deps, never);
  await agree();
  // Other prices, and none.
  for (const call of calls.slice(0, 30)) await reprice(log, call, "0.000000000007");
  for (const call of calls.slice(20, 40)) await reprice(log, call, null);
  await drain(deps, never);
  await agree();
  await roll(roller);
  await agree();
  // Calls that are stored a second time by another batch, and then merged away.
  await store(db.store, calls.slice(100, 250));
  await agree();
  await roll(roller);
  await agree();
  await db.store.command("OPTIMIZE TABLE events_g1 FINAL");
  await agree();
  await roll(roller);
  await agree();
  // The demo goes.
  await log.writer.append({
    id: "no-demo",
    project: "p",
    at: iso(now),
    type: "demo.removed",
    v: 1,
    data: { before: iso(now) },
  });
  await drain(deps, never);
  await agree();
  await roll(roller);
  await agree();
  const { stats } = await createAnalytics(db.store).stats("p", { range: whole });
  expect(stats.total_requests).toBe(1_540);
});

Deno.test("calls of an hour's last second are in its sums, also when they came alone", async () => {
  await using db = await clickhouse.database();
  const roller = rollerOf(db.store);
  const midnight = from + day;
  const late = [-999, -500, -1].map((ms, i) =>
    callEvent(
      { id: `late-${i}`, project: "p", at: iso(midnight + ms) },
      { user_id: "u" },
      { request: JSON.stringify({ messages: [{ role: "user", content: "Late" }] }) },
    )
  );
  // Stored apart from one another: each part of the table begins within the last second.
  for (const call of late) await store(db.store, [call]);
  await roll(roller);
  const [sums] = await db.store.query(
    `SELECT toUInt32((SELECT sum(requests) FROM calls_by_hour)) AS hours,
      toUInt32((SELECT sum(requests) FROM calls_by_day)) AS days,
      toUInt32((SELECT sum(requests) FROM facets_by_day WHERE facet = 'user')) AS users,
      toUInt32((SELECT sum(requests) FROM prompts_by_day)) AS prompts`,
  );
  expect(sums).toEqual({ hours: 3, days: 3, users: 3, prompts: 3 });
  await expectAgreement(db.store, "p", { from: iso(from), to: iso(midnight) });
});

Deno.test("a rebuild brings the sums along with the calls that they were made from", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const deps = await consumersOf(log, db.store);
  await append(log, randomCalls({ project: "p", count: 600, seed: 65, from, to }));
  await drain(deps, never);
  const roller = rollerOf(db.store);
  await roll(roller);
  const outcome = await rebuilt(log, db.store);
  expect(outcome).toMatchObject({ ok: true, generation: 2 });
  // Nothing has to be made anew: the rows of the new generation are the same ones.
  expect(await roll(roller)).toEqual({ hours: 0, days: 0, daily: 0, waiting: 0 });
  const used: Used = new Map();
  await expectAgreement(db.store, "p", whole, used);
  expect(used.get("sums_by_model")).toBeGreaterThan(0);
});

Deno.test("a maker of sums that is killed at any step leaves nothing wrong behind", async () => {
  await using db = await clickhouse.database();
  await store(db.store, randomCalls({ project: "p", count: 300, seed: 66, from, to }));
  for (let step = 1;; step++) {
    let commands = 0;
    const dying = rollerOf({
      query: (sql, params, options) => db.store.query(sql, params, options),
      async command(sql, params, options) {
        if (++commands === step) throw new Error("killed");
        await db.store.command(sql, params, options);
        // Killed after the statement was carried out, before its answer came.
        if (++commands === step) throw new Error("killed");
      },
    }, step);
    const outcome = await roll(dying).then(() => "done", () => "killed");
    await expectAgreement(db.store, "p", whole);
    if (outcome === "done") {
      expect(step).toBeGreaterThan(8);
      break;
    }
    // Something new each time, or there would be nothing to do.
    await store(db.store, randomCalls({ project: "p", count: 3, seed: 200 + step, from, to }));
  }
});

Deno.test("an hour that changes while its sums are made is not sealed", async () => {
  await using db = await clickhouse.database();
  const calls = randomCalls({ project: "p", count: 200, seed: 67, from, to: from + day });
  await store(db.store, calls);
  let late = 0;
  const roller = rollerOf({
    query: (sql, params, options) => db.store.query(sql, params, options),
    async command(sql, params, options) {
      await db.store.command(sql, params, options);
      if (/INSERT INTO rollup_feed/.test(sql)) {
        const some = { project: "p", count: 1, from: from + hour, to: from + 2 * hour };
        await store(db.store, randomCalls({ ...some, seed: 100 + ++late }));
      }
    },
  });
  // The hour, and its day in both of the tables by day alone.
  expect(await roll(roller)).toEqual({ hours: 23, days: 1, daily: 0, waiting: 3 });
  expect(late).toBe(1);
  await expectAgreement(db.store, "p", { from: iso(from), to: iso(from + day) });
});

Deno.test("two makers of sums at once give the same as one", async () => {
  await using db = await clickhouse.database();
  await store(db.store, randomCalls({ project: "p", count: 500, seed: 68, from, to }));
  const [one, other] = [rollerOf(db.store, 1), rollerOf(db.store, 2)];
  await Promise.all([roll(one), roll(other)]);
  await Promise.all([roll(one), roll(other)]);
  await expectAgreement(db.store, "p", cut);
});

Deno.test("sums that were replaced are removed after a while, those in use are not", async () => {
  await using db = await clickhouse.database();
  const calls = randomCalls({ project: "p", count: 300, seed: 69, from, to });
  await store(db.store, calls);
  let clock = now;
  const roller = createRoller({ store: db.store, now: () => clock, random: seededRandom(3) });
  const made = async (table: string) => {
    const [row] = await db.store.query<{ runs: string; rows: string }>(
      `SELECT uniqExact(start, made) AS runs, uniqExact(start) AS rows FROM ${table}`,
    );
    return [Number(row?.runs), Number(row?.rows)];
  };
  await roll(roller);
  clock += hour;
  await store(db.store, calls.slice(0, 50));
  await roll(roller);
  const [runs = 0, starts = 0] = await made("calls_by_hour");
  expect(runs).toBeGreaterThan(starts);
  clock += hour;
  await roll(roller);
  for (
    const table of [
      "calls_by_hour",
      "calls_by_day",
      "calls_by_minute",
      "facets_by_day",
      "prompts_by_day",
      "sums_by_model WHERE unit = 'hour'",
      "sums_by_model WHERE unit = 'day'",
      "largest_prompts_by_day",
    ]
  ) {
    const [runs, starts] = await made(table);
    expect([table, runs]).toEqual([table, starts]);
  }
  const used: Used = new Map();
  await expectAgreement(db.store, "p", cut, used);
  expect(used.get("sums_by_model")).toBeGreaterThan(0);
});

Deno.test("sums from before there were smaller ones get these, and are not made anew", async () => {
  await using db = await clickhouse.database();
  await store(db.store, randomCalls({ project: "p", count: 200, seed: 73, from, to }));
  const roller = rollerOf(db.store);
  await roll(roller);
  const sync = { settings: { mutations_sync: "2" } };
  for (const table of ["sums_by_model", "largest_prompts_by_day"]) {
    await db.store.command(`TRUNCATE TABLE ${table}`);
  }
  await db.store.command(
    "ALTER TABLE rollup_seals DELETE WHERE startsWith(unit, 'model_') OR unit = 'largest_prompts'",
    {},
    sync,
  );
  const without: Used = new Map();
  await expectAgreement(db.store, "p", whole, without);
  expect(without.get("sums_by_model")).toBe(undefined);
  // Two makers at once, as when two processes of a new version start.
  const other = rollerOf(db.store, 2);
  const passes = await Promise.all([roller.pass(never), other.pass(never)]);
  for (const pass of passes) expect(pass).toEqual({ hours: 0, days: 0, daily: 0, waiting: 0 });
  const used: Used = new Map();
  await expectAgreement(db.store, "p", whole, used);
  expect(used.get("sums_by_model")).toBeGreaterThan(0);
});

Deno.test("the content of hours is read from its projection", async () => {
  await using db = await clickhouse.database();
  await store(db.store, randomCalls({ project: "p", count: 100, seed: 70, from, to }));
  const plan = await db.store.query<{ explain: string }>(
    `EXPLAIN SELECT * FROM (${
      hourContents("project_id = 'p' AND toStartOfHour(timestamp) >= toDateTime(0, 'UTC')")
    })`,
  );
  expect(plan.map(({ explain }) => explain).join("\n")).toContain("ReadFromMergeTree (content)");
});

Deno.test("every moment of a range is covered once, by what may be used", () => {
  const units = fc.uniqueArray(fc.constantFrom<Unit>("day", "hour", "minute"));
  const times = fc.integer({ min: 0, max: 4 * day });
  const sealedHours = fc.uniqueArray(fc.integer({ min: 0, max: 95 }), { maxLength: 96 });
  const sealedDays = fc.uniqueArray(fc.integer({ min: 0, max: 3 }));
  fc.assert(
    fc.property(times, times, sealedHours, sealedDays, units, (a, b, hours, days, units) => {
      fc.pre(a !== b);
      const range = { from: Math.min(a, b), to: Math.max(a, b) };
      const seals = {
        hours: new Map(hours.map((n) => [n * hour, `h${n}`])),
        days: new Map(days.map((n) => [n * day, `d${n}`])),
      };
      const cover = coverOf(range, seals, new Set(units));
      const floor = (time: number) => Math.floor(time / minute) * minute;
      const ceil = (time: number) => Math.ceil(time / minute) * minute;
      const spans = [
        ...cover.rows,
        ...cover.days.map(({ at }) => ({ from: at, to: at + day })),
        ...cover.hours.map(({ at }) => ({ from: at, to: at + hour })),
        ...cover.minutes.map(({ at }) => ({
          from: Math.max(at, ceil(range.from)),
          to: Math.min(at + hour, floor(range.to)),
        })),
      ].sort((one, other) => one.from - other.from);
      expect(spans[0]?.from).toBe(range.from);
      expect(spans.at(-1)?.to).toBe(range.to);
      spans.forEach(({ from, to }, i) => {
        expect(from).toBeLessThan(to);
        if (i > 0) expect(from).toBe(spans[i - 1]?.to);
      });
      for (const { at, made } of cover.days) expect(seals.days.get(at)).toBe(made);
      for (const { at, made } of [...cover.hours, ...cover.minutes]) {
        expect(seals.hours.get(at)).toBe(made);
      }
      for (const unit of ["day", "hour", "minute"] as const) {
        if (!units.includes(unit)) expect(cover[`${unit}s`]).toEqual([]);
      }
    }),
  );
});

Deno.test("a look that fails is reported and followed by the next one", async () => {
  const stop = new AbortController();
  const reported: string[] = [];
  let looks = 0;
  await runRollups({
    roller: {
      pass() {
        if (++looks === 1) return Promise.reject(new Error("away"));
        if (looks === 3) stop.abort();
        return Promise.resolve({ hours: 0, days: 0, daily: 0, waiting: 1 });
      },
    },
    clock: systemClock,
    report: (message) => reported.push(message),
    everyMs: [0, 0],
  }, stop.signal);
  expect([looks, reported.length]).toEqual([3, 1]);
});

Deno.test("a list's total is that of its rows, from the sums and without them", async () => {
  await using db = await clickhouse.database();
  await store(db.store, randomCalls({ project: "p", count: 400, seed: 71, from, to }));
  await roll(rollerOf(db.store));
  const sums = createAnalytics(db.store, { rollups: { fewestCalls: 0 } });
  for (
    const query of [
      {},
      { range: { from: cut.from } },
      { filters: { status: ["error"], provider: ["openai"] } },
      { range: cut, filters: { cache: ["MISS"] } },
      { filters: { user_id: ["user 1"] } },
    ]
  ) {
    const page = await sums.logs("p", { ...query, limit: 1_000 });
    expect(page.total).toBe(page.logs.length);
    expect(page).not.toHaveProperty("total_is_estimate");
  }
});

Deno.test("few calls are read as they are, and it is remembered that they are few", async () => {
  await using db = await clickhouse.database();
  await store(db.store, randomCalls({ project: "p", count: 100, seed: 72, from, to }));
  let asked = 0;
  let clock = now;
  const counted = {
    query: <T>(sql: string, ...rest: [Params?, QueryOptions?]) => {
      if (sql.includes("rollup_seals")) asked++;
      return db.store.query<T>(sql, ...rest);
    },
    stream: <T>(sql: string, ...rest: [Params?, QueryOptions?]) => db.store.stream<T>(sql, ...rest),
  };
  const analytics = createAnalytics(counted, { rollups: { now: () => clock } });
  const query = { range: whole, bucketSeconds: 86_400, metric: "cost" } as const;
  for (let i = 0; i < 3; i++) await analytics.timeseries("p", query);
  expect(asked).toBe(1);
  clock += 61_000;
  await analytics.timeseries("p", query);
  expect(asked).toBe(2);
});
