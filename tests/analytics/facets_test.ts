/** What days keep of users and properties, when there are more values than a day keeps. */
import { expect } from "expect";
import fc from "fast-check";
import { type Bounds, bounds } from "@/consumers/clickhouse/daily_tables.ts";
import { createRoller } from "@/consumers/clickhouse/rollup.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { createOverview } from "@/core/analytics/overview/overview.ts";
import { isCertain } from "@/core/analytics/overview/top_values.ts";
import type { Params, QueryOptions, Store } from "@/core/analytics/store.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { randomCalls, store } from "./seed.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const clickhouse = useClickHouse();
const never = new AbortController().signal;
const day = 86_400_000;
const from = Date.UTC(2026, 2, 1);
const to = from + 3 * day;
const now = Date.UTC(2026, 2, 10);
const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
const overviewQuery = { range, filters: {}, bucketSeconds: 86_400, compare: false, now: to };

/** Values that are never twice the same, beside a few that are. */
function withOwnValues(calls: readonly CallEvent[]): CallEvent[] {
  return calls.map((call, i) => ({
    ...call,
    data: {
      ...call.data,
      properties: { ...call.data.properties, run: `run ${i}`, team: `team ${i % 12}` },
    },
  }));
}

function counting({ query, stream }: Store, read: Map<string, number>): Store {
  return {
    query<T>(sql: string, ...rest: [Params?, QueryOptions?]) {
      for (const table of ["facets_by_day", "events ARRAY JOIN"]) {
        if (sql.includes(`FROM ${table}`)) read.set(table, (read.get(table) ?? 0) + 1);
      }
      return query<T>(sql, ...rest);
    },
    stream,
  };
}

async function bothWays(db: { readonly store: Store }, read = new Map<string, number>()) {
  const sums = { rollups: { fewestCalls: 0 } };
  const rows = { rollups: false };
  const counted = counting(db.store, read);
  return await Promise.all([
    createOverview(counted, createAnalytics(counted, sums), sums)("p", overviewQuery),
    createOverview(db.store, createAnalytics(db.store, rows), rows)("p", overviewQuery),
  ]);
}

for (
  const [name, small] of Object.entries<Bounds>({
    "some of the values": { values: 20, names: 10, prompts: 8 },
    "hardly a value": { values: 2, names: 10, prompts: 2 },
    "hardly a name": { values: 20, names: 1, prompts: 30 },
    "everything": bounds,
  })
) {
  Deno.test(`days that keep ${name} say what the calls say`, async () => {
    await using db = await clickhouse.database();
    for (const seed of [31, 32, 33]) {
      await store(
        db.store,
        withOwnValues(
          randomCalls({ project: "p", count: 300, seed, from, to: to - seed * 60_000 }),
        ),
      );
      const roller = createRoller({
        store: db.store,
        now: () => now + seed,
        random: seededRandom(seed),
        bounds: small,
      });
      await roller.pass(never);
      await roller.pass(never);
      const [bySums, byRows] = await bothWays(db);
      expect(bySums).toEqual(byRows);
      const [one, other] = await Promise.all([
        createAnalytics(db.store, { rollups: { fewestCalls: 0 } }),
        createAnalytics(db.store, { rollups: false }),
      ].map((analytics) => analytics.breakdown("p", { range, by: "user", limit: 5 })));
      expect(one).toEqual(other);
    }
  });
}

Deno.test("a property that is never twice the same costs no reading of the calls", async () => {
  await using db = await clickhouse.database();
  await store(
    db.store,
    withOwnValues(randomCalls({ project: "p", count: 900, seed: 34, from, to })),
  );
  const roller = createRoller({
    store: db.store,
    now: () => now,
    random: seededRandom(4),
    bounds: { values: 40, names: 10, prompts: 10 },
  });
  await roller.pass(never);
  await roller.pass(never);
  const [row] = await db.store.query<{ rows: string; rest: string }>(
    "SELECT count() AS rows, countIf(is_rest) AS rest FROM facets_by_day WHERE name = 'run'",
  );
  expect(row).toEqual({ rows: String(3 * 41), rest: "3" });
  const read = new Map<string, number>();
  const [bySums, byRows] = await bothWays(db, read);
  expect(bySums).toEqual(byRows);
  expect(bySums.properties.map(({ name }) => name)).not.toContain("run");
  expect([read.get("facets_by_day"), read.get("events ARRAY JOIN")]).toEqual([2, undefined]);
});

Deno.test("the largest are certain only when they are the largest", () => {
  const value = fc.constantFrom("a", "b", "c", "d", "e", "f", "g");
  const aDay = fc.dictionary(value, fc.integer({ min: 0, max: 50 }));
  const shown = 2;
  let certain = 0;
  fc.assert(
    fc.property(fc.array(aDay, { maxLength: 4 }), fc.integer({ min: 1, max: 5 }), (days, kept) => {
      const sums = new Map<string, { cost: number; whole: number }>();
      const truth = new Map<string, number>();
      let [restDays, most] = [0, 0];
      for (const one of days) {
        const sorted = Object.entries(one).sort(([x, a], [y, b]) => b - a || (x < y ? -1 : 1));
        for (const [name, cost] of sorted) truth.set(name, (truth.get(name) ?? 0) + cost);
        const hasRest = sorted.length > kept;
        for (const [name, cost] of sorted.slice(0, kept)) {
          const before = sums.get(name) ?? { cost: 0, whole: 0 };
          sums.set(name, { cost: before.cost + cost, whole: before.whole + (hasRest ? 1 : 0) });
        }
        if (!hasRest) continue;
        restDays++;
        most += sorted[kept]?.[1] ?? 0;
      }
      const byCost = (costs: Iterable<[string, number]>) =>
        [...costs].sort(([x, a], [y, b]) => b - a || (x < y ? -1 : 1));
      const found = byCost([...sums].map(([name, { cost }]) => [name, cost]));
      const rows = found.map(([name, cost]) => ({
        name: "",
        kept_days: String(sums.get(name)?.whole ?? 0),
        m_cost: String(cost),
      }));
      const rests = restDays === 0
        ? []
        : [{ name: "", days: String(restDays), most: String(most) }];
      if (!isCertain(rows, rests, shown)) return;
      certain++;
      expect(found.slice(0, shown)).toEqual(byCost(truth).slice(0, shown));
    }),
    { numRuns: 2_000, seed: 7 },
  );
  expect(certain).toBeGreaterThan(200);
});
