/**
 * Which prompts cost most, out of what days keep: of each day those that cost most, and what any other
 * can have cost at most.
 *
 * Guarantees: pure; what is settled is as if every prompt of every day were known.
 *
 * @module
 */
import { exactText } from "../../pricing/decimal.ts";

/** Prompts that are looked at, in the order of what is known of them. */
export const lookedAt = 200;

interface Known {
  /** A number. */
  readonly prompt: string;
  /** What it cost on the days that keep it. */
  readonly total: string;
  /** The sum of what others cost at most on these days. */
  readonly bound: string;
}

export interface Settled<Row> {
  /** Those of which everything is known and that may be among the largest, in order. */
  readonly rows: readonly Row[];
  /** Those that may be among the largest, but that some day may not have kept. */
  readonly unsettled: readonly Row[];
}

/**
 * @param known in order: all that are kept, or the first `lookedAt` of them
 * @param bound what a prompt that no day keeps can have cost at most, on all days together
 * @returns null when a prompt that is not among the known ones may be one of the largest
 * @example
 * ```ts
 * import { settle } from "@/core/analytics/overview/largest_prompts.ts";
 * import { expect } from "expect";
 *
 * const whole = { prompt: "1", total: "9", bound: "2" };
 * const partly = { prompt: "2", total: "8", bound: "1" };
 * expect(settle([whole, partly], "2", 1)).toEqual({ rows: [whole], unsettled: [partly] });
 * expect(settle([whole, partly], "10", 1)).toBe(null);
 * ```
 */
export function settle<Row extends Known>(
  known: readonly Row[],
  bound: string,
  shown: number,
): Settled<Row> | null {
  const all = exactText(bound);
  if (all === 0n) return { rows: known, unsettled: [] };
  const last = known[shown - 1];
  // Fewer than are shown: what is not kept would have to be among them.
  if (!last) return null;
  const least = exactText(last.total);
  const beyond = known.length < lookedAt ? 0n : exactText(known.at(-1)?.total ?? "0");
  if (beyond + all >= least) return null;
  const missing = (row: Row) => all - exactText(row.bound);
  const possible = known.filter((row) => exactText(row.total) + missing(row) >= least);
  return {
    rows: possible.filter((row) => missing(row) === 0n),
    unsettled: possible.filter((row) => missing(row) !== 0n),
  };
}

/** Most spent on first, and then by their numbers. */
export function inOrder<Row extends Pick<Known, "prompt" | "total">>(
  rows: readonly Row[],
): Row[] {
  return rows
    .map((row) => ({ row, total: exactText(row.total), prompt: BigInt(row.prompt) }))
    .sort((a, b) => difference(b.total, a.total) || difference(a.prompt, b.prompt))
    .map(({ row }) => row);
}

const difference = (a: bigint, b: bigint) => a < b ? -1 : a > b ? 1 : 0;
