/**
 * Why a call went as it did, in sentences: what the cache did, which price was taken, where the token
 * counts come from.
 *
 * @module
 */
import type { CacheDecision } from "../event/cache.ts";
import type { PriceMatch } from "../event/cost.ts";
import type { UsageSource } from "../event/usage.ts";
import { cacheReason } from "./cache_reason.ts";
import type { CostBreakdown, Decision, EventRow } from "./types.ts";

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

/** What the cache did, which price was taken, where the tokens come from, in this order. */
export function decisionsOf(
  event: EventRow,
  cost: CostBreakdown,
  cache: CacheDecision | null,
): Decision[] {
  const fromCache = event.cache.startsWith("HIT");
  return [
    {
      about: "cache",
      decision: event.cache,
      because: cacheReason(event.cache, cache),
      ...(cache && { detail: cache }),
    },
    fromCache ? { about: "price", decision: "free", because: boughtBefore } : priceDecision(cost),
    {
      about: "usage",
      decision: event.usage.consistent ? event.usage.source : `${event.usage.source}, inconsistent`,
      because: event.usage.consistent
        ? usageReasons[event.usage.source]
        : `${usageReasons[event.usage.source]} Its total is not the sum of its parts.`,
    },
  ];
}

const boughtBefore = "The answer came from the cache: nothing was bought for this call.";

function priceDecision(cost: CostBreakdown): Decision {
  const { usd, price, unpriced_reason } = cost;
  if (price.source === "reported") {
    return { about: "price", decision: "reported", because: "The event brought its cost with it." };
  }
  const decision = usd === null ? "no price" : price.model === null ? "free" : priceName(cost);
  return { about: "price", decision, because: unpriced_reason ?? priceReason(cost) };
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
