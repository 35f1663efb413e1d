/** The overview's figures against the events themselves, in a real ClickHouse. */
import { expect } from "expect";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { createOverview } from "@/core/analytics/overview/overview.ts";
import { attentionOf } from "@/core/analytics/overview/attention.ts";
import type { OverviewModel } from "@/core/analytics/overview/types.ts";
import { exactText } from "@/core/pricing/decimal.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { randomCalls, store } from "./seed.ts";

const clickhouse = useClickHouse();

const day = 86_400_000;
const now = Date.UTC(2026, 2, 4, 10);

Deno.test("the overview adds up what the calls say, beside the range before", async () => {
  await using db = await clickhouse.database();
  const calls = randomCalls({ project: "p", count: 600, seed: 5, from: now - 2 * day, to: now });
  const foreign = randomCalls({ project: "q", count: 50, seed: 6, from: now - day, to: now });
  await store(db.store, [...calls, ...foreign]);
  const range = { from: new Date(now - day).toISOString(), to: new Date(now).toISOString() };
  const read = createOverview(db.store, createAnalytics(db.store));
  const found = await read("p", {
    range,
    bucketSeconds: 3_600,
    filters: {},
    compare: true,
    now,
  });

  const recent = calls.filter(({ at }) => at >= range.from && at < range.to);
  const earlier = calls.filter(({ at }) => at < range.from);
  expect(found.now.requests).toBe(recent.length);
  expect(found.before?.requests).toBe(earlier.length);
  expect(exactText(found.now.cost_usd)).toBe(sum(recent));
  expect(found.now.failed).toBe(
    recent.filter(({ type }) => type !== "call.completed").length,
  );
  expect(found.series).toHaveLength(24);
  expect(total(found.series.map(({ requests }) => requests))).toBe(recent.length);
  expect(found.series.reduce((all, { cost_usd }) => all + exactText(cost_usd), 0n))
    .toBe(sum(recent));
  expect(
    found.spend_by_model.flatMap(({ cost_usd }) => cost_usd).reduce(
      (all, usd) => all + exactText(usd),
      0n,
    ),
  ).toBe(sum(recent));
  expect(found.models).toHaveLength(10);
  for (const shown of found.models) {
    const of = (events: typeof calls) =>
      events.filter(({ data }) => data.provider === shown.provider && data.model === shown.model);
    expect([shown.requests, exactText(shown.cost_usd)]).toEqual([
      of(recent).length,
      sum(of(recent)),
    ]);
    expect([shown.before.requests, exactText(shown.before.cost_usd)]).toEqual([
      of(earlier).length,
      sum(of(earlier)),
    ]);
  }

  const spent = Map.groupBy(recent, ({ data }) => data.user_id);
  for (const { user_id, requests, cost_usd } of found.users) {
    expect(requests).toBe(spent.get(user_id)?.length);
    expect(exactText(cost_usd)).toBe(sum(spent.get(user_id) ?? []));
  }
  const red = found.properties.find(({ name, value }) => name === "team" && value === "red");
  expect(red?.requests).toBe(
    recent.filter(({ data }) => data.properties["team"] === "red").length,
  );
});

const total = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);

function sum(calls: readonly { readonly data: { readonly cost: { usd: string | null } } }[]) {
  return calls.reduce((all, { data }) => all + exactText(data.cost.usd ?? "0"), 0n);
}

const model = (change: Partial<OverviewModel>): OverviewModel => ({
  provider: "openai",
  model: "gpt-4o",
  requests: 1_000,
  failed: 5,
  cost_usd: "10",
  unpriced: 0,
  p95_ms: 1_500,
  before: { requests: 1_000, failed: 5, cost_usd: "10", p95_ms: 1_500 },
  ...change,
});

Deno.test("what goes on as before needs no attention, and neither do a few calls", () => {
  expect(attentionOf([model({})])).toEqual([]);
  expect(attentionOf([model({ requests: 4, failed: 4 })])).toEqual([]);
});

Deno.test("errors, spend, slowness and missing prices are named, errors first", () => {
  const found = attentionOf([
    model({ unpriced: 40 }),
    model({ model: "o3", cost_usd: "31" }),
    model({ model: "o4", p95_ms: 9_000 }),
    model({ model: "gpt-5", failed: 80 }),
  ]);
  expect(found.map(({ kind, model }) => [kind, model])).toEqual([
    ["errors", "gpt-5"],
    ["spend", "o3"],
    ["slow", "o4"],
    ["unpriced", "gpt-4o"],
  ]);
});
