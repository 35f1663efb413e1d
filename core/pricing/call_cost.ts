/**
 * The cost of one recorded call: what the gateway asks when a call ends, and what is asked again when
 * history is priced anew. One rule for both, or the two would drift apart.
 *
 * @module
 */
import type { CallData, Endpoint } from "../event/call.ts";
import type { Cost } from "../event/cost.ts";
import type { Usage } from "../event/usage.ts";
import { free, price, type PriceQuery, unpricedFor } from "./price.ts";
import type { ProjectPrices } from "./project_price.ts";

/** How a call ended, as its event tells it: that alone decides whether it was charged at all. */
export type CallEnd = Pick<CallData, "status_code"> & {
  readonly error: Pick<NonNullable<CallData["error"]>, "code" | "origin"> | null;
};

/** @param prices the project's own; null when they could not be read */
export function callCost(
  endpoint: Endpoint,
  usage: Usage,
  query: Omit<PriceQuery, "prices">,
  prices: ProjectPrices | null,
  end: CallEnd | null = null,
): Cost {
  const version = prices?.version ?? 0;
  if (endpoint === "models" || endpoint === "count_tokens") return free(version);
  const uncharged = end && usage.source === "none" ? unchargedBecause(end) : null;
  if (uncharged !== null) return free(version, uncharged);
  if (!prices) return unpricedFor(query, "The project's own prices could not be read.");
  return price(usage, { ...query, prices });
}

/** Failures of ours after which nobody can say whether the request had gone out. */
const mayHaveBeenSent: ReadonlySet<string> = new Set(["internal", "server_stopping"]);

/**
 * Why a call without usage cost nothing; null when it may have cost something. A connection that broke
 * and a provider that was too slow may have worked all the same, and charge for it.
 */
function unchargedBecause({ status_code, error }: CallEnd): string | null {
  if (!error) return null;
  const { code, origin } = error;
  if (origin === "gateway" && !mayHaveBeenSent.has(code)) {
    return "The call was never sent to a provider.";
  }
  if (origin === "network" && code === "upstream_refused") {
    return "The provider could not be reached: the call was never sent.";
  }
  // A client that left has the provider's status, if it has one.
  if ((origin === "provider" || origin === "client") && (status_code ?? 0) >= 400) {
    return `The provider refused the call with status ${status_code} and reported no usage.`;
  }
  return null;
}
