import { expect } from "expect";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import {
  type BreakdownOrder,
  breakdownOrderSchema,
  breakdownSchema,
  type GroupFigures,
  propertiesSchema,
} from "@/core/analytics/breakdown_types.ts";
import type { GroupBy } from "@/core/analytics/contract.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { inputTokens, outputTokens } from "@/core/event/usage.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, randomCalls, store, sumUsd, units } from "./seed.ts";

const clickhouse = useClickHouse();
const from = Date.UTC(2026, 2, 4);
const to = Date.UTC(2026, 2, 5);
const iso = (time: number) => new Date(time).toISOString();
const range = { from: iso(from), to: iso(to) };
const previous = { from: iso(from - (to - from)), to: iso(from) };

const groupsOf: Readonly<Record<string, readonly [GroupBy, (event: CallEvent) => string]>> = {
  model: ["model", ({ data }) => data.model],
  provider: ["provider", ({ data }) => data.provider],
  user: ["user", ({ data }) => data.user_id ?? ""],
  session: ["session", ({ data }) => data.session_id ?? ""],
  key: ["key", ({ data }) => data.key_id],
  status: [
    "status",
    ({ type }) =>
      ({ "call.completed": "success", "call.failed": "error", "call.aborted": "aborted" })[type],
  ],
  endpoint: ["endpoint", ({ data }) => data.endpoint],
  cache: ["cache", ({ data }) => data.cache],
  property: ["property.team", ({ data }) => data.properties["team"] ?? ""],
};

function figures(events: readonly CallEvent[]): Omit<GroupFigures, `p${number}_latency_ms`> {
  const sum = (of: (event: CallEvent) => number) => events.reduce((all, one) => all + of(one), 0);
  return {
    requests: events.length,
    errors: events.filter(({ type }) => type !== "call.completed").length,
    cost_usd: sumUsd(events.map(({ data }) => data.cost.usd)),
    unpriced_requests: events.filter(({ data }) => data.cost.usd === null).length,
    saved_cost_usd: "0",
    tokens_input: sum(({ data }) => inputTokens(data.usage.buckets)),
    tokens_output: sum(({ data }) => outputTokens(data.usage.buckets)),
    cached_requests: events.filter(({ data }) => data.cache.startsWith("HIT")).length,
    last_seen: events.map(({ at }) => at).toSorted().at(-1) ?? null,
  };
}

const sizeOf: Readonly<Record<BreakdownOrder, (row: GroupFigures) => number | bigint | string>> = {
  cost: ({ cost_usd }) => units(cost_usd),
  requests: ({ requests }) => requests,
  errors: ({ errors }) => errors,
  tokens: ({ tokens_input, tokens_output }) => tokens_input + tokens_output,
  p95: ({ p95_latency_ms }) => p95_latency_ms ?? -1,
  last_seen: ({ last_seen }) => last_seen ?? "",
};

Deno.test("breakdown() agrees with the events in every group, order and comparison", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  const now = randomCalls({ project: "p", count: 1_500, seed: 41, from, to });
  const before = randomCalls({
    project: "p",
    count: 900,
    seed: 42,
    from: from - 86_400_000,
    to: from,
  });
  await store(db.store, [
    ...now,
    ...before,
    ...randomCalls({ project: "q", count: 200, seed: 43, from, to }),
  ]);
  for (const [by, groupOf] of Object.values(groupsOf)) {
    const groups = Map.groupBy(now, groupOf);
    const earlier = Map.groupBy(before, groupOf);
    for (const order of breakdownOrderSchema.options) {
      const read = await analytics.breakdown("p", { range, by, order, limit: 10, previous });
      expect(breakdownSchema.parse(read)).toEqual(read);
      expect(read).toMatchObject({ by, order, groups: groups.size, total: figures(now) });
      expect(read.previous).toMatchObject({ date_from: previous.from, total: figures(before) });
      expect(read.rows).toHaveLength(Math.min(10, groups.size));
      for (const { group, previous, ...row } of read.rows) {
        expect(row).toMatchObject(figures(groups.get(group ?? "") ?? []));
        expect(previous).toMatchObject(figures(earlier.get(group ?? "") ?? []));
      }
      // No group that is left out is larger than one that is shown.
      const sizes = read.rows.map(sizeOf[order]);
      expect(sizes).toEqual(sizes.toSorted((a, b) => a < b ? 1 : a > b ? -1 : 0));
    }
  }
  const { rows } = await analytics.breakdown("p", { range, by: "provider" });
  expect(rows.map(({ group, provider }) => provider === group)).toEqual([true, true, true]);
  const [first] = (await analytics.breakdown("p", { range, by: "status", limit: 1 })).rows;
  expect(first?.provider).toBeNull();
});

Deno.test("breakdown() by error counts the calls that have one", async () => {
  await using db = await clickhouse.database();
  const at = iso(from + 1_000);
  const failed = (id: string, code: string) =>
    callEvent({ id, project: "p", at, type: "call.failed" }, {
      error: { code, message: "m", origin: "provider" },
      status_code: 500,
    });
  await store(db.store, [
    callEvent({ id: "ok", project: "p", at }),
    ...["a", "b", "c"].map((id) => failed(id, "overloaded")),
    failed("d", "timeout"),
  ]);
  const read = await createAnalytics(db.store).breakdown("p", { range, by: "error" });
  expect(read.rows.map(({ group, requests }) => [group, requests])).toEqual([
    ["overloaded", 3],
    ["timeout", 1],
  ]);
  expect(read).toMatchObject({ groups: 2, total: { requests: 4, errors: 4 } });
});

Deno.test("breakdown() of no calls has no rows and no latency", async () => {
  await using db = await clickhouse.database();
  const read = await createAnalytics(db.store).breakdown("p", { range, by: "model", previous });
  expect(breakdownSchema.parse(read)).toEqual(read);
  expect(read).toMatchObject({
    groups: 0,
    rows: [],
    total: { requests: 0, cost_usd: "0", p95_latency_ms: null, last_seen: null },
  });
});

Deno.test("properties() lists names with their calls, values and last use", async () => {
  await using db = await clickhouse.database();
  const call = (id: string, minute: number, properties: Record<string, string>) =>
    callEvent({ id, project: "p", at: iso(from + minute * 60_000) }, { properties });
  await store(db.store, [
    call("a", 1, { team: "red", env: "prod" }),
    call("b", 2, { team: "blue" }),
    call("c", 3, { team: "red" }),
    callEvent({ id: "d", project: "q", at: iso(from) }, { properties: { secret: "1" } }),
  ]);
  const read = await createAnalytics(db.store).properties("p", { range });
  expect(propertiesSchema.parse(read)).toEqual(read);
  expect(read.properties).toEqual([
    { name: "team", requests: 3, values: 2, last_seen: iso(from + 180_000) },
    { name: "env", requests: 1, values: 1, last_seen: iso(from + 60_000) },
  ]);
});
