/**
 * Counts, durations, rates and times as the pages write them. Pure: the same input gives the same
 * text on the server and in the browser.
 *
 * @module
 */

const full = new Intl.NumberFormat("en-US");
const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });

/** Every digit: `18,402`. */
export function exactCount(count: number): string {
  return full.format(count);
}

/**
 * Short from ten thousand up: `9,871`, `12.4k`, `3.1M`.
 *
 * @example
 * ```ts
 * import { formatCount } from "@/components/format.ts";
 * import { expect } from "expect";
 *
 * expect(formatCount(12_430)).toBe("12.4k");
 * ```
 */
export function formatCount(count: number): string {
  return count < 10_000 ? full.format(count) : short.format(count).replace("K", "k");
}

/**
 * A duration in the units that people say it in: `842 ms`, `1.24 s`, `2 min 05 s`, `3 h 20 min`.
 *
 * @example
 * ```ts
 * import { formatDuration } from "@/components/format.ts";
 * import { expect } from "expect";
 *
 * expect(formatDuration(125_000)).toBe("2 min 05 s");
 * ```
 */
export function formatDuration(milliseconds: number | null): string {
  if (milliseconds === null) return "–";
  if (milliseconds > 0 && milliseconds < 1) return "< 1 ms";
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 9_995) return `${(milliseconds / 1_000).toFixed(2)} s`;
  if (milliseconds < 59_950) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  return `${Math.round(minutes / 1_440)} days`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/**
 * A fraction of 1 as a percentage: `0.7 %`, `2.0 %`, `42 %`, and never a rounded-away zero or hundred.
 * Below ten there is always one digit after the point, so that numbers above each other line up.
 */
export function formatRate(rate: number): string {
  if (rate <= 0) return "0 %";
  if (rate >= 1) return "100 %";
  const percent = rate * 100;
  if (percent < 0.1) return "< 0.1 %";
  if (percent > 99.9) return "> 99.9 %";
  return `${percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** The same where it stands alone, on an axis or in a sentence: `2 %`. */
export function plainRate(rate: number): string {
  return formatRate(rate).replace(".0 ", " ");
}

/** A size: `842 B`, `12.4 kB`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000
    ? `${Number((bytes / 1_000).toPrecision(3))} kB`
    : `${Number((bytes / 1_000_000).toPrecision(3))} MB`;
}

/** How long ago: `just now`, `4 min ago`, `3 h ago`, `12 days ago`. */
export function formatAgo(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1_000));
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3_600) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}

/** An id cut in its middle, where ids differ least: `01JD3F…9KQ2`. */
export function shortenId(id: string, keep = 10): string {
  if (id.length <= keep + 1) return id;
  const head = Math.ceil(keep * 0.6);
  return `${id.slice(0, head)}…${id.slice(id.length - (keep - head))}`;
}

/** A noun with its number: `1 event`, `12.4k events`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
