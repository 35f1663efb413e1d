/**
 * Amounts as clients write them, as the decimal text that events hold.
 *
 * @module
 */
import { decimal, exactText } from "../pricing/decimal.ts";

/** An amount that events can hold; null for anything else. */
export function dollarsOf(value: unknown): string | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !(number >= 0 && number < 1e6)) return null;
  return decimal(exactText(String(number)));
}

/** Langfuse's cost details: the total, or the sum of what else there is; null when there is nothing. */
export function detailsTotal(details: Readonly<Record<string, unknown>>): string | null {
  if (details.total !== undefined && details.total !== null) return dollarsOf(details.total);
  const parts = Object.values(details).map(dollarsOf).filter((one) => one !== null);
  if (parts.length === 0) return null;
  const sum = decimal(parts.reduce((sum, part) => sum + exactText(part), 0n));
  return dollarsOf(sum);
}
