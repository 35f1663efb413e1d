/** What holds for all usage: every unit in one line, the sum kept, exact, monotone, in any order. */
import { expect } from "expect";
import fc from "fast-check";
import { costSchema } from "@/core/event/cost.ts";
import { inputTokens, outputTokens, type Usage, type UsageBuckets } from "@/core/event/usage.ts";
import { readAnthropicUsage } from "@/core/gateway/formats/anthropic.ts";
import { readChatUsage, readResponsesUsage } from "@/core/gateway/formats/openai_usage.ts";
import { decimal } from "@/core/pricing/decimal.ts";
import { findPrice, price, type PriceQuery, unitPriceOf } from "@/core/pricing/price.ts";

const most = 2 ** 40;
const buckets: fc.Arbitrary<UsageBuckets> = fc.record({
  input: fc.nat(300_000),
  cache_read: fc.nat(300_000),
  cache_write: fc.nat(10_000),
  cache_write_5m: fc.nat(10_000),
  cache_write_1h: fc.constant(0),
  input_audio: fc.constant(0),
  input_image: fc.nat(1_000),
  output: fc.nat(100_000),
  reasoning: fc.nat(100_000),
  output_audio: fc.constant(0),
  tool_requests: fc.nat(10),
});

const queries = fc.record({
  model: fc.constantFrom(
    ["anthropic", "claude-sonnet-4-5"],
    ["anthropic", "claude-opus-5-5"],
    ["anthropic", "claude-haiku-5-5"],
    ["openai", "gpt-5.4"],
    ["openai", "gpt-4o-mini"],
    ["openai", "gpt-6.2-sol"],
    ["google", "gemini-2.5-pro"],
  ),
  tier: fc.constantFrom(null, "batch", "flex", "priority", "fast"),
  speed: fc.constantFrom(null, "fast"),
  geo: fc.constantFrom(null, "us"),
  multiplier: fc.constantFrom(null, "0.85", "0.333333333", "1.2"),
}).map(({ model: [provider = "", model = ""], multiplier, ...served }): PriceQuery => ({
  provider,
  model,
  responseModel: null,
  at: new Date("2026-11-20T12:00:00.000Z"),
  ...served,
  prices: multiplier === null ? null : {
    version: 1,
    prices: [{ provider, model: "*", multiplier, from: null, until: null }],
  },
}));

function used(some: UsageBuckets): Usage {
  return { buckets: some, source: "provider", reported_total: null, consistent: true };
}

/** Decimal text as a count of 10⁻¹², by string operations alone. */
function pico(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(12, "0"));
}

Deno.test("the lines cover every used unit once and add up to the cost", () => {
  fc.assert(fc.property(buckets, queries, (some, query) => {
    const cost = price(used(some), query);
    if (cost.usd === null) {
      expect(cost.lines).toEqual([]);
      expect(cost.unpriced_reason).toMatch(/\.$/);
      return;
    }
    const filled = Object.entries(some).filter(([, units]) => units > 0).sort();
    expect(
      cost.lines.map(({ bucket, units }) => [bucket, units] as [string, number]).sort(),
    ).toEqual(filled);
    expect(decimal(cost.lines.reduce((sum, { usd }) => sum + pico(usd), 0n))).toBe(cost.usd);
    expect(costSchema.safeParse(cost).success).toBe(true);
  }));
});

Deno.test("more of anything never costs less", () => {
  const names = fc.constantFrom("input", "cache_read", "output", "reasoning", "tool_requests");
  fc.assert(
    fc.property(
      buckets,
      queries,
      names,
      fc.integer({ min: 1, max: 300_000 }),
      (some, query, name, more) => {
        const bucket = name as keyof UsageBuckets;
        const less = price(used(some), query).usd;
        const greater = price(used({ ...some, [bucket]: some[bucket] + more }), query).usd;
        if (less === null || greater === null) return;
        expect(pico(greater) >= pico(less)).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
});

Deno.test("the order in which buckets are named changes nothing", () => {
  const entries = buckets.chain((some) =>
    fc.tuple(fc.constant(some), fc.shuffledSubarray(Object.entries(some), { minLength: 11 }))
  );
  fc.assert(fc.property(entries, queries, ([some, shuffled], query) => {
    // The same fields, in another order.
    const other = Object.fromEntries(shuffled) as UsageBuckets;
    const [one, two] = [price(used(some), query), price(used(other), query)];
    expect(two.usd).toBe(one.usd);
    const sorted = (lines: typeof one.lines) => lines.map((line) => JSON.stringify(line)).sort();
    expect(sorted(two.lines)).toEqual(sorted(one.lines));
  }));
});

Deno.test("amounts are exact where floating point is not", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: most }), queries, (tokens, query) => {
    const found = findPrice(query);
    const unit = unitPriceOf(found, "output", 0);
    const cost = price(
      used({
        input: 0,
        cache_read: 0,
        cache_write: 0,
        cache_write_5m: 0,
        cache_write_1h: 0,
        input_audio: 0,
        input_image: 0,
        output: tokens,
        reasoning: 0,
        output_audio: 0,
        tool_requests: 0,
      }),
      query,
    );
    if (cost.usd === null || !unit || !found.tier.share) return;
    const discount = found.own?.multiplier ?? { of: 1n, in: 1n };
    const over = unit.per * found.tier.share.in * discount.in;
    const exact = BigInt(tokens) * unit.price * found.tier.share.of * discount.of;
    // Never further away than half of the last digit.
    const away = pico(cost.usd) * over - exact;
    expect((away < 0n ? -away : away) * 2n <= over).toBe(true);
  }));
});

Deno.test("a usage report becomes disjoint buckets that add up to its own totals", () => {
  const part = fc.nat(50_000);
  fc.assert(
    fc.property(part, part, part, part, part, part, (plain, read, write, audio, text, thought) => {
      const input = plain + read + write + audio;
      const details = { cached_tokens: read, cache_write_tokens: write, audio_tokens: audio };
      const chat = readChatUsage({
        prompt_tokens: input,
        completion_tokens: text + thought,
        total_tokens: input + text + thought,
        prompt_tokens_details: details,
        completion_tokens_details: { reasoning_tokens: thought },
      });
      const responses = readResponsesUsage({
        input_tokens: input,
        output_tokens: text + thought,
        total_tokens: input + text + thought,
        input_tokens_details: details,
        output_tokens_details: { reasoning_tokens: thought },
      });
      for (const usage of [chat, responses]) {
        expect(usage?.consistent).toBe(true);
        expect(usage?.buckets).toMatchObject({
          input: plain,
          cache_read: read,
          cache_write: write,
        });
        expect(usage && inputTokens(usage.buckets)).toBe(input);
        expect(usage && outputTokens(usage.buckets)).toBe(text + thought);
      }
      const messages = readAnthropicUsage({
        input_tokens: plain,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: write + audio,
        cache_creation: { ephemeral_5m_input_tokens: write, ephemeral_1h_input_tokens: audio },
        output_tokens: text + thought,
        output_tokens_details: { thinking_tokens: thought },
      });
      expect(messages && inputTokens(messages.buckets)).toBe(input);
      expect(messages && outputTokens(messages.buckets)).toBe(text + thought);
    }),
  );
});

Deno.test("no price is held in a floating-point number", async () => {
  // The catalogue's own numbers are read as text, by `exact()`.
  const folder = new URL("../../core/pricing/", import.meta.url);
  for await (const { name } of Deno.readDir(folder)) {
    const code = (await Deno.readTextFile(new URL(name, folder))).replaceAll(
      /\/\*[\s\S]*?\*\//g,
      "",
    );
    expect([name, /parseFloat|toFixed|Math\.round|\d\.\d+(?!")\s*[*/]/.test(code)]).toEqual([
      name,
      false,
    ]);
  }
});
