/**
 * Calls priced again by the web process, beside the calls that it serves.
 *
 * @module
 */
import { ulid } from "ulid";
import type { Store } from "@/core/analytics/store.ts";
import type { LogWriter } from "@/core/log/contract.ts";
import type { PriceBook } from "@/core/pricing/price_book.ts";
import { repriceDifference } from "@/core/pricing/reprice_difference.ts";
import { createRepriceRuns } from "@/core/pricing/reprice_runs.ts";
import type { Repricing } from "@/routes/(_api)/reprice.ts";

export interface RepricingDeps {
  readonly store: Store;
  readonly log: Pick<LogWriter, "append">;
  readonly prices: Pick<PriceBook, "get">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** After every thousand calls: the process has others to serve. */
const pauseMs = 5;

export function createRepricing({ store, log, prices, now, report }: RepricingDeps): Repricing {
  // What somebody has just changed holds at once.
  const difference = { store, prices: (project: string) => prices.get(project) };
  return {
    difference: (project, query, options) => repriceDifference(difference, project, query, options),
    runs: createRepriceRuns({
      ...difference,
      log,
      now,
      newId: () => ulid(now()),
      pause: () => new Promise((resolve) => setTimeout(resolve, pauseMs)),
      report,
    }),
  };
}
