/**
 * A cost that whoever recorded a call tells of it.
 *
 * @module
 */
import type { Cost } from "../../event/cost.ts";
import { priceVersion } from "../../pricing/version.ts";

/**
 * Its source is shown as `reported`.
 *
 * @param usd decimal text
 * @param projectVersion of the project's own prices at that time
 */
export function reportedCost(usd: string, projectVersion: number): Cost {
  return {
    usd,
    lines: [],
    price: {
      source: "reported",
      version: priceVersion(projectVersion),
      provider: null,
      model: null,
      match: "none",
      tier: "reported",
    },
  };
}
