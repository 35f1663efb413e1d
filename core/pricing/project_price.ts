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
  const fitting = fittingPrices(prices, provider, names);
  if (fitting.length === 0) return null;
  const time = at.toISOString();
  const best = fitting.find(({ from, until }) =>
    (from === null || time >= from) && (until === null || time < until)
  );
  return best ? ready(best) : null;
}

/** Looked-up models of one list, whatever the time. Bounded: model names come from clients. */
const looked = new WeakMap<ProjectPrices, Map<string, readonly ProjectPrice[]>>();
const lookedKept = 1_000;

/** The prices that fit provider and model, the closest first. */
function fittingPrices(
  prices: ProjectPrices,
  provider: string,
  names: readonly string[],
): readonly ProjectPrice[] {
  let known = looked.get(prices);
  if (!known) looked.set(prices, known = new Map());
  const key = `${provider}\n${names.join("\n")}`;
  const found = known.get(key);
  if (found) return found;
  if (known.size >= lookedKept) known.clear();
  const fitting = prices.prices
    .filter((price) =>
      price.provider.toLowerCase() === provider.toLowerCase() &&
      names.some((name) => fits(price.model, name))
    )
    .reverse()
    .sort((a, b) => rank(b) - rank(a));
  known.set(key, fitting);
  return fitting;
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
