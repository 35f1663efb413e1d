/**
 * Factors on a price as fractions: discounts and surcharges multiply without rounding.
 *
 * @module
 */
import { exactText } from "./decimal.ts";

export interface Share {
  readonly of: bigint;
  readonly in: bigint;
}

export const whole: Share = { of: 1n, in: 1n };

/** One factor after the other, exactly. */
export function times(a: Share, b: Share): Share {
  return { of: a.of * b.of, in: a.in * b.in };
}

/** The factor that decimal text names. */
export function shareOf(text: string): Share {
  return { of: exactText(text), in: exactText("1") };
}
