/**
 * Where the price of a call changes with anything but its tokens' kinds: at instants, at times of day, at
 * lengths of its input. Calls that lie between the same steps, of one model and tier, have the same
 * prices, so that what they cost follows from the sums of their tokens.
 *
 * @module
 */
import { catalogueProvider, findModel } from "./catalogue.ts";
import { catalogueSteps } from "./catalogue_sheet.ts";
import { overlayModel, overlaySteps, overlayTierInstants } from "./overlay_lookup.ts";
import type { ProjectPrices } from "./project_price.ts";
import type { PriceSteps } from "./steps.ts";

/** A model as it was asked for and as it answered. */
export interface NamedModel {
  readonly provider: string;
  readonly model: string;
  readonly responseModel: string | null;
}

/**
 * Every step of these models' prices, ascending; more of them than some model has do no harm.
 *
 * @example
 * ```ts
 * import { priceSteps } from "@/core/pricing/price_steps.ts";
 * import { noProjectPrices } from "@/core/pricing/project_price.ts";
 * import { expect } from "expect";
 *
 * const models = [{ provider: "anthropic", model: "claude-sonnet-4-5", responseModel: null }];
 * expect(priceSteps(models, noProjectPrices).inputTokens).toContain(200_000);
 * ```
 */
export function priceSteps(models: readonly NamedModel[], prices: ProjectPrices): PriceSteps {
  const found = models.flatMap(({ provider, model, responseModel }) =>
    [model, ...(responseModel === null ? [] : [responseModel])].flatMap((name) => {
      const ours = overlayModel(catalogueProvider(provider), name);
      const listed = ours ? null : findModel(provider, name);
      return [ours ? overlaySteps(ours) : listed ? catalogueSteps(listed.model) : none];
    })
  );
  const providers = new Set(models.map(({ provider }) => catalogueProvider(provider)));
  const own = prices.prices.flatMap(({ from, until }) => [from, until])
    .flatMap((at) => at === null ? [] : [Date.parse(at)]);
  return {
    instants: ascending([
      ...found.flatMap(({ instants }) => instants),
      ...overlayTierInstants(providers),
      ...own,
    ]),
    secondsOfDay: ascending(found.flatMap(({ secondsOfDay }) => secondsOfDay)),
    inputTokens: ascending(found.flatMap(({ inputTokens }) => inputTokens)),
  };
}

const none: PriceSteps = { instants: [], secondsOfDay: [], inputTokens: [] };

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
