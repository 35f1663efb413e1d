import { expect } from "expect";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import type { Filters, Range } from "@/core/analytics/contract.ts";
import { models } from "@/core/analytics/models.ts";
import { statsSchema } from "@/core/analytics/types.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { inputTokens, outputTokens } from "@/core/event/usage.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, randomCalls, store, sumUsd } from "./seed.ts";

const clickhouse = useClickHouse();
const from = Date.UTC(2026, 2, 1);
const to = Date.UTC(2026, 2, 4);
const range: Range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };

/** What the totals must be, from the events themselves. */
function totals(events: readonly CallEvent[]) {
  const ok = events.filter(({ type }) => type === "call.completed").length;
  const latencies = events.flatMap(({ data }) => data.latency_ms ?? []);
  const sum = (of: (event: CallEvent) => number) => events.reduce((all, one) => all + of(one), 0);
  return {
    total_requests: events.length,
    successful_requests: ok,
    failed_requests: events.length - ok,
    total_tokens_input: sum(({ data }) => inputTokens(data.usage.buckets)),
    total_tokens_output: sum(({ data }) => outputTokens(data.usage.buckets)),
    total_cost_usd: sumUsd(events.map(({ data }) => data.cost.usd)),
    saved_cost_usd: "0",
    unpriced_requests: events.filter(({ data }) => data.cost.usd === null).length,
    avg_latency_ms: expect.closeTo(sum(({ data }) => data.latency_ms ?? 0) / latencies.length, 2),
    error_rate: expect.closeTo((events.length - ok) / events.length, 12),
    cache_hit_rate: expect.closeTo(
      events.filter(({ data }) => data.cache.startsWith("HIT")).length / events.length,
      12,
    ),
    unique_models: new Set(
      events.filter(({ data }) => data.model).map(({ data }) => `${data.provider} ${data.model}`),
    ).size,
    unique_users: new Set(events.flatMap(({ data }) => data.user_id ?? [])).size,
    unique_sessions: new Set(events.flatMap(({ data }) => data.session_id ?? [])).size,
  };
}

function quantile(events: readonly CallEvent[], share: number): number {
  const sorted = events.flatMap(({ data }) => data.latency_ms ?? []).sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}

Deno.test("stats() agrees with sums over the events, to the last digit", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  const mine = randomCalls({ project: "mine", count: 3_000, seed: 1, from, to });
  const outside = [
    ...randomCalls({ project: "mine", count: 100, seed: 2, from: from - 86_400_000, to: from }),
    ...randomCalls({ project: "mine", count: 100, seed: 3, from: to, to: to + 86_400_000 }),
    callEvent({ id: "at the end", project: "mine", at: range.to }),
  ];
  const foreign = randomCalls({ project: "foreign", count: 500, seed: 4, from, to });
  await store(db.store, [...mine, ...outside, ...foreign]);

  const read = await analytics.stats("mine", { range });
  expect(statsSchema.parse(read)).toEqual(read);
  expect(read.stats).toMatchObject(totals(mine));
  for (const [name, share] of [["p50", 0.5], ["p95", 0.95], ["p99", 0.99]] as const) {
    const exactly = quantile(mine, share);
    expect(Math.abs((read.stats[`${name}_latency_ms`] ?? NaN) - exactly) / exactly)
      .toBeLessThan(0.0101);
  }

  const previous = { from: new Date(from - 86_400_000).toISOString(), to: range.from };
  const compared = await analytics.stats("mine", { range, previous });
  expect(statsSchema.parse(compared)).toEqual(compared);
  expect(compared.stats).toEqual(read.stats);
  expect(compared.previous).toEqual({
    date_from: previous.from,
    date_to: previous.to,
    stats: (await analytics.stats("mine", { range: previous })).stats,
  });
  expect(compared.previous?.stats.total_requests).toBe(100);

  const filters: Filters = { provider: ["openai", "google"], status: ["success", "4xx"] };
  const filtered = mine.filter(({ type, data }) =>
    data.provider !== "anthropic" &&
    (type === "call.completed" || [400, 429].includes(data.status_code ?? 0))
  );
  expect((await analytics.stats("mine", { range, filters })).stats)
    .toMatchObject(totals(filtered));
});

Deno.test("stats() counts an event once that is stored twice", async () => {
  await using db = await clickhouse.database();
  const events = randomCalls({ project: "p", count: 500, seed: 5, from, to });
  await store(db.store, events);
  await store(db.store, events.slice(0, 200));
  const [{ rows } = { rows: "" }] = await db.store.query<{ rows: string }>(
    "SELECT count() AS rows FROM events",
  );
  expect(Number(rows)).toBe(700);
  const analytics = createAnalytics(db.store);
  expect((await analytics.stats("p", { range })).stats).toMatchObject(totals(events));
  const series = await analytics.timeseries("p", { range, bucketSeconds: 86_400, metric: "cost" });
  expect(sumUsd(series.data.map(({ value }) => String(value))))
    .toBe(sumUsd(events.map(({ data }) => data.cost.usd)));
  const page = await analytics.logs("p", { limit: 1_000 });
  expect(page.total).toBe(500);
  expect(new Set(page.logs.map(({ event_id }) => event_id)).size).toBe(500);
  expect(page.logs).toHaveLength(500);
});

Deno.test("stats() ranks models by requests", async () => {
  await using db = await clickhouse.database();
  const models = Array.from({ length: 12 }, (_, i) => `m${i}`);
  await store(
    db.store,
    models.flatMap((model, i) =>
      Array.from(
        { length: 12 - i },
        (_, n) => callEvent({ id: `${model}-${n}`, project: "p" }, { model }),
      )
    ),
  );
  const { top_models } = await createAnalytics(db.store).stats("p", { range });
  expect(top_models.map(({ model }) => model)).toEqual(models.slice(0, 10));
  expect(top_models[0]).toEqual({
    provider: "openai",
    model: "m0",
    request_count: 12,
    total_cost_usd: "0.12",
    unpriced_requests: 0,
  });
});

Deno.test("stats() of no requests has zero rates and no latency", async () => {
  await using db = await clickhouse.database();
  const { stats, top_models } = await createAnalytics(db.store).stats("p", { range });
  expect(top_models).toEqual([]);
  expect(stats).toEqual({
    total_requests: 0,
    successful_requests: 0,
    failed_requests: 0,
    total_tokens_input: 0,
    total_tokens_output: 0,
    total_cost_usd: "0",
    saved_cost_usd: "0",
    unpriced_requests: 0,
    avg_latency_ms: null,
    p50_latency_ms: null,
    p95_latency_ms: null,
    p99_latency_ms: null,
    p50_ttft_ms: null,
    p95_ttft_ms: null,
    error_rate: 0,
    cache_hit_rate: 0,
    unique_models: 0,
    unique_users: 0,
    unique_sessions: 0,
  });
});

Deno.test("percentiles are exact to 1 %, also of calls that took less than a millisecond", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  const values = [0.02, 0.05, 0.2, 0.358, 0.5, 0.9, 0.97, 1.03, 2, 12.345, 800, 123_456];
  const calls = values.flatMap((value, i) =>
    // The value in the middle, and others around it that are far away.
    [value / 10, value, value * 10].map((latency_ms, k) =>
      callEvent({ id: `p${i}-${k}`, project: "mine", at: range.from }, {
        model: `m${i}`,
        latency_ms,
        ttft_ms: latency_ms,
      })
    )
  );
  await store(db.store, calls);
  const listed = await models(db.store, "mine", range, {}, {});
  for (const [i, value] of values.entries()) {
    const filters = { model: [`m${i}`] };
    const { stats } = await analytics.stats("mine", { range, filters });
    const one = listed.find(({ model }) => model === `m${i}`);
    for (const found of [stats.p50_latency_ms, stats.p50_ttft_ms, one?.p50_ttft_ms]) {
      // Half of the last digit that is shown.
      const wrong = Math.max(0, Math.abs((found ?? 0) - value) - 0.0005) / value;
      expect({ value, found, exact: wrong <= 0.01 }).toMatchObject({ exact: true });
    }
    expect(one?.p95_latency_ms).toBe(stats.p95_latency_ms);
    expect(one?.avg_latency_ms).toBe(stats.avg_latency_ms);
  }
});
