/**
 * How long a retry waits: a random part of a time that grows (full jitter), and at least as long as the
 * provider asks for.
 *
 * @module
 */
import type { Head } from "../plan.ts";
import type { RetrySettings } from "./settings.ts";

/** A provider that asks for a longer wait is not waited for. */
const longestRetryAfter = 60_000;

/**
 * Milliseconds before a retry; null when the provider asks for more than a minute.
 *
 * @param retry counts from 0
 * @param retryAfter what the provider asks for, in milliseconds; null when it asks for nothing
 */
export function delayOf(
  { min_delay, max_delay, factor, jitter, use_retry_after_headers }: RetrySettings,
  retry: number,
  retryAfter: number | null,
  random: () => number,
): number | null {
  const grown = Math.min(max_delay, min_delay * factor ** retry);
  const own = Math.round(jitter ? random() * grown : grown);
  if (!use_retry_after_headers || retryAfter === null) return own;
  return retryAfter > longestRetryAfter ? null : Math.max(own, retryAfter);
}

/** What `retry-after-ms` or `retry-after` asks for, in milliseconds; null for nothing readable. */
export function retryAfterOf({ raw }: Head, now: number): number | null {
  let seconds: string | null = null;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]?.toLowerCase();
    const value = raw[i + 1]?.trim() ?? "";
    if (name === "retry-after-ms" && /^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value));
    if (name === "retry-after") seconds = value;
  }
  if (seconds === null) return null;
  if (/^\d+(\.\d+)?$/.test(seconds)) return Math.ceil(Number(seconds) * 1_000);
  const date = Date.parse(seconds);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
