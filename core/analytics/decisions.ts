/**
 * Why a call went as it did, in sentences: what the cache did, which price was taken, where the token
 * counts come from.
 *
 * @module
 */
import type { CacheStatus } from "../event/call.ts";
import type { PriceMatch } from "../event/cost.ts";
import type { UsageSource } from "../event/usage.ts";
import type { CostBreakdown, Decision, EventRow } from "./types.ts";

const cacheReasons: Readonly<Record<CacheStatus, string>> = {
  "HIT": "The same request was answered before and the answer was still fresh.",
  "HIT-SEMANTIC": "A request of the same meaning was answered before.",
  "HIT-COALESCED": "The same request was on its way already; both got its answer.",
  "MISS": "No fresh answer to this request was stored.",
  "BYPASS": "The cache was not asked for this request.",
};

const matchReasons: Readonly<Record<PriceMatch, string>> = {
  exact: "The catalogue lists the model under this name.",
  alias: "The catalogue lists the model under another of its names.",
  prefix: "The catalogue lists a model whose name this one begins with: take it as a guess.",
  overlay: "A price that is kept here goes before the catalogue.",
  none: "No price is known for the model.",
};

const usageReasons: Readonly<Record<UsageSource, string>> = {
  provider: "The answer reported its tokens.",
  partial: "The answer was cut: the tokens reported until then are counted.",
  estimate: "The answer reported no tokens: they were counted here.",
  none: "Nothing is known of the tokens.",
};

export function decisionsOf(event: EventRow, cost: CostBreakdown): Decision[] {
  return [
    { about: "cache", decision: event.cache, because: cacheReasons[event.cache] },
    {
      about: "price",
      decision: cost.usd === null ? "no price" : priceName(cost),
      because: cost.unpriced_reason ?? priceReason(cost),
    },
    {
      about: "usage",
      decision: event.usage.consistent ? event.usage.source : `${event.usage.source}, inconsistent`,
      because: event.usage.consistent
        ? usageReasons[event.usage.source]
        : `${usageReasons[event.usage.source]} Its total is not the sum of its parts.`,
    },
  ];
}

function priceReason({ price, repriced }: CostBreakdown): string {
  const reason = price.source === "project"
    ? `The project's own price goes before the list's. ${matchReasons[price.match]}`
    : matchReasons[price.match];
  return repriced ? `${reason} Priced again at ${repriced.at}: ${repriced.reason}` : reason;
}

function priceName({ price }: CostBreakdown): string {
  const model = [price.provider, price.model].filter((part) => part !== null).join("/");
  return `${model}, ${price.tier}, ${price.source} ${price.version}`;
}
