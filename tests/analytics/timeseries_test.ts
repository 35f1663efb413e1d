import { expect } from "expect";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import type { GroupBy } from "@/core/analytics/contract.ts";
import { lastBuckets } from "@/core/analytics/range.ts";
import { type Metric, periodSchema, timeseriesSchema } from "@/core/analytics/types.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { inputTokens, outputTokens } from "@/core/event/usage.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, randomCalls, store, sumUsd } from "./seed.ts";

const clickhouse = useClickHouse();
const now = Date.UTC(2026, 2, 4, 10, 17, 3, 250);

const computed: Readonly<Record<Metric, (events: readonly CallEvent[]) => string>> = {
  requests: (events) => String(events.length),
  cost: (events) => sumUsd(events.map(({ data }) => data.cost.usd)),
  latency: (events) => mean(events.flatMap(({ data }) => data.latency_ms ?? [])),
  errors: (events) => String(events.filter(({ type }) => type !== "call.completed").length),
  tokens: (events) =>
    String(
      events.reduce(
        (sum, { data: { usage: { buckets } } }) =>
          sum + inputTokens(buckets) + outputTokens(buckets),
        0,
      ),
    ),
  cache: (events) => String(events.filter(({ data }) => data.cache.startsWith("HIT")).length),
  saved: () => "0",
  unpriced: (events) => String(events.filter(({ data }) => data.cost.usd === null).length),
  ttft: (events) => mean(events.flatMap(({ data }) => data.ttft_ms ?? [])),
  p50: (events) => percentile(events, 0.5),
  p95: (events) => percentile(events, 0.95),
  p99: (events) => percentile(events, 0.99),
};
const metrics = Object.keys(computed) as Metric[]; // the keys of the record above

function mean(times: readonly number[]): string {
  return times.length === 0 ? "0" : String(times.reduce((sum, time) => sum + time) / times.length);
}

function percentile(events: readonly CallEvent[], share: number): string {
  const sorted = events.flatMap(({ data }) => data.latency_ms ?? []).sort((a, b) => a - b);
  return String(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
}

function same(metric: Metric, value: unknown, expected: string): void {
  if (metric === "latency" || metric === "ttft") expect(value).toBeCloseTo(Number(expected), 2);
  else if (/^p\d\d$/.test(metric)) {
    // Percentiles are exact to one percent.
    const distance = Math.abs(Number(value) - Number(expected));
    expect(distance).toBeLessThanOrEqual(Number(expected) * 0.0101);
  } else expect(String(value)).toBe(expected);
}

Deno.test("timeseries() agrees with the events in every bucket, period and metric", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  const from = now - 31 * 86_400_000;
  const events = [
    ...randomCalls({ project: "p", count: 2_000, seed: 11, from, to: now }),
    // Enough for the short periods too.
    ...randomCalls({ project: "p", count: 300, seed: 12, from: now - 3_600_000, to: now }),
  ];
  const foreign = randomCalls({ project: "q", count: 500, seed: 13, from, to: now });
  await store(db.store, [...events, ...foreign]);

  for (const period of periodSchema.options) {
    const buckets = lastBuckets(period, now);
    for (const metric of metrics) {
      const series = await analytics.timeseries("p", { ...buckets, metric });
      expect(timeseriesSchema.parse(series)).toEqual(series);
      const width = buckets.bucketSeconds * 1000;
      expect(series.data).toHaveLength(
        (Date.parse(series.date_to) - Date.parse(series.date_from)) / width,
      );
      for (const { timestamp, value } of series.data) {
        const start = Date.parse(timestamp);
        expect(start % width).toBe(0);
        const inside = events.filter(({ at }) =>
          Date.parse(at) >= start && Date.parse(at) < start + width
        );
        same(metric, value, computed[metric](inside));
      }
    }
  }
});

Deno.test("the documented periods have the documented buckets, the last one unfinished", () => {
  const shape = periodSchema.options.map((period) => {
    const { range, bucketSeconds } = lastBuckets(period, now);
    const [from, to] = [Date.parse(range.from), Date.parse(range.to)];
    expect(to).toBeGreaterThan(now);
    expect(to - bucketSeconds * 1000).toBeLessThanOrEqual(now);
    return [period, bucketSeconds, (to - from) / bucketSeconds / 1000];
  });
  expect(shape).toEqual([
    ["1h", 300, 12],
    ["6h", 1_800, 12],
    ["24h", 3_600, 24],
    ["7d", 21_600, 28],
    ["30d", 86_400, 30],
  ]);
});

Deno.test("timeseries() by group has the eight largest, what has none, and the rest", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  const buckets = lastBuckets("24h", now);
  const [from, to] = [Date.parse(buckets.range.from), now];
  const events = randomCalls({ project: "p", count: 2_000, seed: 14, from, to });
  await store(db.store, [
    ...events,
    ...randomCalls({ project: "q", count: 100, seed: 15, from, to }),
  ]);
  const groups: Record<string, [GroupBy, (event: CallEvent) => string | null]> = {
    provider: ["provider", ({ data }) => data.provider],
    model: ["model", ({ data }) => data.model || null],
    user: ["user", ({ data }) => data.user_id],
    status: [
      "status",
      ({ type }) =>
        ({ "call.completed": "success", "call.failed": "error", "call.aborted": "aborted" })[type],
    ],
    endpoint: ["endpoint", ({ data }) => data.endpoint],
    session: ["session", ({ data }) => data.session_id],
    cache: ["cache", ({ data }) => data.cache],
    key: ["key", ({ data }) => data.key_id],
    property: ["property.team", ({ data }) => data.properties["team"] || null],
  };
  for (const [groupBy, groupOf] of Object.values(groups)) {
    for (const metric of metrics) {
      const series = await analytics.timeseries("p", { ...buckets, metric, groupBy });
      expect(timeseriesSchema.parse(series)).toEqual(series);
      const lines = Map.groupBy(
        series.data,
        ({ group, other }) => other ? "the rest" : JSON.stringify(group),
      );
      expect(lines.size).toBeLessThanOrEqual(9);
      const all = new Set(events.map(groupOf));
      expect(lines.has("the rest")).toBe(all.size > 8);
      const named = [...lines.keys()].filter((line) => line !== "the rest");
      expect(named).toHaveLength(Math.min(8, all.size));
      for (const [line, points] of lines) {
        expect(points).toHaveLength(24);
        const members = events.filter((event) => {
          const own = JSON.stringify(groupOf(event));
          return line === "the rest" ? !named.includes(own) : own === line;
        });
        for (const { timestamp, value } of points) {
          const start = Date.parse(timestamp);
          const inside = members.filter(({ at }) =>
            Date.parse(at) >= start && Date.parse(at) < start + 3_600_000
          );
          same(metric, value, computed[metric](inside));
        }
      }
    }
  }
});

Deno.test("timeseries() of nothing is a line of zeros", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  const empty = await analytics.timeseries("p", { ...lastBuckets("1h", now), metric: "latency" });
  expect(empty.data.map(({ value }) => value)).toEqual(Array(12).fill(0));
  const money = await analytics.timeseries("p", { ...lastBuckets("1h", now), metric: "cost" });
  expect(money.data.map(({ value }) => value)).toEqual(Array(12).fill("0"));
});

Deno.test("a group whose value is the word other stays apart from the rest", async () => {
  await using db = await clickhouse.database();
  const at = new Date(now - 60_000).toISOString();
  const users = ["other", "other", ...Array.from({ length: 12 }, (_, i) => `user ${i}`)];
  await store(
    db.store,
    users.map((user_id, i) => callEvent({ id: `e${i}`, project: "p", at }, { user_id })),
  );
  const { data } = await createAnalytics(db.store).timeseries("p", {
    ...lastBuckets("1h", now),
    metric: "requests",
    groupBy: "user",
  });
  const total = (rest: boolean) =>
    data.filter(({ group, other }) => group === "other" && (other ?? false) === rest)
      .reduce((sum, { value }) => sum + Number(value), 0);
  expect([total(false), total(true)]).toEqual([2, 5]);
});

Deno.test("a grouping finds a property by the capitals of the header that it came in", async () => {
  await using db = await clickhouse.database();
  const at = new Date(now - 60_000).toISOString();
  const call = (id: string, properties: Record<string, string>) =>
    callEvent({ id, project: "p", at }, { properties });
  await store(db.store, [
    call("header", { team: "red" }),
    call("sdk", { Team: "blue" }),
    // What was written as it is asked for goes first.
    call("both", { Team: "blue", team: "red" }),
    call("none", {}),
  ]);
  const groups = async (groupBy: GroupBy) => {
    const { data } = await createAnalytics(db.store)
      .timeseries("p", { ...lastBuckets("24h", now), metric: "requests", groupBy });
    const found = data.filter(({ value }) => Number(value) > 0);
    return Object.fromEntries(found.map(({ group, value }) => [String(group), value]));
  };
  expect(await groups("property.Team")).toEqual({ red: 1, blue: 2, null: 1 });
  expect(await groups("property.team")).toEqual({ red: 2, null: 2 });
});

Deno.test("a call of a time that ClickHouse's shorter type of it does not know has its bucket", async () => {
  await using db = await clickhouse.database();
  const at = "2150-06-01T10:20:00.000Z";
  await store(db.store, [callEvent({ id: "far", project: "p", at })]);
  const analytics = createAnalytics(db.store, { rollups: { fewestCalls: 0 } });
  for (const groupBy of [undefined, "user", "model"] as const) {
    const { data } = await analytics.timeseries("p", {
      range: { from: "2150-06-01T09:00:00.000Z", to: "2150-06-01T12:00:00.000Z" },
      metric: "requests",
      bucketSeconds: 3_600,
      ...(groupBy && { groupBy }),
    });
    expect(data.map(({ value }) => value)).toEqual([0, 1, 0]);
    expect(data[1]?.timestamp).toBe("2150-06-01T10:00:00.000Z");
  }
});
