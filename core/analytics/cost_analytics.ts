/**
 * The questions about money that go beyond sums: what has no price, and what another model would cost.
 *
 * @module
 */
import type { ProjectPrices } from "../pricing/project_price.ts";
import type { ReadOptions, StatsQuery } from "./contract.ts";
import { counterfactual, type CounterfactualResult } from "./counterfactual.ts";
import type { Store } from "./store.ts";
import { type Unpriced, unpriced } from "./unpriced.ts";

export interface CostAnalytics {
  unpriced(project: string, query: StatsQuery, options?: ReadOptions): Promise<Unpriced>;
  counterfactual(
    project: string,
    query: StatsQuery & { readonly provider: string; readonly target: string },
    options?: ReadOptions,
  ): Promise<CounterfactualResult>;
}

export interface CostAnalyticsDeps {
  readonly store: Store;
  readonly prices: (project: string) => ProjectPrices | Promise<ProjectPrices>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function createCostAnalytics({ store, prices, now }: CostAnalyticsDeps): CostAnalytics {
  return {
    unpriced: (project, query, options = {}) => unpriced(store, project, query, options),
    async counterfactual(project, { provider, target, ...query }, options = {}) {
      const own = await prices(project);
      const asked = { ...query, provider, model: target, prices: own, now: now() };
      return await counterfactual(store, project, asked, options);
    },
  };
}
