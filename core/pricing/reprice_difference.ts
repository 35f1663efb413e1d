/**
 * What pricing calls again would change, without looking at each of them: from sums over calls that have
 * the same price. The same rules as `repriceProject()` in another order, and the same result; where a
 * negotiated price has more than six digits after the point for a million units, each call's cost is
 * rounded, and the sums here are off by at most 10⁻¹² US dollars for each line of a call.
 *
 * @module
 */
import type { Filters, Range, ReadOptions } from "../analytics/contract.ts";
import { pricedSums } from "../analytics/priced_sums.ts";
import type { PricedSum } from "../analytics/priced_sums.ts";
import type { Store } from "../analytics/store.ts";
import type { CostLine } from "../event/cost.ts";
import type { Priced } from "../event/price.ts";
import { callCost } from "./call_cost.ts";
import { decimal, divideRounded, exactText, signedDecimal } from "./decimal.ts";
import type { ProjectPrices } from "./project_price.ts";
import { differs, RepriceAccount } from "./reprice_account.ts";
import type { ModelDifference, RepriceDifference } from "./reprice_types.ts";
import { priceVersion } from "./version.ts";

export interface DifferenceDeps {
  readonly store: Store;
  readonly prices: (project: string) => ProjectPrices | Promise<ProjectPrices>;
}

export interface DifferenceQuery {
  readonly range: Range;
  readonly filters?: Filters;
}

/** Models that are shown at most. */
const mostModels = 200;

/** Null: the calls are of too many kinds to be summed. */
export async function repriceDifference(
  { store, prices }: DifferenceDeps,
  project: string,
  { range, filters = {} }: DifferenceQuery,
  options: ReadOptions = {},
): Promise<RepriceDifference | null> {
  const own = await prices(project);
  const sums = await pricedSums(store, project, { range, filters, prices: own }, options);
  if (!sums) return null;
  const account = new RepriceAccount();
  for (const sum of sums) {
    const { sample, calls, cost: before } = sum;
    const cost = callCost(sample.endpoint, sample.usage, sample.query, own, sample.end);
    const after = cost.usd === null ? null : sumOf(cost.lines, sum.units);
    const { provider, model } = sample.query;
    const changed = differs({ ...sample.cost, usd: before }, { ...cost, usd: after });
    account.add({ provider, model, calls, before, after, changed });
  }
  const { models } = account.result();
  const changing = models.filter(({ changed }) => changed > 0);
  return {
    project_id: project,
    date_from: range.from,
    date_to: range.to,
    price_version: priceVersion(own.version),
    total: totalOf(models),
    models: changing.slice(0, mostModels),
    changed_models: changing.length,
  };
}

/** The lines' unit prices are those of all calls of the sum. */
function sumOf(lines: readonly CostLine[], units: PricedSum["units"]): string {
  const total = lines.reduce((sum, { bucket, usd_per_million }) => {
    const price = exactText(usd_per_million);
    // Lines are made of what can have a price; a fee is for each call and not for a million.
    const amount = units[bucket as Priced] * price;
    return sum + (bucket === "request" ? amount : divideRounded(amount, 1_000_000n));
  }, 0n);
  return decimal(total);
}

function totalOf(models: readonly ModelDifference[]): RepriceDifference["total"] {
  const count = (of: (one: ModelDifference) => number) =>
    models.reduce((sum, one) => sum + of(one), 0);
  const amount = (of: (one: ModelDifference) => string) =>
    models.reduce((sum, one) => sum + exactText(of(one)), 0n);
  const before = amount(({ before_usd }) => before_usd);
  const after = amount(({ after_usd }) => after_usd);
  return {
    calls: count(({ calls }) => calls),
    changed: count(({ changed }) => changed),
    gained: count(({ gained }) => gained),
    lost: count(({ lost }) => lost),
    before_usd: decimal(before),
    unpriced_before: count(({ unpriced_before }) => unpriced_before),
    after_usd: decimal(after),
    unpriced_after: count(({ unpriced_after }) => unpriced_after),
    difference_usd: signedDecimal(after - before),
  };
}
