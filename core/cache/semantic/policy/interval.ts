/**
 * Exact (Clopper–Pearson) bounds of a share: what can be said about a rate after so many cases.
 *
 * @module
 */

/** Log of the gamma function, by Lanczos' approximation (relative error below 1e-13). */
export function logGamma(x: number): number {
  const terms = [
    76.18009172947146,
    -86.50532032941677,
    24.01409824083091,
    -1.231739572450155,
    0.1208650973866179e-2,
    -0.5395239384953e-5,
  ];
  const shifted = x + 5.5 - (x + 0.5) * Math.log(x + 5.5);
  const series = terms.reduce((sum, term, at) => sum + term / (x + at + 1), 1.000000000190015);
  return -shifted + Math.log(2.5066282746310005 * series / x);
}

/** The continued fraction of the incomplete beta function (modified Lentz). */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const guard = (value: number) => Math.abs(value) < tiny ? tiny : value;
  let c = 1;
  let d = 1 / guard(1 - (a + b) * x / (a + 1));
  let h = d;
  for (let m = 1; m <= 500; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    h *= d * c;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-12) break;
  }
  return h;
}

/** The regularised incomplete beta function: the chance that a Beta(a, b) variable is at most `x`. */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x),
  );
  return x < (a + 1) / (a + b + 2)
    ? front * betaFraction(a, b, x) / a
    : 1 - front * betaFraction(b, a, 1 - x) / b;
}

function bisect(isBelow: (x: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Upper bound of the rate behind `hits` among `cases`; it is too low in at most a share `risk` of all
 * repetitions.
 *
 * @example
 * ```ts
 * import { expect } from "expect";
 * import { upperBound } from "@/core/cache/semantic/policy/interval.ts";
 *
 * // The rule of three: nothing wrong in 300 cases is a rate below 1 % with 95 % confidence.
 * expect(upperBound(0, 300, 0.05)).toBeCloseTo(0.00994, 4);
 * ```
 */
export function upperBound(hits: number, cases: number, risk: number): number {
  if (cases === 0 || hits >= cases) return 1;
  return bisect((rate) => 1 - betaCdf(rate, hits + 1, cases - hits) > risk);
}

/** Lower bound of the rate behind `hits` among `cases`, likewise. */
export function lowerBound(hits: number, cases: number, risk: number): number {
  return cases === 0 ? 0 : 1 - upperBound(cases - hits, cases, risk);
}
