/**
 * The money of a counterfactual: sums of tokens at another model's prices, as one exact fraction that is
 * rounded once at the end.
 *
 * @module
 */
import { decimal, divideRounded } from "../pricing/decimal.ts";
import { type FoundPrice, unitPriceOf } from "../pricing/price.ts";
import { whole } from "../pricing/share.ts";
import type { Priced } from "../event/price.ts";
import type { UnitPrice } from "../pricing/sheet.ts";
import { type Fraction, type TokenFactor, tokenFractions } from "../pricing/tokenizer.ts";
import type { CostRange } from "./counterfactual_types.ts";
import type { SummedBucket, Sums } from "./counterfactual_sums.ts";

/**
 * Divisible by every denominator that occurs: units of a price (10⁶), token factors (4, 20, 27, 13, 3),
 * a negotiated multiplier (10¹²).
 */
const common = 10n ** 6n * 7_020n * 10n ** 12n;

/** An amount in 10⁻¹² US dollars times `common`. */
export type Exact = bigint;

export interface ExactRange {
  readonly low: Exact;
  readonly expected: Exact;
  readonly high: Exact;
}

export const nothing: ExactRange = { low: 0n, expected: 0n, high: 0n };

export function add(a: ExactRange, b: ExactRange): ExactRange {
  return {
    low: a.low + b.low,
    expected: a.expected + b.expected,
    high: a.high + b.high,
  };
}

/** US dollars as decimal text, rounded once, here. */
export function rounded(amount: Exact): string {
  return decimal(divideRounded(amount, common));
}

/** The three amounts of a range, each rounded by itself. */
export function roundedRange({ low, expected, high }: ExactRange): CostRange {
  return { low: rounded(low), expected: rounded(expected), high: rounded(high) };
}

/** What a target is priced by. */
export interface Target {
  readonly price: FoundPrice;
  /** As given to the sums. */
  readonly thresholds: readonly number[];
}

/** Which of the target's prices a bucket takes. */
export type Mapping = Readonly<Record<SummedBucket, readonly Priced[]>>;

const plain = {
  input: ["input"],
  input_audio: ["input_audio"],
  input_image: ["input_image"],
  output: ["output"],
  reasoning: ["reasoning"],
  output_audio: ["output_audio"],
  tool_requests: ["tool_requests"],
} as const;

/** Nothing is cached. */
export const uncached: Mapping = {
  ...plain,
  cache_read: ["input"],
  cache_write: ["input"],
  cache_write_5m: ["input"],
  cache_write_1h: ["input"],
};

/** What was read from or written to a cache is so again; a lifetime that is not sold becomes another. */
export const cached: Mapping = {
  ...plain,
  cache_read: ["cache_read"],
  cache_write: ["cache_write"],
  cache_write_5m: ["cache_write_5m"],
  cache_write_1h: ["cache_write_1h", "cache_write_5m"],
};

/** The buckets that have units but no price at the target. */
export function missingPrices({ price }: Target, { units }: Sums): SummedBucket[] {
  // The keys of `uncached` are the mapping's keys.
  return (Object.keys(uncached) as SummedBucket[]).filter((bucket) =>
    units[bucket] > 0n && !priceOf(price, uncached[bucket], 0)
  );
}

/**
 * What sums of tokens cost at the target's prices, from the fewest to the most tokens that its
 * tokenizer may make of them.
 */
export function costOf(
  target: Target,
  sums: Sums,
  factor: TokenFactor,
  mapping: Mapping,
): ExactRange {
  const of = (fraction: Fraction) => costAt(target, sums, fraction, mapping);
  const [low, expected, high] = [of(factor.low), of(factor.expected), of(factor.high)];
  return { low, expected, high };
}

function costAt(
  { price, thresholds }: Target,
  { steps, units, calls }: Sums,
  fraction: Fraction,
  mapping: Mapping,
): Exact {
  const step = steps[tokenFractions.indexOf(fraction)] ?? 0;
  // Any length between the two thresholds has the same prices.
  const input = step === 0 ? 0 : (thresholds[step - 1] ?? 0) + 1;
  const discount = price.own?.multiplier ?? whole;
  const amount = (count: bigint, unit: UnitPrice, [num, den]: Fraction) =>
    count * num * unit.price * discount.of * (common / (den * unit.per * discount.in));
  let sum = 0n;
  // The mapping has these names and no others.
  for (const bucket of Object.keys(mapping) as SummedBucket[]) {
    const unit = priceOf(price, mapping[bucket], input);
    if (unit && units[bucket] > 0n) {
      // A search is a search, whoever counts its tokens.
      sum += amount(units[bucket], unit, bucket === "tool_requests" ? [1n, 1n] : fraction);
    }
  }
  const fee = unitPriceOf(price, "request", 0);
  return fee ? sum + amount(BigInt(calls), fee, [1n, 1n]) : sum;
}

function priceOf(price: FoundPrice, names: readonly Priced[], input: number): UnitPrice | null {
  for (const name of names) {
    const unit = unitPriceOf(price, name, input);
    if (unit) return unit;
  }
  return null;
}
