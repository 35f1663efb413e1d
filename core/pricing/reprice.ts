/**
 * Prices recorded calls again, from their stored buckets, with the prices as they are known now for the
 * time of each call.
 *
 * Guarantees: nothing but `call.repriced` events is written, one for each call whose cost or whose
 * reason for having none is another one; run twice, the second run finds nothing to do once
 * analytics have caught up.
 *
 * @module
 */
import { countPricedCalls, pricedCalls } from "../analytics/priced_calls.ts";
import type { Filters, Range } from "../analytics/contract.ts";
import type { Store } from "../analytics/store.ts";
import type { LogWriter } from "../log/contract.ts";
import { callCost } from "./call_cost.ts";
import type { ProjectPrices } from "./project_price.ts";
import { differs, RepriceAccount, type Repriced } from "./reprice_account.ts";

export interface RepriceDeps {
  readonly store: Store;
  /** Null: nothing is written, the difference is found out alone. */
  readonly log: Pick<LogWriter, "append"> | null;
  readonly prices: (project: string) => Promise<ProjectPrices>;
  /** Makes event ids. */
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onProgress?: (done: number) => void;
  /** Waited for after every thousand calls: whoever has other work to do gets to it. */
  readonly pause?: () => Promise<void>;
}

export interface RepriceQuery {
  readonly project: string;
  readonly range: Range;
  readonly filters?: Filters;
  /** Kept with each new cost. */
  readonly reason: string;
  readonly signal?: AbortSignal;
}

/** Appends that wait for their commit at once: the log commits what waits together. */
const atOnce = 500;

/** Ends early, with what it has appended, when `signal` is aborted. */
export async function repriceProject(deps: RepriceDeps, query: RepriceQuery): Promise<Repriced> {
  const { store, log, prices, newId, now, onProgress = () => {}, pause } = deps;
  const { project, range, filters = {}, reason, signal } = query;
  const own = await prices(project);
  const account = new RepriceAccount();
  let appending: Promise<unknown>[] = [];
  let done = 0;
  const calls = pricedCalls(store, project, { range, filters }, signal ? { signal } : {});
  for await (const call of calls) {
    const cost = callCost(call.endpoint, call.usage, call.query, own, call.end);
    const changed = differs(call.cost, cost);
    const { provider, model } = call.query;
    account.add({ provider, model, calls: 1, before: call.cost.usd, after: cost.usd, changed });
    if (changed && log) {
      appending.push(log.append({
        id: newId(),
        project,
        at: new Date(now()).toISOString(),
        type: "call.repriced",
        v: 1,
        data: { event_id: call.id, called_at: call.calledAt, cost, reason },
      }));
    }
    if (appending.length >= atOnce) {
      await Promise.all(appending);
      appending = [];
    }
    if (++done % 1_000 === 0) {
      onProgress(done);
      await pause?.();
    }
  }
  await Promise.all(appending);
  onProgress(done);
  return account.result();
}

/** How many calls there are to go through. */
export function countCalls(
  store: Store,
  project: string,
  range: Range,
  filters: Filters = {},
): Promise<number> {
  return countPricedCalls(store, project, { range, filters });
}
