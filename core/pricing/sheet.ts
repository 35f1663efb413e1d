/**
 * A price sheet: what one unit of each thing costs. Sheets lie on top of each other (the project's
 * over the list's); which of them answers for a bucket is decided here and nowhere else.
 *
 * @module
 */
import type { Priced } from "../event/price.ts";

/** The price of one thing, in 10⁻¹² US dollars for `per` units. */
export interface Rate {
  readonly price: bigint;
  readonly per: bigint;
  /** Prices of the whole request when its input is longer than `start` tokens. */
  readonly above: readonly { readonly start: number; readonly price: bigint }[];
}

export type Sheet = { readonly [P in Priced]?: Rate };

/** A rate at one length of input. */
export interface UnitPrice {
  readonly price: bigint;
  readonly per: bigint;
  readonly longContext: boolean;
  /** Which of the sheets it stands on, counted from 0. */
  readonly sheet: number;
}

/**
 * A bucket without a price of its own costs what it is a part of. 12-hour writes and tool requests are
 * a part of nothing. An hour's writes are not a part of other writes: they cost more everywhere.
 */
const partOf: Readonly<Record<Priced, readonly Priced[]>> = {
  input: ["input"],
  cache_read: ["cache_read", "input"],
  cache_write: ["cache_write", "input"],
  cache_write_5m: ["cache_write_5m", "cache_write", "input"],
  cache_write_1h: ["cache_write_1h", "input"],
  cache_write_12h: ["cache_write_12h"],
  input_audio: ["input_audio", "input"],
  input_image: ["input_image", "input"],
  output: ["output"],
  reasoning: ["reasoning", "output"],
  output_audio: ["output_audio", "output"],
  tool_requests: ["tool_requests"],
  request: ["request"],
};

/** The more general buckets whose price would be too low for a part that is sold at its own. */
const notBeside: { readonly [P in Priced]?: Priced } = { cache_write_1h: "cache_write" };

/**
 * The price of a bucket: the most specific one first, on each level the upper sheet's before the lower
 * one's. Null when no sheet has any.
 *
 * @param inputTokens all input tokens of the request: a threshold holds for the whole of it
 */
export function unitPrice(
  sheets: readonly Sheet[],
  bucket: Priced,
  inputTokens: number,
): UnitPrice | null {
  const beside = notBeside[bucket];
  for (const part of partOf[bucket]) {
    if (part !== bucket && beside && sheets.some((sheet) => sheet[beside])) return null;
    for (let i = 0; i < sheets.length; i++) {
      const rate = sheets[i]?.[part];
      if (rate) return { ...priceAt(rate, inputTokens), per: rate.per, sheet: i };
    }
  }
  return null;
}

function priceAt(rate: Rate, inputTokens: number): { price: bigint; longContext: boolean } {
  let best: { readonly start: number; readonly price: bigint } | null = null;
  for (const step of rate.above) {
    if (inputTokens > step.start && (!best || step.start > best.start)) best = step;
  }
  return { price: best?.price ?? rate.price, longContext: best !== null };
}

/** Every input length at which a price of these sheets changes, ascending. */
export function thresholds(sheets: readonly Sheet[]): number[] {
  const starts = sheets.flatMap((sheet) =>
    Object.values(sheet).flatMap((rate) => rate.above.map(({ start }) => start))
  );
  return [...new Set(starts)].sort((a, b) => a - b);
}
