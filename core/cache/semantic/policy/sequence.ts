/**
 * A bound that may be looked at after every case. A fixed-sample interval is right once; looked at
 * again and again until it pleases, it is wrong far more often than it says. This one is an e-process:
 * a bet against "the rate is at least p" whose stake cannot grow, on average, while that is true, so
 * that it ever exceeds 1/risk in at most a share `risk` of all runs, however often one looks (Ville's
 * inequality). The bet spreads its stake evenly over all rates below p.
 *
 * @module
 */
import { betaCdf, logGamma } from "./interval.ts";

/** Log of the stake after `wrong` of `cases`, betting against a rate of `rate` or more. */
export function logStake(wrong: number, cases: number, rate: number): number {
  const right = cases - wrong;
  const below = betaCdf(rate, wrong + 1, right + 1);
  if (below === 0) return -Infinity;
  const logBeta = logGamma(wrong + 1) + logGamma(right + 1) - logGamma(cases + 2);
  return logBeta + Math.log(below) - Math.log(rate) - wrong * Math.log(rate) -
    right * Math.log1p(-rate);
}

/**
 * Upper bound of a rate that holds at all times at once, with the given risk of ever being wrong.
 *
 * @example
 * ```ts
 * import { expect } from "expect";
 * import { upperBoundAlways } from "@/core/cache/semantic/policy/sequence.ts";
 *
 * expect(upperBoundAlways(0, 0, 0.05)).toBe(1);
 * expect(upperBoundAlways(0, 100, 0.05)).toBeLessThan(0.05);
 * expect(upperBoundAlways(3, 100, 0.05)).toBeGreaterThan(0.05);
 * ```
 */
export function upperBoundAlways(wrong: number, cases: number, risk: number): number {
  const needed = Math.log(1 / risk);
  let [low, high] = [cases === 0 ? 1 : wrong / cases, 1];
  if (low >= 1) return 1;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (logStake(wrong, cases, middle) >= needed) high = middle;
    else low = middle;
  }
  return high;
}
