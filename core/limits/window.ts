/**
 * Fixed windows, aligned to UTC: a minute begins with its full minute, a month with its first day, a
 * number of seconds at its multiples since 1970. The clock alone says which window it is, so any number
 * of processes agree without talking.
 *
 * @module
 */

/** A calendar window, or a length in seconds. */
export type WindowLength = "minute" | "hour" | "day" | "month" | number;

/** From `start` up to, and without, `end`; milliseconds since 1970. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

const lengths = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * The window that a moment lies in.
 *
 * @example
 * ```ts
 * import { windowAt } from "@/core/limits/window.ts";
 * import { expect } from "expect";
 *
 * const at = Date.parse("2026-02-03T10:20:30.400Z");
 * expect(new Date(windowAt("month", at).end).toISOString()).toBe("2026-03-01T00:00:00.000Z");
 * expect(windowAt("minute", at).start).toBe(Date.parse("2026-02-03T10:20:00.000Z"));
 * ```
 */
export function windowAt(length: WindowLength, at: number): Window {
  if (length === "month") {
    const date = new Date(at);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    return { start: Date.UTC(year, month), end: Date.UTC(year, month + 1) };
  }
  const milliseconds = typeof length === "number" ? length * 1_000 : lengths[length];
  const start = Math.floor(at / milliseconds) * milliseconds;
  return { start, end: start + milliseconds };
}
