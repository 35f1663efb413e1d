/**
 * The span of time that figures are compared with.
 *
 * @module
 */
import type { Range } from "./contract.ts";

/**
 * The range of the same length before one. Of a range that is not over only the part until now is
 * compared, with the same part of the one before: a morning with a morning.
 *
 * @param now milliseconds since 1970
 * @example
 * ```ts
 * import { rangeBefore } from "@/core/analytics/range_before.ts";
 * import { expect } from "expect";
 *
 * const today = { from: "2026-11-02T00:00:00.000Z", to: "2026-11-03T00:00:00.000Z" };
 * expect(rangeBefore(today, Date.parse("2026-11-02T06:00:00.000Z"))).toEqual({
 *   from: "2026-11-01T00:00:00.000Z",
 *   to: "2026-11-01T06:00:00.000Z",
 * });
 * ```
 */
export function rangeBefore({ from, to }: Range, now: number): Range {
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  const length = end - begin;
  const until = Math.max(begin + 1, Math.min(end, now));
  return {
    from: new Date(begin - length).toISOString(),
    to: new Date(until - length).toISOString(),
  };
}
