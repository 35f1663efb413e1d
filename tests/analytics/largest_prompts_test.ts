/** The prompts that cost most, when days keep fewer than there are. */
import { expect } from "expect";
import fc from "fast-check";
import { bounds } from "@/consumers/clickhouse/daily_tables.ts";
import { createRoller } from "@/consumers/clickhouse/rollup.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { inOrder, lookedAt, settle } from "@/core/analytics/overview/largest_prompts.ts";
import { createOverview } from "@/core/analytics/overview/overview.ts";
import type { Store } from "@/core/analytics/store.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, store } from "./seed.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const clickhouse = useClickHouse();
const never = new AbortController().signal;
const day = 86_400_000;
const from = Date.UTC(2026, 2, 1);
const to = from + 4 * day;
/** The last day is not over. */
const now = to - day / 2;
const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
const query = { range, filters: {}, bucketSeconds: 86_400, compare: false, now };

let calls = 0;
function asked(question: string, onDay: number, usd: string): CallEvent {
  const at = new Date(from + onDay * day + (++calls * 7_919) % (day / 2)).toISOString();
  const event = callEvent(
    { id: `call-${calls}`, project: "p", at },
    {},
    { request: JSON.stringify({ messages: [{ role: "user", content: question }] }) },
  );
  return { ...event, data: { ...event.data, cost: { ...event.data.cost, usd } } };
}

/** Ten templates on some of the days, and on each day prompts that are asked once. */
function questions(days: (template: number) => readonly number[], cents: number, once: string) {
  const templates = Array.from(
    { length: 12 },
    (_, i) => days(i).map((on) => asked(`template ${i}`, on, `0.${cents + i}`)),
  );
  const others = [0, 1, 2, 3].flatMap((on) =>
    Array.from({ length: 30 }, (_, i) => asked(`asked once ${on} ${i}`, on, once + i))
  );
  return [...templates.flat(), ...others];
}

async function shownBothWays(events: readonly CallEvent[]) {
  await using db = await clickhouse.database();
  await store(db.store, events);
  const roller = createRoller({
    store: db.store,
    now: () => now,
    random: seededRandom(9),
    bounds: { ...bounds, prompts: 15 },
  });
  await roller.pass(never);
  await roller.pass(never);
  const read: string[] = [];
  const counted: Store = {
    query(sql, ...rest) {
      const wanted = /largest_prompts_by_day|prompts_by_day WHERE .*prompt IN|prompts_by_day/s;
      const [table] = wanted.exec(sql) ?? [];
      if (table) read.push(table.startsWith("prompts_by_day WHERE") ? "some" : table);
      return db.store.query(sql, ...rest);
    },
    stream: db.store.stream,
  };
  const sums = { rollups: { fewestCalls: 0 } };
  const rows = { rollups: false };
  const [bySums, byRows] = await Promise.all([
    createOverview(counted, createAnalytics(counted, sums), sums)("p", query),
    createOverview(db.store, createAnalytics(db.store, rows), rows)("p", query),
  ]);
  expect(bySums.prompts).toHaveLength(10);
  expect(bySums).toEqual(byRows);
  return { read, prompts: bySums.prompts };
}

const largest = "largest_prompts_by_day";

Deno.test("prompts that every day keeps are known from what days keep", async () => {
  const { read, prompts } = await shownBothWays(questions(() => [0, 1, 2, 3], 20, "0.00"));
  expect(prompts[0]).toMatchObject({ preview: "template 11", requests: 4, cost_usd: "1.24" });
  expect(read).toEqual([largest]);
});

Deno.test("prompts that some day may not have kept are looked up", async () => {
  const { read, prompts } = await shownBothWays(
    questions((template) => template % 2 === 0 ? [0, 1, 2, 3] : [0, 2], 50, "0.00"),
  );
  expect(prompts.filter(({ requests }) => requests === 2).length).toBeGreaterThan(0);
  expect(read).toEqual([largest, "some"]);
});

Deno.test("all prompts are read when one that no day keeps may be among the largest", async () => {
  const { read } = await shownBothWays(questions(() => [1], 10, "0.1"));
  expect(read[0]).toBe(largest);
  expect(read).toContain("prompts_by_day");
});

Deno.test("what is settled is what all prompts of all days say", () => {
  const shown = 2;
  const prompt = fc.integer({ min: 1, max: 8 });
  const aDay = fc.uniqueArray(
    fc.record({ prompt, cost: fc.integer({ min: 1, max: 50 }) }),
    { selector: ({ prompt }) => prompt },
  );
  const outcomes = { settled: 0, lookedUp: 0, all: 0 };
  fc.assert(
    fc.property(fc.array(aDay, { maxLength: 4 }), fc.integer({ min: 1, max: 6 }), (days, kept) => {
      const truth = new Map<number, number>();
      const known = new Map<number, { total: number; bound: number }>();
      let all = 0;
      for (const one of days) {
        const sorted = one.toSorted((a, b) => b.cost - a.cost || a.prompt - b.prompt);
        const bound = sorted[kept]?.cost ?? 0;
        all += bound;
        for (const { prompt, cost } of sorted) truth.set(prompt, (truth.get(prompt) ?? 0) + cost);
        for (const { prompt, cost } of sorted.slice(0, kept)) {
          const before = known.get(prompt) ?? { total: 0, bound: 0 };
          known.set(prompt, { total: before.total + cost, bound: before.bound + bound });
        }
      }
      const rows = inOrder(
        [...known].map(([prompt, { total, bound }]) => ({
          prompt: String(prompt),
          total: String(total),
          bound: String(bound),
        })),
      );
      const settled = settle(rows, String(all), shown);
      outcomes[settled === null ? "all" : settled.unsettled.length > 0 ? "lookedUp" : "settled"]++;
      if (!settled) return;
      const looked = settled.unsettled.map((row) => ({
        ...row,
        total: String(truth.get(Number(row.prompt))),
      }));
      const named = (list: readonly { prompt: string; total: string }[]) =>
        list.map(({ prompt, total }) => [prompt, total]).slice(0, shown);
      const expected = inOrder(
        [...truth].map(([prompt, total]) => ({ prompt: String(prompt), total: String(total) })),
      );
      expect(named(inOrder([...settled.rows, ...looked]))).toEqual(named(expected));
    }),
    { numRuns: 2_000, seed: 11 },
  );
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(100);
});

Deno.test("beyond the prompts that are looked at may be one of the largest", () => {
  const alike = Array.from({ length: lookedAt }, (_, i) => ({
    prompt: String(i),
    total: "5",
    bound: "1",
  }));
  expect(settle(alike, "1", 10)).toBe(null);
  expect(settle(alike.slice(0, -1), "1", 10)?.rows).toHaveLength(lookedAt - 1);
});
