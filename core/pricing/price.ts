/**
 * What a call cost. Disjoint buckets, each at its own unit price, added as exact integers; and how
 * that number came about, so that it can be trusted, or made again when a price changes. What is not
 * known is null with a reason, never zero.
 *
 * @module
 */
import type { Cost, CostLine } from "../event/cost.ts";
import { inputTokens, type Usage, type UsageBucket, type UsageBuckets } from "../event/usage.ts";
import { catalogue, type CatalogueMatch, findModel } from "./catalogue.ts";
import { decimal, divideRounded } from "./decimal.ts";
import { pricesAt, requestPrice, type UnitPrice, unitPrice } from "./unit_price.ts";

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
  if (usage.source === "none") return unpriced(null, "standard", "The answer reported no usage.");
  const tier = serviceTier(query.tier);
  const match = bestMatch(query);
  if (!match) {
    const name = query.responseModel ?? query.model;
    return unpriced(null, tier.name, `No price is known for ${query.provider}/${name}.`);
  }
  if (tier.share === null) {
    return unpriced(match, tier.name, `The price of the ${tier.name} tier is not known.`);
  }
  return priced(usage.buckets, match, query.at, tier.name, tier.share);
}

function priced(
  buckets: UsageBuckets,
  match: CatalogueMatch,
  at: Date,
  tier: string,
  share: Share,
): Cost {
  const prices = pricesAt(match.model, at);
  if (Object.keys(prices).length === 0) return listedWithoutPrice(match);
  if (prices.output_image_mtok !== undefined && buckets.output > 0) {
    return unpriced(match, tier, "Text and image output have different prices and one count.");
  }
  const input = inputTokens(buckets);
  const lines: CostLine[] = [];
  let sum = 0n;
  let longContext = false;
  // Object.entries loses the key type; UsageBuckets has no other keys.
  for (const [bucket, units] of Object.entries(buckets) as [UsageBucket, number][]) {
    if (units === 0) continue;
    const unit = unitPrice(prices, bucket, input);
    if (!unit) return unpriced(match, tier, `No price is known for ${bucket} of this model.`);
    longContext ||= unit.longContext;
    sum += addLine(lines, bucket, units, unit, bucket === "tool_requests" ? whole : share);
  }
  const fee = requestPrice(prices);
  if (fee) sum += addLine(lines, "request", 1, fee, whole);
  return {
    usd: decimal(sum),
    lines,
    price: provenance(match, longContext ? `${tier} long-context` : tier),
  };
}

/** The catalogue lists what is free without any price; for a guessed model that says nothing. */
function listedWithoutPrice(match: CatalogueMatch): Cost {
  if (match.match === "prefix") {
    return unpriced(match, "standard", "The catalogue lists no price for this model.");
  }
  return { usd: "0", lines: [], price: provenance(match, "free") };
}

/** A part of the list price, as a fraction. */
interface Share {
  readonly of: bigint;
  readonly in: bigint;
}
const whole: Share = { of: 1n, in: 1n };

/** Adds a line and gives its amount. The total is the sum of the rounded lines, so they add up. */
function addLine(
  lines: CostLine[],
  bucket: string,
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

/** Names that providers give the tier that the list price is for. */
const standardTiers = new Set(["", "default", "standard", "auto", "on_demand", "not_available"]);

function serviceTier(reported: string | null): { name: string; share: Share | null } {
  const name = (reported ?? "").toLowerCase();
  if (standardTiers.has(name)) return { name: "standard", share: whole };
  // Batch and flex cost half with every provider that has them.
  if (name === "flex" || name === "batch") return { name, share: { of: 1n, in: 2n } };
  return { name, share: null };
}

const grades = { exact: 2, alias: 1, prefix: 0 } as const;

/** The better match of the answering and the asked model; the answering one when equal. */
function bestMatch({ provider, model, responseModel }: PriceQuery): CatalogueMatch | null {
  const asked = findModel(provider, model);
  const answered = responseModel === null ? null : findModel(provider, responseModel);
  if (!asked || !answered) return answered ?? asked;
  // A router's name for a variant (":free") is in the request alone, and it has its own price.
  const askedWins = grades[asked.match] > grades[answered.match] || model.includes(":");
  return askedWins ? asked : answered;
}

function unpriced(match: CatalogueMatch | null, tier: string, reason: string): Cost {
  return { usd: null, lines: [], price: provenance(match, tier), unpriced_reason: reason };
}

function provenance(match: CatalogueMatch | null, tier: string): Cost["price"] {
  if (!match) {
    return {
      source: "none",
      version: catalogue.version,
      provider: null,
      model: null,
      match: "none",
      tier,
    };
  }
  return {
    ...catalogue,
    provider: match.provider,
    model: match.model.id,
    match: match.match,
    tier,
  };
}

/** The cost of what providers do for nothing: listing models, counting tokens. */
export function free(): Cost {
  return { usd: "0", lines: [], price: provenance(null, "free") };
}
