/**
 * An independent calculation of costs: the providers' list prices written down by hand (USD per million
 * tokens), summed as whole picodollars.
 */
import type { UsageBucket, UsageBuckets } from "@/core/event/usage.ts";

type Prices = Partial<Record<UsageBucket, string>>;

const list: Readonly<Record<string, Prices>> = {
  "gpt-4o": { input: "2.5", cache_read: "1.25", output: "10" },
  "gpt-4o-mini": { input: "0.15", cache_read: "0.075", output: "0.6" },
  "gpt-4.1": { input: "2", cache_read: "0.5", output: "8" },
  "gpt-5-mini": { input: "0.25", cache_read: "0.025", output: "2", reasoning: "2" },
  "text-embedding-3-small": { input: "0.02" },
  "claude-sonnet-4-5": {
    input: "3",
    cache_read: "0.3",
    cache_write_5m: "3.75",
    cache_write_1h: "6",
    output: "15",
    reasoning: "15",
  },
  "claude-haiku-4-5": {
    input: "1",
    cache_read: "0.1",
    cache_write_5m: "1.25",
    cache_write_1h: "2",
    output: "5",
    reasoning: "5",
  },
  "gemini-2.5-flash": { input: "0.3", cache_read: "0.03", output: "2.5", reasoning: "2.5" },
  "gemini-2.5-pro": { input: "1.25", cache_read: "0.125", output: "10", reasoning: "10" },
};

const picoPerDollar = 1_000_000_000_000n;

/** The cost in USD, with every digit. */
export function listCost(model: string, buckets: UsageBuckets): string {
  const prices = list[model];
  if (!prices) throw new Error(`No price of ${model} is written down`);
  let pico = 0n;
  // Object.entries loses the key type; UsageBuckets has no other keys.
  for (const [bucket, tokens] of Object.entries(buckets) as [UsageBucket, number][]) {
    if (tokens === 0) continue;
    const price = prices[bucket];
    if (price === undefined) throw new Error(`No price of ${bucket} of ${model} is written down`);
    // Dollars per million tokens are picodollars per token, times a million.
    pico += BigInt(tokens) * picos(price) / 1_000_000n;
  }
  return `${pico / picoPerDollar}.${String(pico % picoPerDollar).padStart(12, "0")}`;
}

function picos(dollars: string): bigint {
  const [whole = "0", fraction = ""] = dollars.split(".");
  return BigInt(whole) * picoPerDollar + BigInt(fraction.padEnd(12, "0"));
}
