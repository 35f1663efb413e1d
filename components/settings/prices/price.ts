/**
 * A negotiated price: as the form gives it, as the API takes it, as people read it.
 *
 * @module
 */
import { textOf } from "../../form/field.tsx";
import type { ShownPrice } from "../types.ts";

/** The kinds of tokens that a price can be set for. */
export const buckets = [
  ["input", "Input"],
  ["output", "Output"],
  ["cache_read", "Cache read"],
  ["cache_write_5m", "Cache write, 5 min"],
] as const;

export function priceOf(form: FormData): ShownPrice {
  const text = (name: string) => textOf(form, name);
  const usd = Object.fromEntries(
    buckets.map(([name]) => [name, text(name)] as const).filter(([, value]) => value !== ""),
  );
  const instant = (day: string) => day === "" ? null : `${day}T00:00:00.000Z`;
  return {
    provider: text("provider"),
    model: text("model"),
    ...(text("multiplier") !== "" && { multiplier: text("multiplier") }),
    ...(Object.keys(usd).length > 0 && { usd }),
    from: instant(text("from")),
    until: instant(text("until")),
    ...(text("note") !== "" && { note: text("note") }),
  };
}

/** A price without the fields that it does not have. */
export function sentPrice({ usd, ...price }: ShownPrice) {
  if (!usd) return price;
  const given = Object.entries(usd).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const]
  );
  return { ...price, usd: Object.fromEntries(given) };
}

/** `× 0.85 of the list's`, `input $2.50, output $10`. */
export function priceText({ multiplier, usd }: ShownPrice): string {
  if (multiplier !== undefined) return `× ${multiplier} of the list's`;
  return Object.entries(usd ?? {}).map(([name, value]) => `${name.replaceAll("_", " ")} $${value}`)
    .join(", ");
}

/** When it holds. */
export function spanText({ from, until }: ShownPrice): string {
  const [begin, end] = [from?.slice(0, 10), until?.slice(0, 10)];
  if (begin) return end ? `${begin} to before ${end}` : `from ${begin}`;
  return end ? `until ${end}` : "always";
}
