/** The difference from sums is the one that pricing each call again finds, to the last digit. */
import { expect } from "expect";
import { repriceDifference } from "@/core/pricing/reprice_difference.ts";
import { repriceProject } from "@/core/pricing/reprice.ts";
import { repriceDifferenceSchema } from "@/core/pricing/reprice_types.ts";
import { callCost } from "@/core/pricing/call_cost.ts";
import { noProjectPrices, type ProjectPrices } from "@/core/pricing/project_price.ts";
import { projectPriceSchema } from "@/core/event/price.ts";
import type { CallData } from "@/core/event/call.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { emptyBuckets, type Usage } from "@/core/event/usage.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, store } from "@/tests/analytics/seed.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const clickhouse = useClickHouse();
const from = Date.UTC(2026, 7, 1);
const to = Date.UTC(2026, 10, 1);
const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };

const models = [
  ["openai", "gpt-4o"],
  ["openai", "gpt-6.2-sol"],
  ["openai", "gpt-5.1"],
  ["anthropic", "claude-sonnet-4-5"],
  ["anthropic", "claude-haiku-4-5"],
  ["anthropic", "claude-haiku-5-5"],
  // Other prices at night.
  ["deepseek", "deepseek-chat"],
  ["deepseek", "deepseek-reasoner"],
  ["google", "gemini-2.5-pro"],
  ["google", "gemini-3-flash-preview"],
  ["bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"],
  ["mistral", "mistral-large-latest"],
  ["perplexity", "sonar-pro"],
  ["openai", "our-finetune"],
  ["vllm", "house"],
] as const;

const listed = (more: object) => projectPriceSchema.parse(more);
const own: ProjectPrices = {
  version: 3,
  prices: [
    listed({
      provider: "openai",
      model: "gpt-4o*",
      multiplier: "0.85",
      from: "2026-09-03T11:22:33.444Z",
      until: "2026-10-07T00:00:00.000Z",
    }),
    listed({ provider: "openai", model: "our-finetune", usd: { input: "3", output: "12.5" } }),
    listed({ provider: "anthropic", model: "*", multiplier: "0.9" }),
    listed({ provider: "vllm", model: "house", usd: { input: "0.1", request: "0.0005" } }),
    listed({ provider: "mistral", model: "*", usd: { output: "1" } }),
  ],
};

function randomCalls(count: number, seed: number): CallEvent[] {
  const random = seededRandom(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const one = <T>(of: readonly T[]): T => of[whole(of.length)] ?? of[0]!; // of is never empty
  const some = (below: number) => random() < 0.3 ? whole(below) : 0;
  return Array.from({ length: count }, (_, i) => {
    const [provider, model] = one(models);
    const at = new Date(from + whole(to - from)).toISOString();
    const long = random() < 0.2;
    const written = some(2_000);
    const failed = random() < 0.1;
    const usage: Usage = {
      buckets: {
        ...emptyBuckets(),
        input: long ? 150_000 + whole(200_000) : whole(5_000),
        cache_read: some(60_000),
        cache_write: written,
        cache_write_5m: some(2_000),
        cache_write_1h: some(2_000),
        input_audio: random() < 0.03 ? whole(500) : 0,
        output: whole(2_000),
        reasoning: some(1_000),
        tool_requests: random() < 0.1 ? whole(3) : 0,
      },
      ...(random() < 0.2 && { cache_write_12h: whole(written + 1) }),
      source: one(["provider", "provider", "estimate", "none"] as const),
      reported_total: null,
      consistent: true,
    };
    if (usage.source === "none") Object.assign(usage, { buckets: emptyBuckets() });
    const tier = random() < 0.3
      ? one(["batch", "flex", "priority", "standard", "unheard-of"])
      : null;
    const geo = random() < 0.1 ? "us" : null;
    const error = failed
      ? {
        code: one(["upstream_refused", "x"]),
        message: "",
        origin: one(["network", "provider"] as const),
      }
      : null;
    const end = { status_code: failed ? one([400, 502]) : 200, error };
    const endpoint = one(["chat", "chat", "messages", "count_tokens"] as const);
    const query = { provider, model, responseModel: null, at: new Date(at), tier, geo };
    // What a list of another day, a reader of another day, or today's has made of it.
    const asRecorded = random();
    const right = callCost(endpoint, usage, query, noProjectPrices, end);
    const cost: CallData["cost"] = asRecorded < 0.6 ? right : asRecorded < 0.8
      ? {
        usd: null,
        lines: [],
        price: {
          ...right.price,
          source: "none",
          version: "0.1.7",
          match: "none",
          tier: "standard",
        },
        unpriced_reason: "No price was known.",
      }
      : {
        ...right,
        usd: "0.5",
        lines: [],
        price: { ...right.price, version: "0.1.7", tier: "standard" },
      };
    return callEvent({
      id: `call-${seed}-${i}`,
      project: "p",
      at,
      type: failed ? "call.failed" : "call.completed",
    }, {
      provider,
      model,
      response_model: random() < 0.2 ? model : null,
      endpoint,
      ...end,
      usage,
      cost,
      service_tier: tier,
      inference_geo: geo,
      cache: one(["MISS", "BYPASS", "HIT"]),
      user_id: one(["a", "b"]),
    });
  });
}

const never = () => Promise.reject(new Error("Nothing is written"));

Deno.test("the difference from sums is that of each call, whatever the calls and the prices", async () => {
  await using db = await clickhouse.database();
  await store(db.store, randomCalls(3_000, 11));
  for (const prices of [noProjectPrices, own]) {
    for (const filters of [{}, { user_id: ["a"] }, { provider: ["deepseek", "google"] }]) {
      const deps = { store: db.store, prices: () => Promise.resolve(prices) };
      const summed = await repriceDifference(deps, "p", { range, filters });
      const each = await repriceProject(
        { ...deps, log: null, newId: () => "", now: () => 0 },
        { project: "p", range, filters, reason: "test" },
      );
      expect(repriceDifferenceSchema.parse(summed)).toEqual(summed);
      expect(summed?.total.calls).toBe(each.calls);
      expect(summed?.total.changed).toBe(each.changed);
      expect(each.changed).toBeGreaterThan(0);
      const byName = (a: { provider: string; model: string }, b: typeof a) =>
        `${a.provider}/${a.model}` < `${b.provider}/${b.model}` ? -1 : 1;
      expect(summed?.models.toSorted(byName))
        .toEqual(each.models.filter(({ changed }) => changed > 0).toSorted(byName));
    }
  }
});

Deno.test("a price of more digits than a cost has is off by a rounding for each line at most", async () => {
  await using db = await clickhouse.database();
  await store(db.store, randomCalls(500, 12));
  const prices: ProjectPrices = {
    version: 1,
    prices: [listed({ provider: "openai", model: "*", multiplier: "0.333333333" })],
  };
  const deps = { store: db.store, prices: () => Promise.resolve(prices) };
  const summed = await repriceDifference(deps, "p", { range });
  const each = await repriceProject(
    { ...deps, log: null, newId: () => "", now: () => 0 },
    { project: "p", range, reason: "test" },
  );
  const sum = each.models.reduce((all, { after_usd }) => all + Number(after_usd), 0);
  expect(summed?.total.changed).toBe(each.changed);
  expect(Math.abs(Number(summed?.total.after_usd) - sum)).toBeLessThan(1e-8);
});

Deno.test("no calls make no difference, and a call whose sound is counted in seconds stays without a price", async () => {
  await using db = await clickhouse.database();
  const deps = { store: db.store, prices: () => Promise.resolve(noProjectPrices) };
  expect(await repriceDifference(deps, "p", { range })).toMatchObject({
    total: { calls: 0, changed: 0, difference_usd: "0" },
    models: [],
  });
  const usage: Usage = {
    buckets: emptyBuckets(),
    audio_seconds: 12.5,
    source: "provider",
    reported_total: null,
    consistent: true,
  };
  const at = new Date(from).toISOString();
  const query = { provider: "openai", model: "whisper-1", responseModel: null, at: new Date(at) };
  await store(db.store, [
    callEvent({ id: "sound", project: "p", at }, {
      provider: "openai",
      model: "whisper-1",
      response_model: null,
      usage,
      cost: callCost("other", usage, { ...query, tier: null }, noProjectPrices),
    }),
  ]);
  const { total } = await repriceDifference(deps, "p", { range }) ?? {};
  expect(total).toMatchObject({ calls: 1, changed: 0, unpriced_after: 1 });
  const each = await repriceProject(
    { ...deps, log: { append: never }, newId: () => "", now: () => 0 },
    { project: "p", range, reason: "test" },
  );
  expect(each.changed).toBe(0);
});
