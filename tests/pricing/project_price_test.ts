import { expect } from "expect";
import { projectPriceSchema } from "@/core/event/price.ts";
import { emptyBuckets, type UsageBuckets } from "@/core/event/usage.ts";
import { fits } from "@/core/pricing/pattern.ts";
import { price, type PriceQuery } from "@/core/pricing/price.ts";
import fc from "fast-check";
import type { z } from "zod";

type Given = z.input<typeof projectPriceSchema>;

function cost(
  given: readonly Given[],
  buckets: Partial<UsageBuckets>,
  query: Partial<PriceQuery> = {},
) {
  return price({
    buckets: { ...emptyBuckets(), ...buckets },
    source: "provider",
    reported_total: null,
    consistent: true,
  }, {
    provider: "openai",
    model: "gpt-4o",
    responseModel: null,
    at: new Date("2026-06-01T00:00:00.000Z"),
    tier: null,
    prices: { version: 2, prices: given.map((one) => projectPriceSchema.parse(one)) },
    ...query,
  });
}

const million = { input: 1_000_000 };

Deno.test("a discount holds for everything that a call is charged for", () => {
  const discount = [{ provider: "openai", model: "*", multiplier: "0.85" }];
  const result = cost(discount, { input: 1_000_000, cache_read: 1_000_000, tool_requests: 100 });
  // 0.85 × (2.50 + 1.25 + 1)
  expect(result.usd).toBe("4.0375");
  expect(result.price).toMatchObject({
    source: "project",
    provider: "openai",
    model: "gpt-4o",
    match: "exact",
  });
  // Together with a tier: 0.85 × 0.5 × 2.50
  expect(cost(discount, million, { tier: "batch" }).usd).toBe("1.0625");
  // Another provider's calls have the list price.
  expect(cost(discount, million, { provider: "groq", model: "llama-3.3-70b-versatile" }).price)
    .toMatchObject({ source: "genai-prices" });
});

Deno.test("unit prices go before the list's, bucket by bucket", () => {
  const own = [{ provider: "openai", model: "gpt-4o", usd: { input: "2", output: "8" } }];
  const all = { input: 1_000_000, cache_read: 1_000_000, output: 1_000_000, reasoning: 1_000_000 };
  const result = cost(own, all);
  // 2 + 1.25 (the list's) + 8 + 8 (reasoning is output)
  expect(result.usd).toBe("19.25");
  expect(result.price).toMatchObject({ source: "project", match: "overlay", model: "gpt-4o" });
  // The batch tier is half of the negotiated price.
  expect(cost(own, million, { tier: "batch" }).usd).toBe("1");
});

Deno.test("a model that no list knows has the project's price and nothing else", () => {
  const own = [{
    provider: "openai",
    model: "our-finetune*",
    usd: { input: "3", request: "0.01" },
  }];
  const query = { model: "our-finetune-7" };
  expect(cost(own, million, query)).toMatchObject({
    usd: "3.01",
    price: { source: "project", provider: "openai", model: "our-finetune-7", match: "overlay" },
  });
  expect(cost(own, { ...million, output: 1 }, query)).toMatchObject({
    usd: null,
    unpriced_reason: "No price is known for output of this model.",
  });
  const discount = [{ provider: "openai", model: "*", multiplier: "0.5" }];
  expect(cost(discount, million, query)).toMatchObject({ usd: null, price: { match: "none" } });
});

Deno.test("a guess stays a guess under a negotiated price", () => {
  const query = { provider: "anthropic", model: "claude-sonnet-5-9" };
  const at = (model: string, price: Pick<Given, "usd" | "multiplier">) =>
    cost([{ ...price, provider: "anthropic", model }], {
      input: 1_000_000,
      output: 1_000_000,
    }, query);
  expect(at("*", { multiplier: "0.5" })).toMatchObject({ usd: "6", price: { match: "prefix" } });
  expect(at("*", { usd: { input: "1" } })).toMatchObject({ usd: "11", price: { match: "prefix" } });
  expect(at("*", { usd: { input: "1", output: "2" } })).toMatchObject({
    usd: "3",
    price: { match: "overlay" },
  });
  // A contract for the known model is not given to the guessed one.
  expect(at("claude-sonnet-5", { multiplier: "0.5" })).toMatchObject({
    usd: "12",
    price: { source: "genai-prices", match: "prefix" },
  });
});

Deno.test("a price holds from its first instant until just before its last", () => {
  const own = [{
    provider: "openai",
    model: "gpt-4o",
    multiplier: "0.5",
    from: "2026-03-01T00:00:00.000Z",
    until: "2026-04-01T00:00:00.000Z",
  }];
  const at = (time: string) => cost(own, million, { at: new Date(time) }).usd;
  expect(at("2026-02-28T23:59:59.999Z")).toBe("2.5");
  expect(at("2026-03-01T00:00:00.000Z")).toBe("1.25");
  expect(at("2026-03-31T23:59:59.999Z")).toBe("1.25");
  expect(at("2026-04-01T00:00:00.000Z")).toBe("2.5");
});

Deno.test("the closest price holds: a name before a pattern, a longer pattern before a shorter", () => {
  const price = (model: string, input: string) => ({ provider: "OpenAI", model, usd: { input } });
  const own = [price("gpt-4o", "1"), price("gpt-4o-*", "3"), price("gpt-*", "2"), price("*", "4")];
  const of = (model: string, responseModel: string | null = null) =>
    cost(own, million, { model, responseModel }).usd;
  expect(of("gpt-4o")).toBe("1");
  // The dated name is the same model: the list says so.
  expect(of("gpt-4o-2024-08-06")).toBe("1");
  expect(of("gpt-4o", "gpt-4o-2024-08-06")).toBe("1");
  expect(of("gpt-4o-mini")).toBe("3");
  expect(of("gpt-5")).toBe("2");
  expect(of("o3")).toBe("4");
  // Of two alike the later one.
  expect(cost([price("gpt-*", "7"), price("gpt-*", "8")], million).usd).toBe("8");
});

Deno.test("a price must be one thing, and its time must run forwards", () => {
  const refused = (some: Record<string, unknown>) =>
    projectPriceSchema.safeParse({ provider: "openai", model: "*", ...some }).error?.issues
      .map(({ path, message }) => `${path.join(".")} ${message}`);
  expect(refused({})).toEqual(["usd must be given, or multiplier, but not both"]);
  expect(refused({ usd: { input: "1" }, multiplier: "1" })).toEqual([
    "usd must be given, or multiplier, but not both",
  ]);
  expect(refused({ usd: {} })).toEqual(["usd must name at least one bucket"]);
  expect(refused({ usd: { inputs: "1" } })?.join()).toContain("usd");
  expect(refused({ usd: { input: "1e3" } })?.length).toBe(1);
  expect(refused({ multiplier: "-1" })?.length).toBe(1);
  expect(refused({ multiplier: "1", discount: "1" })?.length).toBe(1);
  expect(refused({
    multiplier: "1",
    from: "2026-01-01T00:00:00.000Z",
    until: "2026-01-01T00:00:00.000Z",
  })).toEqual(["until must be after from"]);
});

Deno.test("patterns fit as a regular expression would, in linear time", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (some, name) => {
      const expression = some.split("*").map((part) => part.replaceAll(".", "\\.")).join(".*");
      expect(fits(some, name)).toBe(new RegExp(`^${expression}$`).test(name));
    }),
    { numRuns: 2_000 },
  );
  expect(fits("*a".repeat(100), "a".repeat(500) + "b")).toBe(false);
});
