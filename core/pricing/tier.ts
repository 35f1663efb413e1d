/**
 * The service tier that an answer was served on, and what it does to the price.
 *
 * @module
 */
import { catalogueProvider } from "./catalogue.ts";
import { overlayTier } from "./overlay_lookup.ts";
import { type Share, times, whole } from "./share.ts";

/** What the answer says of how it was served. A request's wish counts for nothing. */
export interface Served {
  readonly tier: string | null;
  readonly speed?: string | null;
  readonly geo?: string | null;
}

export interface TierPrice {
  /** `standard`, or the names of all that differs from it, e.g. `batch us-inference`. */
  readonly name: string;
  /** Null when a part has no known price; `unknown` names it. */
  readonly share: Share | null;
  readonly unknown: string | null;
  /** No price is known beyond the model's long-context threshold. */
  readonly shortContextOnly: boolean;
}

/** Names that providers give the tier that the list price is for. */
const standardTiers = new Set([
  "",
  "default",
  "standard",
  "auto",
  "on_demand",
  "on-demand",
  "not_available",
  "unspecified",
]);
const standardGeos = new Set(["", "global", "not_available"]);

/** Google's `trafficType` in the words of its `serviceTier`. */
const sameTier: ReadonlyMap<string, string> = new Map([
  ["on_demand_priority", "priority"],
  ["on_demand_flex", "flex"],
  ["provisioned_throughput", "provisioned"],
]);

/** The names of everything that the answer says is not standard. */
export function tierNames({ tier, speed, geo }: Served): string[] {
  const names: string[] = [];
  const service = (tier ?? "").toLowerCase();
  if (!standardTiers.has(service)) names.push(sameTier.get(service) ?? service);
  const pace = (speed ?? "").toLowerCase();
  if (pace !== "" && pace !== "standard") names.push(pace);
  const place = (geo ?? "").toLowerCase();
  if (!standardGeos.has(place)) names.push(`${place}-inference`);
  return names;
}

const standard: TierPrice = {
  name: "standard",
  share: whole,
  unknown: null,
  shortContextOnly: false,
};

/** @param model the catalogue's id, or ours */
export function tierPrice(
  served: Served,
  provider: string,
  model: string,
  at: Date,
): TierPrice {
  const names = tierNames(served);
  if (names.length === 0) return standard;
  const name = names.join(" ");
  let share = whole;
  let shortContextOnly = false;
  for (const one of names) {
    const known = overlayTier(catalogueProvider(provider), one, model, at);
    if (!known) return { name, share: null, unknown: one, shortContextOnly };
    const [of, part] = known.factor;
    share = times(share, { of, in: part });
    shortContextOnly ||= known.shortContextOnly ?? false;
  }
  return { name, share, unknown: null, shortContextOnly };
}
