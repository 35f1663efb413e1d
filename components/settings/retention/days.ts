/**
 * Days that something is kept, as people say them and as forms have them.
 *
 * @module
 */

/** Offered in the form; any other number can be given too. */
const presets = [7, 14, 30, 90, 180, 365, 730];

const forEver = "ever";
export const otherDays = "other";

export type Option = readonly [value: string, label: string];

/** What the form offers: the presets and the value that is set. */
export function dayOptions(days: number | null, never: string): readonly Option[] {
  const offered = days === null || presets.includes(days)
    ? presets
    : [...presets, days].sort((a, b) => a - b);
  return [
    [forEver, never],
    ...offered.map((each): Option => [String(each), daysText(each)]),
    [otherDays, "other…"],
  ];
}

/**
 * @example
 * ```ts
 * import { daysText } from "@/components/settings/retention/days.ts";
 * import { expect } from "expect";
 *
 * expect([1, 45, 365, 730].map(daysText)).toEqual(["1 day", "45 days", "1 year", "2 years"]);
 * ```
 */
export function daysText(days: number): string {
  const years = days / 365;
  if (Number.isInteger(years)) return years === 1 ? "1 year" : `${years} years`;
  return days === 1 ? "1 day" : `${days} days`;
}

/** What a form's two fields say together; NaN for what is no number. */
export function daysOf(choice: string, other: string): number | null {
  if (choice === forEver) return null;
  const text = choice === otherDays ? other.trim() : choice;
  return text === "" ? NaN : Number(text);
}

const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });

/** The day of an instant that begins one, in UTC: cuts are days of UTC for everybody. */
export function dayText(iso: string): string {
  return format.format(new Date(iso));
}
