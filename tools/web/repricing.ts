/**
 * Calls priced again by the web process, beside the calls that it serves.
 *
 * @module
 */
import { ulid } from "ulid";
import { systemClock } from "@/consumers/clock.ts";
import type { Store } from "@/core/analytics/store.ts";
import type { LogWriter } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import type { PriceBook } from "@/core/pricing/price_book.ts";
import { createRepriceBoard } from "@/core/pricing/reprice_board.ts";
import { repriceDifference } from "@/core/pricing/reprice_difference.ts";
import { createRepriceRuns } from "@/core/pricing/reprice_runs.ts";
import type { Repricing } from "@/routes/(_api)/reprice.ts";

export interface RepricingDeps {
  /** Where processes tell each other how far they are. */
  readonly kv: KvPort;
  readonly store: Store;
  readonly log: Pick<LogWriter, "append">;
  readonly prices: Pick<PriceBook, "get">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** After every thousand calls: the process has others to serve. */
const pauseMs = 5;
/** Between two times that it tells others how far it is. */
const tellMs = 1_000;

export function createRepricing({ kv, store, log, prices, now, report }: RepricingDeps): Repricing {
  // What somebody has just changed holds at once.
  const difference = { store, prices: (project: string) => prices.get(project) };
  return {
    difference: (project, query, options) => repriceDifference(difference, project, query, options),
    runs: createRepriceRuns({
      ...difference,
      log,
      now,
      newId: () => ulid(now()),
      board: createRepriceBoard({ kv, now }),
      tick: (signal) => systemClock.sleep(tellMs, signal),
      pause: () => new Promise((resolve) => setTimeout(resolve, pauseMs)),
      report,
    }),
  };
}
