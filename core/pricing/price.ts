/**
 * What a call cost. Disjoint buckets, each at its own unit price, added as exact integers; and how
 * that number came about, so that it can be trusted, or made again when a price changes. What is not
 * known is null with a reason, never zero.
 *
 * @module
 */
import type { Cost, CostLine, PriceMatch } from "../event/cost.ts";
import type { Priced } from "../event/price.ts";
import { inputTokens, type Usage } from "../event/usage.ts";
import { type BasePrice, bestBase, needsOwnPrice } from "./base_price.ts";
import { decimal, divideRounded } from "./decimal.ts";
import {
  type Negotiated,
  negotiated,
  noProjectPrices,
  type ProjectPrices,
} from "./project_price.ts";
import { type Share, times, whole } from "./share.ts";
import { type Sheet, type UnitPrice, unitPrice } from "./sheet.ts";
import { tierNames, type TierPrice, tierPrice } from "./tier.ts";
import { priceVersion } from "./version.ts";

export interface PriceQuery {
  /** Our name of the provider, or the catalogue's. */
  readonly provider: string;
  /** The model that was asked for. */
  readonly model: string;
  /** The model that answered, when the provider says it. */
  readonly responseModel: string | null;
  /** When the call was made: the price of that time holds. */
  readonly at: Date;
  /** The service tier that the answer names; null is the standard one. */
  readonly tier: string | null;
  /** The speed that the answer names. */
  readonly speed?: string | null;
  /** Where the answer says that it was made. */
  readonly geo?: string | null;
  /** The project's own prices; they go before the list's. */
  readonly prices?: ProjectPrices | null;
}

/**
 * Prices the usage of one call.
 *
 * @example
 * ```ts
 * import { emptyBuckets } from "@/core/event/usage.ts";
 * import { price } from "@/core/pricing/price.ts";
 * import { expect } from "expect";
 *
 * const cost = price(
 *   {
 *     buckets: { ...emptyBuckets(), input: 500, cache_read: 1_500, output: 300 },
 *     source: "provider",
 *     reported_total: 2_300,
 *     consistent: true,
 *   },
 *   {
 *     provider: "openai",
 *     model: "gpt-4o",
 *     responseModel: "gpt-4o-2024-08-06",
 *     at: new Date("2026-01-01"),
 *     tier: null,
 *   },
 * );
 * expect(cost.usd).toBe("0.006125");
 * ```
 */
export function price(usage: Usage, query: PriceQuery): Cost {
  const found = findPrice(query);
  const refuse = (reason: string) => unpriced(found, reason);
  if (usage.source === "none") return refuse("The answer reported no usage.");
  if (usage.audio_seconds !== undefined) {
    return refuse(soundBySecond);
  }
  const { base, own, tier } = found;
  if (!base && !own?.sheet) {
    const name = query.responseModel ?? query.model;
    return refuse(`No price is known for ${query.provider}/${name}.`);
  }
  if (!tier.share) return refuse(`The price of the ${tier.unknown} tier is not known.`);
  if (base?.empty && !own?.sheet) return listedWithoutPrice(found, base);
  if (base?.imageOutput && !own?.sheet?.output && usage.buckets.output > 0) {
    return refuse("Text and image output have different prices and one count.");
  }
  return priced(usage, found, tier.share);
}

/** Why a call has no price whose sound is counted in seconds. */
export const soundBySecond =
  "The provider counts seconds of sound, and no price of a second is known.";

/** Everything that decides about a call's price, besides its usage. */
export interface FoundPrice {
  readonly base: BasePrice | null;
  readonly own: Negotiated | null;
  readonly tier: TierPrice;
  /** The project's sheet, when it has one, over the list's. */
  readonly sheets: readonly Sheet[];
  readonly version: string;
  /** The names under which a negotiated price is shown when the list does not know the model. */
  readonly asked: { readonly provider: string; readonly model: string };
}

/** Finds the price of a call. */
export function findPrice(query: PriceQuery): FoundPrice {
  const { provider, model, responseModel, at, tier, speed = null, geo = null } = query;
  const prices = query.prices ?? noProjectPrices;
  const base = bestBase(provider, model, responseModel, at);
  const names = [model, ...(responseModel === null ? [] : [responseModel])];
  // A guessed model is no ground to give somebody a contract's price.
  if (base && base.match !== "prefix") names.push(base.model);
  const own = negotiated(prices, provider, names, at);
  return {
    base,
    own,
    tier: base || own
      ? tierPrice({ tier, speed, geo }, provider, base?.model ?? model, at)
      : nameless({ tier, speed, geo }),
    sheets: [...(own?.sheet ? [own.sheet] : []), ...(base ? [base.sheet] : [])],
    version: priceVersion(prices.version),
    asked: { provider, model: responseModel ?? model },
  };
}

function nameless(served: Parameters<typeof tierNames>[0]): TierPrice {
  const name = tierNames(served).join(" ") || "standard";
  return { name, share: whole, unknown: null, shortContextOnly: false };
}

/** In 10⁻¹² dollars; what events and tables can hold ends here. */
const beyondAnyCall = 10n ** 18n;

function priced(usage: Usage, found: FoundPrice, share: Share): Cost {
  const { base, own, tier, sheets } = found;
  const discount = own?.multiplier ?? whole;
  const input = inputTokens(usage.buckets);
  const lines: CostLine[] = [];
  let sum = 0n;
  let longContext = false;
  let fromList = false;
  for (const [bucket, units] of counts(usage)) {
    if (units === 0) continue;
    const unit = unitPriceOf(found, bucket, input);
    if (!unit) return unpriced(found, `No price is known for ${bucket} of this model.`);
    longContext ||= unit.longContext;
    fromList ||= isFromList(found, unit);
    const tiered = bucket === "tool_requests" ? whole : share;
    sum += addLine(lines, bucket, units, unit, times(tiered, discount));
  }
  if (longContext && tier.shortContextOnly) {
    return unpriced(found, `The price of the ${tier.name} tier for long contexts is not known.`);
  }
  const fee = unitPrice(sheets, "request", 0);
  if (fee) sum += addLine(lines, "request", 1, fee, discount);
  if (sum >= beyondAnyCall) {
    return unpriced(found, "A million dollars or more: the counts of tokens cannot be right.");
  }
  const tierName = longContext ? `${tier.name} long-context` : tier.name;
  return {
    usd: decimal(sum),
    lines,
    price: provenance(found, tierName, matchOf(base, own, fromList)),
  };
}

/** The price of a bucket for a call with that many input tokens; null when there is none. */
export function unitPriceOf(
  { sheets, asked: { provider } }: FoundPrice,
  bucket: Priced,
  input: number,
): UnitPrice | null {
  if (needsOwnPrice(provider, bucket) && !sheets.some((sheet) => sheet[bucket])) return null;
  return unitPrice(sheets, bucket, input);
}

/** What was used, each unit in exactly one line. */
function counts({ buckets, cache_write_12h = 0 }: Usage): [Priced, number][] {
  const all: [Priced, number][] = [];
  for (const name in buckets) {
    // The loop loses the key type; UsageBuckets has no other keys.
    const bucket = name as keyof typeof buckets;
    if (buckets[bucket] !== 0) all.push([bucket, buckets[bucket]]);
  }
  if (cache_write_12h === 0) return all;
  const long = Math.min(cache_write_12h, buckets.cache_write);
  return [
    ...all.map(([bucket, units]): [Priced, number] => [
      bucket,
      bucket === "cache_write" ? units - long : units,
    ]),
    ["cache_write_12h", long],
  ];
}

function isFromList({ own }: FoundPrice, unit: UnitPrice): boolean {
  return !own?.sheet || unit.sheet === 1;
}

/** A guess stays a guess when only a part of the price rests on it. */
function matchOf(base: BasePrice | null, own: Negotiated | null, fromList: boolean): PriceMatch {
  if (own?.sheet && !(fromList && base?.match === "prefix")) return "overlay";
  return base?.match ?? "none";
}

/** The catalogue lists what is free without any price; for a guessed model that says nothing. */
function listedWithoutPrice(found: FoundPrice, base: BasePrice): Cost {
  if (base.match === "prefix") {
    return unpriced(found, "The catalogue lists no price for this model.");
  }
  return { usd: "0", lines: [], price: provenance(found, "free", base.match) };
}

/** Adds a line and gives its amount. The total is the sum of the rounded lines, so they add up. */
function addLine(
  lines: CostLine[],
  bucket: Priced,
  units: number,
  unit: UnitPrice,
  share: Share,
): bigint {
  const amount = divideRounded(BigInt(units) * unit.price * share.of, unit.per * share.in);
  const shownPer = bucket === "request" ? 1n : 1_000_000n;
  lines.push({
    bucket,
    units,
    usd_per_million: decimal(
      divideRounded(unit.price * shownPer * share.of, unit.per * share.in),
    ),
    usd: decimal(amount),
  });
  return amount;
}

function unpriced(found: FoundPrice, reason: string): Cost {
  const match = matchOf(found.base, found.own, true);
  return {
    usd: null,
    lines: [],
    price: provenance(found, found.tier.name, match),
    unpriced_reason: reason,
  };
}

function provenance(found: FoundPrice, tier: string, match: PriceMatch): Cost["price"] {
  const { base, own, version, asked } = found;
  if (own?.sheet || (own && base)) {
    const { provider, model } = base ?? asked;
    return { source: "project", version, provider, model, match, tier };
  }
  if (!base) return { source: "none", version, provider: null, model: null, match: "none", tier };
  const { source, provider, model } = base;
  return { source, version, provider, model, match, tier };
}

/** No cost, for a reason that lies outside of usage and prices. */
export function unpricedFor(query: PriceQuery, reason: string): Cost {
  return unpriced(findPrice(query), reason);
}

/**
 * The cost of what providers do for nothing: listing models, counting tokens; and, with a reason, of
 * what never became work of theirs.
 */
export function free(projectVersion = 0, because?: string): Cost {
  return {
    usd: "0",
    lines: [],
    price: {
      source: "none",
      version: priceVersion(projectVersion),
      provider: null,
      model: null,
      match: "none",
      tier: "free",
    },
    ...(because !== undefined && { unpriced_reason: because }),
  };
}
