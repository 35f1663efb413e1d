/** What traffic would have cost elsewhere, from a real ClickHouse, against sums made by hand. */
import { expect } from "expect";
import type { Store } from "@/core/analytics/store.ts";
import { counterfactual, type CounterfactualQuery } from "@/core/analytics/counterfactual.ts";
import {
  type Counterfactual,
  counterfactualSchema,
} from "@/core/analytics/counterfactual_types.ts";
import { unpriced, unpricedSchema } from "@/core/analytics/unpriced.ts";
import type { CallData } from "@/core/event/call.ts";
import { projectPriceSchema } from "@/core/event/price.ts";
import { emptyBuckets, type Usage, type UsageBuckets } from "@/core/event/usage.ts";
import { callCost } from "@/core/pricing/call_cost.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { tokensAt } from "@/core/pricing/tokenizer.ts";
import { callEvent, store as insert } from "@/tests/analytics/seed.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";

const clickhouse = useClickHouse();
const at = "2026-06-15T12:00:00.000Z";
const june = { from: "2026-06-01T00:00:00.000Z", to: "2026-07-01T00:00:00.000Z" };

let ids = 0;
function sent(
  model: string,
  used: Partial<UsageBuckets>,
  data: Partial<CallData> = {},
  project = "p",
) {
  const slash = model.indexOf("/");
  const [provider, name] = [model.slice(0, slash), model.slice(slash + 1)];
  const usage: Usage = {
    buckets: { ...emptyBuckets(), ...used },
    source: "provider",
    reported_total: null,
    consistent: true,
  };
  const query = { provider, model: name, responseModel: null, at: new Date(at), tier: null };
  return callEvent({ id: `c${++ids}`, project, at }, {
    provider,
    model: name,
    usage,
    cost: callCost("chat", usage, query, noProjectPrices),
    ...data,
  });
}

async function ask(
  db: Store,
  model: string,
  some: Partial<CounterfactualQuery> = {},
): Promise<Counterfactual> {
  const slash = model.indexOf("/");
  const result = await counterfactual(db, "p", {
    provider: model.slice(0, slash),
    model: model.slice(slash + 1),
    range: june,
    prices: noProjectPrices,
    now: Date.UTC(2026, 10, 20),
    ...some,
  });
  if (!result.ok) throw new Error(result.reason);
  return counterfactualSchema.parse(result.value);
}

const flat = (usd: string) => ({ low: usd, expected: usd, high: usd });

Deno.test("the model that was called costs what it did, cached tokens and all", async () => {
  await using db = await clickhouse.database();
  await insert(db.store, [
    sent("openai/gpt-4o", { input: 500, cache_read: 1_500, output: 300 }),
    sent("openai/gpt-4o", { input: 123, output: 45, tool_requests: 2 }),
    sent("openai/gpt-4o", { input: 999 }, {}, "another project"),
  ]);
  const same = await ask(db.store, "openai/gpt-4o");
  // 0.006125 + (123 × 2.50 + 45 × 10) ÷ 10⁶ + 2 × 0.01
  expect(same.actual).toEqual({
    calls: 2,
    cost_usd: "0.0268825",
    unpriced_calls: 0,
    tokens_input: 2_123,
    tokens_output: 345,
    tokens_cache_read: 1_500,
    tokens_cache_write: 0,
  });
  expect(same.with_prompt_caching).toEqual(flat("0.0268825"));
  // Uncached: 1,500 tokens cost 1.25 per million more.
  expect(same.counterfactual).toEqual(flat("0.0287575"));
  expect(same.models).toEqual([{
    provider: "openai",
    model: "gpt-4o",
    calls: 2,
    actual_usd: "0.0268825",
    expected_usd: "0.0287575",
    tokens: "It is the same model.",
  }]);
  expect(same.not_counted).toEqual([]);
});

Deno.test("another model of the same tokenizer has one price, of another one a range", async () => {
  await using db = await clickhouse.database();
  await insert(db.store, [sent("openai/gpt-4o", { input: 1_000, cache_read: 2_000, output: 100 })]);

  // 3,000 × 0.15 + 100 × 0.60, and 1,000 × 0.15 + 2,000 × 0.075 + 100 × 0.60
  const mini = await ask(db.store, "openai/gpt-4o-mini");
  expect(mini.counterfactual).toEqual(flat("0.00051"));
  expect(mini.with_prompt_caching).toEqual(flat("0.00036"));

  // 3,000 × 1 + 100 × 5 = 0.0035, times 3/4, 1 and 4/3
  const haiku = await ask(db.store, "anthropic/claude-haiku-4-5");
  expect(haiku.counterfactual).toEqual({
    low: "0.002625",
    expected: "0.0035",
    high: "0.004666666667",
  });
  // 1,000 × 1 + 2,000 × 0.10 + 100 × 5 = 0.0017
  expect(haiku.with_prompt_caching).toEqual({
    low: "0.001275",
    expected: "0.0017",
    high: "0.002266666667",
  });
  expect(haiku.assumptions.join("\n")).toContain("3/4 to 4/3");
  expect(haiku.assumptions.join("\n")).toContain("no call here reports writes");

  // A model without a price for cached tokens.
  const pro = await ask(db.store, "openai/gpt-5-pro");
  expect(pro.with_prompt_caching).toBe(null);
  expect(pro.assumptions.join("\n")).toContain("no price for cached tokens");
});

Deno.test("Claude's newer tokenizer makes more tokens of the same text", async () => {
  await using db = await clickhouse.database();
  await insert(db.store, [
    sent("anthropic/claude-sonnet-4-5", { input: 10_000, cache_write_1h: 1_000, output: 1_000 }),
  ]);
  const sonnet5 = await ask(db.store, "anthropic/claude-sonnet-5");
  // 11,000 × 2 + 1,000 × 10 = 0.032, times 1, 1.3 and 1.35
  expect(sonnet5.counterfactual).toEqual({ low: "0.032", expected: "0.0416", high: "0.0432" });
  // 10,000 × 2 + 1,000 × 4 + 1,000 × 10 = 0.034
  expect(sonnet5.with_prompt_caching).toEqual({ low: "0.034", expected: "0.0442", high: "0.0459" });
});

Deno.test("thresholds hold for each request, by the tokens that it would have there", async () => {
  await using db = await clickhouse.database();
  await insert(db.store, [
    // On both sides of 200,000 and of 200,000 × 3/4.
    sent("openai/gpt-4o", { input: 200_000, output: 10 }),
    sent("openai/gpt-4o", { input: 200_001, output: 10 }),
    sent("openai/gpt-4o", { input: 150_000, output: 10 }),
    sent("openai/gpt-4o", { input: 150_001, output: 10 }),
  ]);
  const gemini = await ask(db.store, "google/gemini-2.5-pro");
  // Expected: only 200,001 is long: 500,000 × 1.25 + 30 × 10, and 200,001 × 2.50 + 10 × 15
  const expected = (500_001n * 125n + 30n * 1_000n) + (200_001n * 250n + 10n * 1_500n);
  // High: times 4/3, and those from 150,001 on are long; 150,000 × 4/3 is exactly 200,000.
  const high = ((150_000n * 125n + 10n * 1_000n) + (550_002n * 250n + 30n * 1_500n)) * 4n;
  // Low: times 3/4, none is long.
  const low = (700_002n * 125n + 40n * 1_000n) * 3n;
  expect(gemini.counterfactual).toEqual({
    low: usd(low, 4n),
    expected: usd(expected, 1n),
    high: usd(high, 3n),
  });
  expect(gemini.assumptions.join("\n")).toContain("more than 200000 input tokens");
});

/** Hundredths of a dollar per million, divided and rounded to 12 digits; apart from the product's code. */
function usd(amount: bigint, divisor: bigint): string {
  const pico = (amount * 10_000n * 2n + divisor) / (divisor * 2n);
  const digits = pico.toString().padStart(13, "0");
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, "");
}

Deno.test("what cannot be compared is left out and said", async () => {
  await using db = await clickhouse.database();
  const noUsage: Usage = {
    buckets: emptyBuckets(),
    source: "none",
    reported_total: null,
    consistent: true,
  };
  await insert(db.store, [
    sent("openai/gpt-4o", { input: 1_000, tool_requests: 3 }),
    sent("openai/gpt-4o", { input: 1_000 }, { cache: "HIT" }),
    sent("openai/gpt-4o", {}, { usage: noUsage }),
    sent("openai/text-embedding-3-small", { input: 500 }, { endpoint: "embeddings" }),
    sent("openai/gpt-4o", {}, { endpoint: "models", usage: noUsage }),
    sent("openai/who-knows", { input: 2_000 }),
  ]);
  const gemini = await ask(db.store, "google/gemini-2.5-flash-lite");
  expect(gemini.actual).toMatchObject({ calls: 2, unpriced_calls: 1, cost_usd: "0.0325" });
  expect(gemini.counterfactual.expected).toBe("0.0003");
  expect(gemini.not_counted).toEqual([
    { what: "calls", units: 1, reason: expect.stringContaining("cache") },
    { what: "calls", units: 1, reason: expect.stringContaining("not known") },
    { what: "calls", units: 1, reason: expect.stringContaining("Embeddings") },
    { what: "tool_requests", units: 3, reason: expect.stringContaining("tool_requests") },
  ]);
  // Embeddings are compared with embeddings.
  const large = await ask(db.store, "openai/text-embedding-3-large");
  expect(large.actual.calls).toBe(1);
  expect(large.counterfactual).toEqual(flat("0.000065"));
  const filtered = await ask(db.store, "openai/gpt-4o", { filters: { model: ["who-knows"] } });
  expect(filtered.actual).toMatchObject({ calls: 1, unpriced_calls: 1, cost_usd: "0" });

  const nobody = await counterfactual(db.store, "p", {
    provider: "openai",
    model: "gpt-99",
    range: june,
    prices: noProjectPrices,
    now: 0,
  });
  expect(nobody).toEqual({ ok: false, reason: "No price is known for openai/gpt-99." });
});

Deno.test("negotiated prices and prices of the time hold there as well", async () => {
  await using db = await clickhouse.database();
  await insert(db.store, [sent("openai/gpt-4o", { input: 1_000_000, output: 100_000 })]);
  const prices = {
    version: 4,
    prices: [projectPriceSchema.parse({ provider: "openai", model: "gpt-4*", multiplier: "0.75" })],
  };
  // 0.75 × (1 × 2 + 0.1 × 8)
  const own = await ask(db.store, "openai/gpt-4.1", { prices });
  expect(own.counterfactual).toEqual(flat("2.1"));
  expect(own.target.price).toMatchObject({ source: "project", match: "exact" });

  // At the end of June luna cost 1 and 6 (twice and 1.5 times that from 272K on); since 30 July a fifth.
  const then = await ask(db.store, "openai/gpt-5.6-luna");
  expect(then.counterfactual).toEqual(flat("2.9"));
  const later = await ask(db.store, "openai/gpt-5.6-luna", {
    range: { ...june, to: "2026-11-01T00:00:00.000Z" },
  });
  expect(later.counterfactual).toEqual(flat("0.58"));
});

Deno.test("calls without a price are listed with what is missing", async () => {
  await using db = await clickhouse.database();
  await insert(db.store, [
    sent("openai/who-knows", { input: 100, output: 10 }),
    sent("openai/who-knows", { input: 200, output: 20 }),
    sent("openai/gpt-4o-audio-preview", { input_audio: 7 }),
    sent("openai/gpt-4o", { input: 1_000 }),
    sent("anthropic/claude-sonnet-5-9", { input: 1_000 }),
  ]);
  const list = unpricedSchema.parse(await unpriced(db.store, "p", { range: june }));
  expect(list.total).toEqual({ calls: 3, tokens_input: 307, tokens_output: 30 });
  expect(list.models).toEqual([
    {
      provider: "openai",
      model: "who-knows",
      response_model: null,
      tier: "standard",
      reason: "No price is known for openai/who-knows.",
      calls: 2,
      tokens_input: 300,
      tokens_output: 30,
      first_seen: at,
      last_seen: at,
    },
    expect.objectContaining({
      model: "gpt-4o-audio-preview",
      reason: "No price is known for input_audio of this model.",
    }),
  ]);
  expect(list.guessed).toEqual([{
    provider: "anthropic",
    model: "claude-sonnet-5-9",
    priced_as: "claude-sonnet-5",
    calls: 1,
    cost_usd: "0.002",
  }]);
});

Deno.test("tokensAt() is exact within one tokenizer and a range between two", () => {
  const factor = (from: string, to: string) => {
    const { low, expected, high } = tokensAt(from, to).factor;
    return [low, expected, high].map(([num, den]) => `${num}/${den}`).join(" ");
  };
  expect(factor("gpt-4o-2024-08-06", "gpt-5-mini")).toBe("1/1 1/1 1/1");
  expect(factor("anthropic/claude-3.5-sonnet", "claude-opus-4-6")).toBe("1/1 1/1 1/1");
  expect(factor("claude-haiku-4-5", "claude-haiku-5-5")).toBe("1/1 13/10 27/20");
  expect(factor("us.anthropic.claude-opus-4-8", "claude-sonnet-4-5")).toBe("20/27 10/13 1/1");
  expect(factor("gpt-4-turbo", "gpt-4o")).toBe("3/4 1/1 4/3");
  expect(factor("gpt-6-sol", "gpt-6-astra")).toBe("3/4 1/1 4/3");
  expect(factor("something-new", "something-new")).toBe("1/1 1/1 1/1");
});
