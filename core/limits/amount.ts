/**
 * What limits count, as integers: requests, tokens, and 10⁻¹² of a dollar. Text is decimal and exact.
 *
 * @module
 */
import type { LimitUnit } from "../event/limits.ts";
import { decimal, exactText } from "../pricing/decimal.ts";

/** One call's share of each unit. */
export type Amounts = Readonly<Record<LimitUnit, bigint>>;

export const noAmounts: Amounts = { requests: 0n, tokens: 0n, usd: 0n };

/** Reads text that the limit's schema has let through. */
export function amountOf(unit: LimitUnit, text: string): bigint {
  return unit === "usd" ? exactText(text) : BigInt(text);
}

/**
 * @example
 * ```ts
 * import { amountOf, amountText } from "@/core/limits/amount.ts";
 * import { expect } from "expect";
 *
 * expect(amountText("usd", amountOf("usd", "12.50"))).toBe("12.5");
 * expect(amountText("tokens", 1_000n)).toBe("1000");
 * ```
 */
export function amountText(unit: LimitUnit, amount: bigint): string {
  return unit === "usd" ? decimal(amount) : String(amount);
}
