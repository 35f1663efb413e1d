/**
 * Names and patterns of models: `*` stands for any text, case does not matter.
 *
 * @module
 */

/**
 * Whether a name fits. Takes time in proportion to the name: both sides come from outside, and a
 * regular expression made of a pattern can be made to run for hours.
 *
 * @example
 * ```ts
 * import { fits } from "@/core/pricing/pattern.ts";
 * import { expect } from "expect";
 *
 * expect(fits("gpt-4o*", "GPT-4o-mini")).toBe(true);
 * expect(fits("gpt-4o", "gpt-4o-mini")).toBe(false);
 * ```
 */
export function fits(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const text = name.toLowerCase();
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
