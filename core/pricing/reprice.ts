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
import {
  countPricedCalls,
  type PricedAs,
  type PricedCall,
  pricedCalls,
} from "../analytics/priced_calls.ts";
import type { Range } from "../analytics/contract.ts";
import type { Store } from "../analytics/store.ts";
import type { Cost } from "../event/cost.ts";
import type { LogWriter } from "../log/contract.ts";
import { callCost } from "./call_cost.ts";
import { decimal, exactText, signedDecimal } from "./decimal.ts";
import type { ProjectPrices } from "./project_price.ts";

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
}

export interface RepriceQuery {
  readonly project: string;
  readonly range: Range;
  /** Kept with each new cost. */
  readonly reason: string;
  readonly signal?: AbortSignal;
}

/** What became of one model's calls. */
export interface ModelDifference {
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  /** Calls whose cost, or whose reason for having none, changes. */
  readonly changed: number;
  /** Sums of the known costs, and how many calls have none. */
  readonly before: string;
  readonly unpricedBefore: number;
  readonly after: string;
  readonly unpricedAfter: number;
  /** `after` less `before`; may be negative. */
  readonly difference: string;
}

export interface Repriced {
  readonly calls: number;
  readonly changed: number;
  /** The largest difference first. */
  readonly models: readonly ModelDifference[];
}

/** Appends that wait for their commit at once: the log commits what waits together. */
const atOnce = 500;

export async function repriceProject(deps: RepriceDeps, query: RepriceQuery): Promise<Repriced> {
  const { store, log, prices, newId, now, onProgress = () => {} } = deps;
  const { project, range, reason, signal } = query;
  const own = await prices(project);
  const account = new Account();
  let appending: Promise<unknown>[] = [];
  let done = 0;
  for await (const call of pricedCalls(store, project, range, signal ? { signal } : {})) {
    const cost = callCost(call.endpoint, call.usage, call.query, own, call.end);
    const changed = differs(call.cost, cost);
    account.add(call, cost, changed);
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
    if (++done % 1_000 === 0) onProgress(done);
  }
  await Promise.all(appending);
  onProgress(done);
  return account.result();
}

/** How many calls there are to go through. */
export function countCalls(store: Store, project: string, range: Range): Promise<number> {
  return countPricedCalls(store, project, range);
}

/** A new version of the price lists alone is no difference: it would rewrite all of history. */
function differs(before: PricedAs, after: Cost): boolean {
  if (before.usd === null || after.usd === null) {
    return before.usd !== after.usd || before.unpriced_reason !== after.unpriced_reason;
  }
  return exactText(before.usd) !== exactText(after.usd) ||
    before.price.source !== after.price.source ||
    before.price.provider !== after.price.provider ||
    before.price.model !== after.price.model ||
    before.price.match !== after.price.match ||
    before.price.tier !== after.price.tier;
}

interface Tally {
  readonly provider: string;
  readonly model: string;
  calls: number;
  changed: number;
  before: bigint;
  unpricedBefore: number;
  after: bigint;
  unpricedAfter: number;
}

class Account {
  readonly #models = new Map<string, Tally>();

  add({ query: { provider, model }, cost }: PricedCall, after: Cost, changed: boolean): void {
    const key = JSON.stringify([provider, model]);
    let tally = this.#models.get(key);
    if (!tally) {
      tally = {
        provider,
        model,
        calls: 0,
        changed: 0,
        before: 0n,
        unpricedBefore: 0,
        after: 0n,
        unpricedAfter: 0,
      };
      this.#models.set(key, tally);
    }
    tally.calls++;
    if (changed) tally.changed++;
    if (cost.usd === null) tally.unpricedBefore++;
    else tally.before += exactText(cost.usd);
    if (after.usd === null) tally.unpricedAfter++;
    else tally.after += exactText(after.usd);
  }

  result(): Repriced {
    const tallies = [...this.#models.values()];
    const size = ({ before, after }: Tally) => after < before ? before - after : after - before;
    tallies.sort((a, b) => size(a) === size(b) ? b.calls - a.calls : size(a) < size(b) ? 1 : -1);
    return {
      calls: tallies.reduce((sum, { calls }) => sum + calls, 0),
      changed: tallies.reduce((sum, { changed }) => sum + changed, 0),
      models: tallies.map(({ before, after, ...tally }) => ({
        ...tally,
        before: decimal(before),
        after: decimal(after),
        difference: signedDecimal(after - before),
      })),
    };
  }
}
