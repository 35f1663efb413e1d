/**
 * Finds what the overlay says of a model and of a service tier.
 *
 * @module
 */
import { exactText } from "./decimal.ts";
import { isVersionOf } from "./model_name.ts";
import { fits } from "./pattern.ts";
import { type OverlayModel, overlayModels, type OverlayPrices, type Usd } from "./overlay.ts";
import { type OverlayTier, overlayTiers } from "./overlay_tiers.ts";
import type { Rate, Sheet } from "./sheet.ts";
import type { PriceSteps } from "./steps.ts";
import type { Priced } from "../event/price.ts";

/** The overlay's model for a name, under its own name or a dated version of it; never a guess. */
export function overlayModel(provider: string, name: string): OverlayModel | null {
  const wanted = name.toLowerCase().trim();
  return overlayModels.find((one) => one.provider === provider && isVersionOf(one.model, wanted)) ??
    null;
}

const made = new WeakMap<OverlayPrices, Sheet>();

/** The model's prices at a time. */
export function overlaySheet({ prices }: OverlayModel, at: Date): Sheet {
  const valid = prices.findLast(({ from }) => from === undefined || at >= new Date(from));
  if (!valid) return {};
  let sheet = made.get(valid);
  if (!sheet) made.set(valid, sheet = sheetOf(valid.usd, valid.above));
  return sheet;
}

/** Where the model's prices change; see `price_steps.ts`. */
export function overlaySteps({ prices }: OverlayModel): PriceSteps {
  return {
    instants: prices.flatMap(({ from }) => from === undefined ? [] : [new Date(from).getTime()]),
    secondsOfDay: [],
    inputTokens: prices.flatMap(({ above }) => above ? [above.inputTokens] : []),
  };
}

/** When tiers of these providers change. @param providers the catalogue's ids */
export function overlayTierInstants(providers: ReadonlySet<string>): number[] {
  return overlayTiers.flatMap(({ provider, from }) =>
    from !== undefined && providers.has(provider) ? [new Date(from).getTime()] : []
  );
}

/** A sheet from US dollars for a million; `request` is for one. */
export function sheetOf(usd: Usd, above?: OverlayPrices["above"]): Sheet {
  const sheet: { [P in Priced]?: Rate } = {};
  // Object.entries loses the key type; the object's keys are its type's.
  for (const [bucket, price] of Object.entries(usd) as [Priced, string | undefined][]) {
    if (price === undefined) continue;
    const longer = above?.usd[bucket];
    sheet[bucket] = {
      price: exactText(price),
      per: bucket === "request" ? 1n : 1_000_000n,
      above: above && longer !== undefined
        ? [{ start: above.inputTokens, price: exactText(longer) }]
        : [],
    };
  }
  return sheet;
}

/** The entry that tells a tier's price; null when no public page states one. */
export function overlayTier(
  provider: string,
  tier: string,
  model: string,
  at: Date,
): OverlayTier | null {
  return overlayTiers.findLast((one) =>
    one.provider === provider && one.tiers.includes(tier) &&
    (one.from === undefined || at >= new Date(one.from)) &&
    one.models.some((pattern) => fits(pattern, model))
  ) ?? null;
}
