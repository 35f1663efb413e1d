/**
 * A cost as columns: those of a call's row, and those that change when the call is priced again.
 *
 * @module
 */
import type { Cost } from "@/core/event/cost.ts";
import type { EventRow } from "./rows.ts";

export type CostColumns = Pick<
  EventRow,
  | "cost_usd"
  | "cost_lines"
  | "price_source"
  | "price_version"
  | "price_provider"
  | "price_model"
  | "price_match"
  | "price_tier"
  | "unpriced_reason"
>;

export function costColumns({ usd, lines, price, unpriced_reason }: Cost): CostColumns {
  return {
    cost_usd: usd,
    cost_lines: lines.map((line) => ({
      bucket: line.bucket.toWellFormed(),
      units: line.units,
      usd_per_million: line.usd_per_million.toWellFormed(),
      usd: line.usd,
    })),
    price_source: price.source.toWellFormed(),
    price_version: price.version.toWellFormed(),
    price_provider: price.provider?.toWellFormed() ?? null,
    price_model: price.model?.toWellFormed() ?? null,
    price_match: price.match,
    price_tier: price.tier.toWellFormed(),
    unpriced_reason: unpriced_reason?.toWellFormed() ?? null,
  };
}
