/**
 * Headers as they stand on the wire: a list of names and values in turn, in order, repeated names
 * included.
 *
 * @module
 */

/**
 * The first value of a header; null when there is none.
 *
 * @param name in lower case; the list's names may be written in any way
 *
 * @example
 * ```ts
 * import { rawHeader } from "@/core/gateway/raw_headers.ts";
 * import { expect } from "expect";
 *
 * expect(rawHeader(["Retry-After", "2", "Date", "now"], "retry-after")).toBe("2");
 * expect(rawHeader(["x-retry-after", "retry-after"], "retry-after")).toBeNull();
 * ```
 */
export function rawHeader(raw: readonly string[], name: string): string | null {
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() === name) return raw[i + 1] ?? null;
  }
  return null;
}

/**
 * The headers that a condition keeps, in order.
 *
 * @param keeps asked with each name in lower case
 */
export function headersThat(
  raw: readonly string[],
  keeps: (name: string) => boolean,
): string[] {
  return raw.flatMap((name, i) =>
    i % 2 === 0 && keeps(name.toLowerCase()) ? [name, raw[i + 1] ?? ""] : []
  );
}
