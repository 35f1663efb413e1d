import { expect } from "expect";
import fc from "fast-check";
import { emptyBuckets, type Usage, type UsageBuckets } from "@/core/event/usage.ts";
import { catalogue, findModel } from "@/core/pricing/catalogue.ts";
import { decimal, exact } from "@/core/pricing/decimal.ts";
import { overlayVersion } from "@/core/pricing/overlay.ts";
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

const matches: readonly (readonly [string, string, string, string])[] = [
  ["openai", "gpt-4o", "gpt-4o", "exact"],
  ["openai", "gpt-4o-2024-08-06", "gpt-4o", "alias"],
  ["anthropic", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5", "alias"],
  ["anthropic", "claude-sonnet-4-20250514", "claude-sonnet-4-0", "alias"],
  ["anthropic", "claude-sonnet-5-9", "claude-sonnet-5", "prefix"],
  ["bedrock", "us.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", "alias"],
  ["bedrock", "amazon.titan-embed-text-v1:0", "amazon.titan-embed-text-v1", "alias"],
  ["bedrock", "amazon.titan-embed-text-v2:0", "amazon.titan-embed-text-v1", "prefix"],
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

Deno.test("every price names all the lists that were known", () => {
  const version = `${catalogue.version}+${overlayVersion}`;
  const prices = { version: 3, prices: [] };
  expect(price(used({ input: 1 }), query({})).price.version).toBe(version);
  expect(price(used({ input: 1 }), query({ prices })).price.version).toBe(`${version}+p3`);
  expect(price(used({ input: 1 }), query({ model: "gpt-99", prices })).price)
    .toMatchObject({ source: "none", version: `${version}+p3` });
  expect(price(used({ input: 1 }), query({ model: "gpt-6.1-sol" })).price).toMatchObject({
    source: "watchllm",
    model: "gpt-6.1-sol",
    match: "overlay",
    tier: "standard",
  });
});

Deno.test("a younger model is not taken for the one that its name begins with", () => {
  const of = (model: string) =>
    price(used({ input: 1 }), query({ provider: "anthropic", model })).price;
  expect(of("claude-sonnet-5-5-20260929")).toMatchObject({
    source: "watchllm",
    model: "claude-sonnet-5-5",
    match: "overlay",
  });
  expect(of("claude-sonnet-5-9")).toMatchObject({ model: "claude-sonnet-5", match: "prefix" });
});

Deno.test("the answering model is priced, unless only the asked one is known for sure", () => {
  const cost = (model: string, responseModel: string) =>
    price(used({ input: 1 }), query({ model, responseModel })).price.model;
  expect(cost("gpt-4o", "gpt-4o-mini-2024-07-18")).toBe("gpt-4o-mini");
  expect(cost("gpt-4o", "something-unknown")).toBe("gpt-4o");
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

Deno.test("a cost that no event could hold is unknown, with the reason", () => {
  const { usd, lines, unpriced_reason } = price(used({ input: 1e12 }), query({}));
  expect([usd, lines]).toEqual([null, []]);
  expect(unpriced_reason).toContain("A million dollars");
  expect(price(used({ input: 399_999_999_999 }), query({})).usd).toBe("999999.9999975");
});

Deno.test("a tier with the name of something that every object has is a tier that is not known", () => {
  const cost = price(used({ input: 10 }), query({ tier: "constructor" }));
  expect(cost).toMatchObject({
    usd: null,
    price: { tier: "constructor" },
    unpriced_reason: "The price of the constructor tier is not known.",
  });
  expect(findModel("constructor", "gpt-4o")).toBe(null);
});
