/**
 * The cost of one recorded call: what the gateway asks when a call ends, and what is asked again when
 * history is priced anew. One rule for both, or the two would drift apart.
 *
 * @module
 */
import type { Endpoint } from "../event/call.ts";
import type { Cost } from "../event/cost.ts";
import type { Usage } from "../event/usage.ts";
import { free, price, type PriceQuery, unpricedFor } from "./price.ts";
import type { ProjectPrices } from "./project_price.ts";

/** @param prices the project's own; null when they could not be read */
export function callCost(
  endpoint: Endpoint,
  usage: Usage,
  query: Omit<PriceQuery, "prices">,
  prices: ProjectPrices | null,
): Cost {
  if (endpoint === "models" || endpoint === "count_tokens") return free(prices?.version ?? 0);
  if (!prices) return unpricedFor(query, "The project's own prices could not be read.");
  return price(usage, { ...query, prices });
}
