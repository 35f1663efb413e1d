/**
 * Money as people read it. Amounts are decimal strings from end to end: rounding happens on their
 * digits, so no amount passes through a float.
 *
 * @module
 */

/** An amount's digits without its point: `units / 10^scale`. */
interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const decimal = /^(\d+)(?:\.(\d+))?$/;

function parse(usd: string): Decimal {
  const [, whole, fraction = ""] = decimal.exec(usd) ?? [];
  if (whole === undefined) throw new TypeError(`Not a decimal amount: "${usd}"`);
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

/** Rounds half up. */
function roundTo({ units, scale }: Decimal, digits: number): Decimal {
  if (scale <= digits) return { units: units * 10n ** BigInt(digits - scale), scale: digits };
  const step = 10n ** BigInt(scale - digits);
  return { units: (units + step / 2n) / step, scale: digits };
}

function print({ units, scale }: Decimal): string {
  const digits = units.toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale).replace(/\B(?=(\d{3})+$)/g, ",");
  return scale === 0 ? `$${whole}` : `$${whole}.${digits.slice(digits.length - scale)}`;
}

/** How many digits after the point matter: cents from one dollar up, three significant ones below. */
function usefulDigits({ units, scale }: Decimal): number {
  if (units >= 10n ** BigInt(scale)) return 2;
  const leadingZeros = scale - units.toString().length;
  return Math.max(2, leadingZeros + 3);
}

/**
 * An amount with the digits that matter.
 *
 * @example
 * ```ts
 * import { formatUsd } from "@/components/money.ts";
 * import { expect } from "expect";
 *
 * expect(formatUsd("1284.2")).toBe("$1,284.20");
 * expect(formatUsd("0.00317")).toBe("$0.00317");
 * ```
 */
export function formatUsd(usd: string): string {
  const amount = parse(usd);
  if (amount.units === 0n) return "$0.00";
  const rounded = roundTo(amount, usefulDigits(amount));
  return trim(rounded);
}

/** Drops zeros at the end, down to cents. */
function trim(amount: Decimal): string {
  let { units, scale } = amount;
  while (scale > 2 && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  return print({ units, scale });
}

/** Every digit, for a tooltip. */
export function exactUsd(usd: string): string {
  return trim(roundTo(parse(usd), Math.max(2, parse(usd).scale)));
}

/** A short form for an axis: `$0.5`, `$12`, `$1.2k`. The value is a position on a scale, not money. */
export function axisUsd(value: number): string {
  if (value === 0) return "$0";
  if (value >= 1_000_000) return `$${plain(value / 1_000_000)}M`;
  if (value >= 1_000) return `$${plain(value / 1_000)}k`;
  return value < 100 && !Number.isInteger(value) ? formatUsd(plain(value)) : `$${plain(value)}`;
}

function plain(value: number): string {
  return new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3, useGrouping: false })
    .format(value);
}

/** A sum and how it stands with the calls that it leaves out. */
export interface Spend {
  /** What is shown: an amount, or `no price` when nothing that cost something could be priced. */
  readonly text: string;
  /** `+ 37 unpriced`, or empty. */
  readonly suffix: string;
  /** The amount with all digits and, when something is missing, why. */
  readonly title: string;
}

/**
 * A sum of costs. Calls without a price are named beside it and never counted as zero.
 *
 * @param usd sum of the known costs
 * @param unpriced calls whose cost is not known
 * @param total all calls that the sum is over
 */
export function formatSpend(usd: string, unpriced: number, total: number): Spend {
  if (unpriced === 0) return { text: formatUsd(usd), suffix: "", title: exactUsd(usd) };
  const calls = unpriced === 1 ? "1 call has" : `${unpriced.toLocaleString("en-US")} calls have`;
  const reason = `${calls} no known price and are not in this sum`;
  // What the others cost may be nothing, as with calls that failed: that is no price either.
  if (unpriced >= total || !/[1-9]/.test(usd)) {
    return { text: "no price", suffix: "", title: reason };
  }
  return {
    text: formatUsd(usd),
    suffix: `+ ${unpriced.toLocaleString("en-US")} unpriced`,
    title: `${exactUsd(usd)}; ${reason}`,
  };
}
