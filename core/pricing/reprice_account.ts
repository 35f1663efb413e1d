/**
 * The account of calls that are priced again: what each model's cost was and would be.
 *
 * @module
 */
import type { PricedAs } from "../analytics/priced_calls.ts";
import type { Cost } from "../event/cost.ts";
import { decimal, exactText, signedDecimal } from "./decimal.ts";
import type { ModelDifference } from "./reprice_types.ts";

/** What became of all calls together. */
export interface Repriced {
  readonly calls: number;
  /** Calls whose cost, or whose reason for having none, changes. */
  readonly changed: number;
  /** The largest difference first. */
  readonly models: readonly ModelDifference[];
}

/** What a cost is compared by. */
type Compared = Pick<Cost, "usd" | "price" | "unpriced_reason">;

/** A new version of the price lists alone is no difference: it would rewrite all of history. */
export function differs(before: PricedAs, after: Compared): boolean {
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

/** Calls of one model that share their price. */
export interface Entry {
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  /** The sum of their costs; null when they have none. */
  readonly before: string | null;
  readonly after: string | null;
  readonly changed: boolean;
}

interface Tally {
  readonly provider: string;
  readonly model: string;
  calls: number;
  changed: number;
  gained: number;
  lost: number;
  before: bigint;
  unpricedBefore: number;
  after: bigint;
  unpricedAfter: number;
}

export class RepriceAccount {
  readonly #models = new Map<string, Tally>();

  add({ provider, model, calls, before, after, changed }: Entry): void {
    const tally = this.#tallyOf(provider, model);
    tally.calls += calls;
    if (changed) tally.changed += calls;
    if (before === null && after !== null) tally.gained += calls;
    if (before !== null && after === null) tally.lost += calls;
    if (before === null) tally.unpricedBefore += calls;
    else tally.before += exactText(before);
    if (after === null) tally.unpricedAfter += calls;
    else tally.after += exactText(after);
  }

  #tallyOf(provider: string, model: string): Tally {
    const key = JSON.stringify([provider, model]);
    let tally = this.#models.get(key);
    if (!tally) {
      tally = {
        provider,
        model,
        calls: 0,
        changed: 0,
        gained: 0,
        lost: 0,
        before: 0n,
        unpricedBefore: 0,
        after: 0n,
        unpricedAfter: 0,
      };
      this.#models.set(key, tally);
    }
    return tally;
  }

  result(): Repriced {
    const tallies = [...this.#models.values()];
    const size = ({ before, after }: Tally) => after < before ? before - after : after - before;
    tallies.sort((a, b) => size(a) === size(b) ? b.calls - a.calls : size(a) < size(b) ? 1 : -1);
    return {
      calls: tallies.reduce((sum, { calls }) => sum + calls, 0),
      changed: tallies.reduce((sum, { changed }) => sum + changed, 0),
      models: tallies.map(({ before, after, unpricedBefore, unpricedAfter, ...tally }) => ({
        ...tally,
        before_usd: decimal(before),
        unpriced_before: unpricedBefore,
        after_usd: decimal(after),
        unpriced_after: unpricedAfter,
        difference_usd: signedDecimal(after - before),
      })),
    };
  }
}
