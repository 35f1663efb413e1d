/** Calls by the keys that they came with and went on with: filtered, counted, divided. */
import { expect } from "expect";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { filtersOf } from "@/core/analytics/filters.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, randomCalls, store, sumUsd } from "./seed.ts";

const clickhouse = useClickHouse();
const from = Date.UTC(2026, 2, 4);
const to = Date.UTC(2026, 2, 5);
const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
const keys = ["key_a", "key_b"];
const providerKeys = ["pk_1", "pk_2", null];

function calls() {
  return randomCalls({ project: "p", count: 240, seed: 4, from, to }).map((event, i) =>
    callEvent(event, {
      ...event.data,
      key_id: keys[i % 2] ?? "",
      provider_key_id: providerKeys[i % 3] ?? null,
    })
  );
}

Deno.test("lists, sums, courses and exports are filtered by both kinds of keys", async () => {
  await using db = await clickhouse.database();
  const events = calls();
  await store(db.store, events);
  const analytics = createAnalytics(db.store);
  for (
    const query of [
      { key_id: "key_a" },
      { provider_key_id: "pk_2" },
      { key_id: ["key_a", "key_b"], provider_key_id: "pk_1" },
      { key_id: "of nobody" },
    ]
  ) {
    const filters = filtersOf(query);
    const meant = events.filter(({ data }) =>
      (filters.key_id?.includes(data.key_id) ?? true) &&
      (filters.provider_key_id?.includes(data.provider_key_id ?? "") ?? true)
    );
    const cost = sumUsd(meant.map(({ data }) => data.cost.usd));
    const { stats } = await analytics.stats("p", { range, filters });
    expect([stats.total_requests, stats.total_cost_usd]).toEqual([meant.length, cost]);
    const page = await analytics.logs("p", { range, filters, limit: 1_000 });
    expect(page.total).toBe(meant.length);
    expect(new Set(page.logs.map(({ event_id }) => event_id)))
      .toEqual(new Set(meant.map(({ id }) => id)));
    const exported = await Array.fromAsync(analytics.rows("p", { range, filters }));
    expect(exported).toHaveLength(meant.length);
    const series = await analytics.timeseries("p", {
      range,
      filters,
      bucketSeconds: 3_600,
      metric: "requests",
    });
    expect(series.data.reduce((sum, { value }) => sum + Number(value), 0)).toBe(meant.length);
  }
});

Deno.test("spend is divided by provider key; calls without one are a group", async () => {
  await using db = await clickhouse.database();
  const events = calls();
  await store(db.store, events);
  const { rows, groups } = await createAnalytics(db.store)
    .breakdown("p", { range, by: "provider_key" });
  expect(groups).toBe(3);
  const of = (id: string | null) => events.filter(({ data }) => data.provider_key_id === id);
  expect(new Map(rows.map(({ group, requests, cost_usd }) => [group, [requests, cost_usd]])))
    .toEqual(
      new Map(providerKeys.map((id) => [
        id,
        [of(id).length, sumUsd(of(id).map(({ data }) => data.cost.usd))],
      ])),
    );
});
