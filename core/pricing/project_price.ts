/**
 * A project's own prices: which of them holds for a call, and what it does.
 *
 * @module
 */
import type { PricesData, ProjectPrice } from "../event/price.ts";
import { sheetOf } from "./overlay_lookup.ts";
import { fits } from "./pattern.ts";
import { type Share, shareOf } from "./share.ts";
import type { Sheet } from "./sheet.ts";

/** A project's prices as one change has left them. */
export type ProjectPrices = PricesData;

/** The prices of a project that has never negotiated any. */
export const noProjectPrices: ProjectPrices = { version: 0, prices: [] } as const;

/** A negotiated price, ready to calculate with: one of the two is there. */
export interface Negotiated {
  readonly price: ProjectPrice;
  readonly sheet: Sheet | null;
  readonly multiplier: Share | null;
}

const read = new WeakMap<ProjectPrice, Negotiated>();

/**
 * The price that holds for a call: of all that fit provider, model and time, the one with the most
 * letters that are not `*`; a name goes before a pattern, the later entry before the earlier.
 *
 * @param names of the model: as asked for, as answered, as the list has it
 */
export function negotiated(
  prices: ProjectPrices | null,
  provider: string,
  names: readonly string[],
  at: Date,
): Negotiated | null {
  if (!prices || prices.prices.length === 0) return null;
  const time = at.toISOString();
  let best: ProjectPrice | null = null;
  for (const price of prices.prices) {
    if (price.provider.toLowerCase() !== provider.toLowerCase()) continue;
    if (price.from !== null && time < price.from) continue;
    if (price.until !== null && time >= price.until) continue;
    if (!names.some((name) => fits(price.model, name))) continue;
    if (!best || rank(price) >= rank(best)) best = price;
  }
  return best && ready(best);
}

function rank({ model }: ProjectPrice): number {
  return model.includes("*") ? model.replaceAll("*", "").length : 1_000;
}

function ready(price: ProjectPrice): Negotiated {
  let known = read.get(price);
  if (!known) {
    known = {
      price,
      sheet: price.usd ? sheetOf(price.usd) : null,
      multiplier: price.multiplier === undefined ? null : shareOf(price.multiplier),
    };
    read.set(price, known);
  }
  return known;
}
