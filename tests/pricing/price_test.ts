import { expect } from "expect";
import fc from "fast-check";
import { costSchema } from "@/core/event/cost.ts";
import { emptyBuckets, type Usage, type UsageBuckets } from "@/core/event/usage.ts";
import { catalogue, findModel } from "@/core/pricing/catalogue.ts";
import { decimal, exact } from "@/core/pricing/decimal.ts";
import { price, type PriceQuery } from "@/core/pricing/price.ts";

function used(buckets: Partial<UsageBuckets>): Usage {
  return {
    buckets: { ...emptyBuckets(), ...buckets },
    source: "provider",
    reported_total: null,
    consistent: true,
  };
}

function query(some: Partial<PriceQuery>): PriceQuery {
  return {
    provider: "openai",
    model: "gpt-4o",
    responseModel: null,
    at: new Date("2026-06-01T12:00:00Z"),
    tier: null,
    ...some,
  };
}

interface Golden {
  readonly name: string;
  readonly buckets: Partial<UsageBuckets>;
  readonly query: Partial<PriceQuery>;
  readonly usd: string;
}

/** Worked out by hand from the providers' public prices, in USD per million tokens. */
const golden: readonly Golden[] = [
  {
    // 500 × 2.50 + 1,500 × 1.25 + 300 × 10
    name: "gpt-4o with most of its input cached",
    buckets: { input: 500, cache_read: 1_500, output: 300 },
    query: {},
    usd: "0.006125",
  },
  {
    // 500 × 3 + 8,000 × 0.30 + 1,500 × 3.75 + 500 × 15
    name: "claude-sonnet-4-5 with cache reads and writes",
    buckets: { input: 500, cache_read: 8_000, cache_write_5m: 1_500, output: 500 },
    query: { provider: "anthropic", model: "claude-sonnet-4-5" },
    usd: "0.017025",
  },
  {
    // 1,000 × 6: an hour's cache costs twice the input
    name: "a cache write for an hour",
    buckets: { cache_write_1h: 1_000 },
    query: { provider: "anthropic", model: "claude-sonnet-4-5" },
    usd: "0.006",
  },
  {
    // 10 web searches at 10 per thousand
    name: "web searches",
    buckets: { tool_requests: 10 },
    query: { provider: "anthropic", model: "claude-sonnet-4-5" },
    usd: "0.1",
  },
  {
    // 200,001 × 6 + 1,000 × 22.50: the tier holds for the whole request
    name: "a context one token past the threshold",
    buckets: { input: 1, cache_read: 0, cache_write: 200_000, output: 1_000 },
    query: { provider: "anthropic", model: "claude-sonnet-4-5" },
    // 1 × 6 + 200,000 × 7.50 + 1,000 × 22.50
    usd: "1.522506",
  },
  {
    // 1 × 3 + 199,999 × 3.75 + 1,000 × 15
    name: "a context at the threshold",
    buckets: { input: 1, cache_write: 199_999, output: 1_000 },
    query: { provider: "anthropic", model: "claude-sonnet-4-5" },
    usd: "0.76499925",
  },
  {
    // 1,000 × 0.30 + 200 × 1.00 (audio) + 100 × 2.50 + 50 × 2.50 (thoughts)
    name: "gemini-2.5-flash with audio and thoughts",
    buckets: { input: 1_000, input_audio: 200, output: 100, reasoning: 50 },
    query: { provider: "google", model: "gemini-2.5-flash" },
    usd: "0.000875",
  },
  {
    // 1,000 × 0.02
    name: "an embedding",
    buckets: { input: 1_000 },
    query: { model: "text-embedding-3-small" },
    usd: "0.00002",
  },
  {
    // half of 500 × 2.50 + 1,500 × 1.25 + 300 × 10
    name: "a batch, at half the price",
    buckets: { input: 500, cache_read: 1_500, output: 300 },
    query: { tier: "batch" },
    usd: "0.0030625",
  },
];

for (const { name, buckets, query: some, usd } of golden) {
  Deno.test(`price() of ${name} is ${usd}`, () => {
    const cost = price(used(buckets), query(some));
    expect(cost.usd).toBe(usd);
    expect(costSchema.safeParse(cost).success).toBe(true);
  });
}

const matches: readonly (readonly [string, string, string, string])[] = [
  ["openai", "gpt-4o", "gpt-4o", "exact"],
  ["openai", "gpt-4o-2024-08-06", "gpt-4o", "alias"],
  ["anthropic", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5", "alias"],
  ["anthropic", "claude-sonnet-4-20250514", "claude-sonnet-4-0", "alias"],
  ["anthropic", "claude-sonnet-5-9", "claude-sonnet-5", "prefix"],
  ["bedrock", "us.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", "alias"],
  ["vertex", "gemini-2.5-flash", "gemini-2.5-flash", "exact"],
  ["azure", "gpt-4o-2024-11-20", "gpt-4o", "alias"],
  ["OpenAI", "GPT-4o", "gpt-4o", "exact"],
];
for (const [provider, model, found, match] of matches) {
  Deno.test(`${provider}/${model} is found as ${found}, ${match}`, () => {
    const known = findModel(provider, model);
    expect([known?.model.id, known?.match]).toEqual([found, match]);
  });
}

Deno.test("an unknown model, tier or usage has no price and says why", () => {
  const some = used({ input: 1 });
  const unknown = price(some, query({ model: "gpt-99-imagined", provider: "mistral" }));
  expect(unknown).toMatchObject({ usd: null, lines: [], price: { source: "none", match: "none" } });
  expect(unknown.unpriced_reason).toContain("mistral/gpt-99-imagined");
  expect(price(some, query({ tier: "scale" }))).toMatchObject({
    usd: null,
    price: { tier: "scale", model: "gpt-4o" },
    unpriced_reason: "The price of the scale tier is not known.",
  });
  expect(price({ ...some, source: "none" }, query({}))).toMatchObject({
    usd: null,
    unpriced_reason: "The answer reported no usage.",
  });
  expect(
    price(used({ output: 5 }), query({ provider: "google", model: "gemini-2.5-flash-image" })).usd,
  )
    .toBe(null);
  expect(price(used({ output: 5 }), query({ model: "text-embedding-3-small" })).usd).toBe(null);
});

Deno.test("the price of the call's date holds", () => {
  const long = used({ input: 300_000 });
  const sonnet = (at: string) =>
    price(long, query({ provider: "anthropic", model: "claude-sonnet-4-6", at: new Date(at) }));
  // 300,000 × 6 while long contexts cost more, 300,000 × 3 since 2026-03-13.
  expect([sonnet("2026-03-12").usd, sonnet("2026-03-12").price.tier]).toEqual([
    "1.8",
    "standard long-context",
  ]);
  expect([sonnet("2026-03-13").usd, sonnet("2026-03-13").price.tier]).toEqual(["0.9", "standard"]);
});

Deno.test("the answering model is priced, unless only the asked one is known for sure", () => {
  const cost = (model: string, responseModel: string) =>
    price(used({ input: 1 }), query({ model, responseModel })).price.model;
  expect(cost("gpt-4o", "gpt-4o-mini-2024-07-18")).toBe("gpt-4o-mini");
  expect(cost("gpt-4o", "something-unknown")).toBe("gpt-4o");
});

const bucketsArbitrary = fc.record({
  input: fc.nat(300_000),
  cache_read: fc.nat(300_000),
  cache_write: fc.nat(10_000),
  cache_write_5m: fc.nat(10_000),
  cache_write_1h: fc.nat(10_000),
  input_audio: fc.constant(0),
  input_image: fc.constant(0),
  output: fc.nat(100_000),
  reasoning: fc.nat(100_000),
  output_audio: fc.constant(0),
  tool_requests: fc.nat(10),
});
const models = fc.constantFrom(
  query({ provider: "anthropic", model: "claude-sonnet-4-5" }),
  query({ model: "gpt-5.4" }),
  query({ provider: "google", model: "gemini-2.5-pro" }),
);

Deno.test("the lines cover every used bucket once and add up to the cost", () => {
  fc.assert(fc.property(bucketsArbitrary, models, (buckets, asked) => {
    const cost = price(used(buckets), asked);
    if (cost.usd === null) return;
    const filled = Object.entries(buckets).filter(([, units]) => units > 0).sort();
    expect(cost.lines.map(({ bucket, units }) => [bucket, units] as [string, number]).sort())
      .toEqual(filled);
    const sum = cost.lines.reduce((total, { usd }) => total + scaled(usd), 0n);
    expect(decimal(sum)).toBe(cost.usd);
    expect(costSchema.safeParse(cost).success).toBe(true);
  }));
});

Deno.test("more tokens never cost less", () => {
  fc.assert(fc.property(
    bucketsArbitrary,
    models,
    fc.constantFrom("input" as const, "cache_read" as const, "output" as const),
    fc.integer({ min: 1, max: 100_000 }),
    (buckets, asked, bucket, more) => {
      const less = price(used(buckets), asked).usd;
      const greater = price(used({ ...buckets, [bucket]: buckets[bucket] + more }), asked).usd;
      if (less === null || greater === null) return;
      expect(scaled(greater) >= scaled(less)).toBe(true);
    },
  ));
});

Deno.test("decimals are exact both ways", () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), (amount) => {
    expect(scaled(decimal(amount))).toBe(amount);
  }));
  expect(exact(0.1) + exact(0.2)).toBe(exact(0.3));
  expect(exact(0.18000000000000002)).toBe(exact(0.18));
  expect(() => exact(-1)).toThrow(RangeError);
  expect(() => exact(NaN)).toThrow(RangeError);
});

Deno.test("the catalogue's version is the one that is installed", async () => {
  const { imports } = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  );
  expect(imports["@pydantic/genai-prices"]).toBe(`npm:@pydantic/genai-prices@${catalogue.version}`);
});

/** Decimal text as a count of 10⁻¹², by string operations alone. */
function scaled(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(12, "0"));
}
