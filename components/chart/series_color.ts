/**
 * Which colour a line has. A name keeps its colour from page to page as far as the palette allows: it
 * is found from the name itself, and only lines that meet in one chart give way to each other.
 *
 * @module
 */

/** Variables of the style sheet, in Okabe-Ito order; `series-error` is kept for what went wrong. */
const seriesColors = [
  "series-1",
  "series-2",
  "series-3",
  "series-4",
  "series-5",
  "series-6",
  "series-7",
  "series-8",
] as const;
export type SeriesColor = (typeof seriesColors)[number] | "series-error" | "series-other";

/**
 * A colour for each name, no two alike while there are eight names or fewer.
 *
 * @param names the most important first: they keep their own colour
 * @example
 * ```ts
 * import { colorsOf } from "@/components/chart/series_color.ts";
 * import { expect } from "expect";
 *
 * const colors = colorsOf(["gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5"]);
 * expect(new Set(colors.values()).size).toBe(3);
 * expect(colorsOf(["gpt-4o"]).get("gpt-4o")).toBe(colors.get("gpt-4o"));
 * ```
 */
export function colorsOf(names: readonly string[]): ReadonlyMap<string, SeriesColor> {
  const taken = new Set<SeriesColor>();
  return new Map(names.map((name) => {
    const own = hash(name) % seriesColors.length;
    const order = [...seriesColors.slice(own), ...seriesColors.slice(0, own)];
    const color = order.find((each) => !taken.has(each)) ?? order[0] ?? "series-other";
    taken.add(color);
    return [name, color];
  }));
}

/** FNV-1a: spreads names that differ in little. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) {
    value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193);
  }
  return value >>> 0;
}
