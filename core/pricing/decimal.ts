/**
 * Exact decimals as integers: money and prices are `bigint` counts of 10⁻¹² of a dollar. No number
 * ever holds an amount.
 *
 * @module
 */

/** Digits after the point. */
const digits = 12;
const one = 10n ** BigInt(digits);

/**
 * A number's decimal text as a count of 10⁻¹². The catalogue's prices are JavaScript numbers; their
 * shortest decimal text is what their authors wrote, so it is read instead of the binary value. A
 * thirteenth digit, which only binary rounding puts there, is rounded away.
 *
 * @throws {RangeError} for a negative or non-finite number
 *
 * @example
 * ```ts
 * import { exact } from "@/core/pricing/decimal.ts";
 * import { expect } from "expect";
 *
 * expect(exact(1.25)).toBe(1_250_000_000_000n);
 * expect(exact(3.75e-7)).toBe(375_000n);
 * ```
 */
export function exact(value: number): bigint {
  return exactText(String(value));
}

/**
 * Decimal text (`"2.5"`, also `"3.75e-7"`) as a count of 10⁻¹².
 *
 * @throws {RangeError} for anything but a decimal that is not negative
 */
export function exactText(value: string): bigint {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(value);
  if (!match) throw new RangeError(`Cannot read a price: ${value}`);
  const [, whole = "0", fraction = "", exponent = "0"] = match;
  const shift = digits - fraction.length + Number(exponent);
  const unscaled = BigInt(whole + fraction);
  return shift >= 0
    ? unscaled * 10n ** BigInt(shift)
    : divideRounded(unscaled, 10n ** BigInt(-shift));
}

/** Division that rounds half up; both sides are not negative. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor / 2n) / divisor;
}

/**
 * A count of 10⁻¹² as decimal text without trailing zeros.
 *
 * @example
 * ```ts
 * import { decimal } from "@/core/pricing/decimal.ts";
 * import { expect } from "expect";
 *
 * expect(decimal(6_125_000_000n)).toBe("0.006125");
 * expect(decimal(0n)).toBe("0");
 * ```
 */
export function decimal(amount: bigint): string {
  return amount <= mostSafe ? shortDecimal(Number(amount)) : longDecimal(amount);
}

const mostSafe = BigInt(Number.MAX_SAFE_INTEGER);
const oneSafe = 10 ** digits;

/** An amount that a number holds exactly, as nearly all do: ten times as fast. */
function shortDecimal(amount: number): string {
  const rest = amount % oneSafe;
  const whole = (amount - rest) / oneSafe;
  if (rest === 0) return String(whole);
  const fraction = String(rest).padStart(digits, "0");
  let end = digits;
  while (fraction.charCodeAt(end - 1) === 0x30) end--;
  return `${whole}.${fraction.slice(0, end)}`;
}

function longDecimal(amount: bigint): string {
  const whole = amount / one;
  const fraction = String(amount % one).padStart(digits, "0").replace(/0+$/, "");
  return fraction === "" ? String(whole) : `${whole}.${fraction}`;
}

/** As `decimal()`, for a difference that may be negative. */
export function signedDecimal(amount: bigint): string {
  return amount < 0n ? `-${decimal(-amount)}` : decimal(amount);
}
