/**
 * How long to wait before the next attempt: exponential with full jitter, so that partitions which
 * failed together do not come back together.
 *
 * @module
 */

export interface Backoff {
  /** Longest wait after the first failure, in milliseconds. */
  readonly baseMs: number;
  /** No wait is longer than this, however often it failed. */
  readonly capMs: number;
}

export const defaultBackoff: Backoff = { baseMs: 200, capMs: 30_000 };

/** The shortest wait: full jitter may draw nearly 0, which would be a hot loop. */
const floorMs = 20;

/**
 * The wait before attempt `failures + 1`.
 *
 * @param failures how often it failed in a row, from 1
 * @param random draws from [0, 1)
 */
export function backoffMs(
  failures: number,
  random: () => number,
  { baseMs, capMs }: Backoff = defaultBackoff,
): number {
  // The exponent is bounded because 2 ** 2000 is Infinity and Infinity * 0 is not a number.
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.max(floorMs, random() * ceiling);
}
