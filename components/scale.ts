/**
 * The upper end of an axis: a round number that holds the largest value and halves into a round step.
 * The still and the live chart share it, so that neither jumps.
 *
 * @module
 */

export interface Scale {
  readonly max: number;
  readonly step: number;
}

const factors = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** Above a minute, durations are told in minutes, hours and days: ends whose halves are whole in theirs. */
const minute = 60_000;
const hour = 60 * minute;
const longEnds = [
  ...[2, 4, 6, 10, 20, 30, 40, 60].map((minutes) => minutes * minute),
  ...[2, 4, 6, 8, 12, 16, 24, 32, 48].map((hours) => hours * hour),
];

/**
 * @param values what is drawn, zero or more
 * @param unit `counts` have no halves and are worth an axis of four at least; `durations` are milliseconds
 * @example
 * ```ts
 * import { scaleOf } from "@/components/scale.ts";
 * import { expect } from "expect";
 *
 * expect(scaleOf([3, 371], "counts")).toEqual({ max: 400, step: 200 });
 * ```
 */
export function scaleOf(
  values: readonly number[],
  unit: "counts" | "amounts" | "durations",
): Scale {
  const largest = Math.max(unit === "counts" ? 4 : 0, ...values);
  if (largest === 0) return { max: 1, step: 0.5 };
  if (unit === "durations" && largest > minute) {
    const days = 48 * hour;
    const max = longEnds.find((end) => end >= largest) ??
      scaleOf([largest / days], "amounts").max * days;
    return { max, step: max / 2 };
  }
  const power = 10 ** Math.floor(Math.log10(largest));
  const ends = factors.map((factor) => round(factor * power));
  const max = ends.find((end) => end >= largest && (unit !== "counts" || end % 2 === 0)) ??
    round(10 * power);
  return { max, step: max / 2 };
}

/** Takes back what powers of ten leave behind in floats. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}
