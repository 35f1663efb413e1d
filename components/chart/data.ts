/**
 * What a chart over time draws: lines of values in shared buckets. The same data makes the server's
 * still picture, the live canvas and the table.
 *
 * @module
 */
import { exactCount, formatCount, formatDuration, formatRate, plainRate } from "../format.ts";
import { axisUsd, formatUsd } from "../money.ts";
import { type Scale, scaleOf } from "../scale.ts";
import type { SeriesColor } from "./series_color.ts";

/** `usd`: decimal strings. `ms`: milliseconds. `rate`: fractions of 1. */
export type Unit = "count" | "usd" | "ms" | "rate";

/** Null: there is no such number in this bucket, e.g. the latency of no calls. */
export type Value = number | string | null;

export interface ChartLine {
  readonly label: string;
  readonly color: SeriesColor;
  /** One for each bucket. */
  readonly values: readonly Value[];
  /** Where the line's name leads. */
  readonly href?: string;
}

export interface ChartData {
  readonly bucketSeconds: number;
  /** The buckets' beginnings, ISO UTC. */
  readonly at: readonly string[];
  readonly lines: readonly ChartLine[];
  readonly unit: Unit;
  /** `bars` stand on each other, for amounts; `lines` are drawn apart. */
  readonly shape: "bars" | "lines";
  /** Whether the last bucket's time is not over. */
  readonly open: boolean;
}

/** A value's height. Pixels only: what is read stays the value itself. */
export function height(value: Value): number | null {
  return value === null ? null : Number(value);
}

export function formatValue(unit: Unit, value: Value): string {
  if (value === null) return "no calls";
  switch (unit) {
    case "usd":
      return formatUsd(String(value));
    case "ms":
      return formatDuration(Number(value));
    case "rate":
      return formatRate(Number(value));
    case "count":
      return exactCount(Number(value));
  }
}

/** A short form for the axis. */
export function axisValue(unit: Unit, value: number): string {
  switch (unit) {
    case "usd":
      return axisUsd(value);
    case "ms":
      return value === 0
        ? "0"
        : formatDuration(value).replace(/\.00? /, " ").replace(/(\.\d)0 /, "$1 ")
          .replace(/(min|h) 00 \w+$/, "$1");
    case "rate":
      return value === 0 ? "0" : plainRate(value);
    case "count":
      return formatCount(value);
  }
}

/** The axis: its scale, the labels from the top down, and whether they need more room than others. */
export interface Axis extends Scale {
  readonly labels: readonly [max: string, step: string, zero: string];
  readonly isWide: boolean;
}

/** Characters of a label that the usual room holds. */
const usualLabel = 8;

export function axisOf(data: ChartData): Axis {
  const kinds = { count: "counts", ms: "durations", usd: "amounts", rate: "amounts" } as const;
  const scale = scaleOf(heights(data), kinds[data.unit]);
  const label = (value: number) => axisValue(data.unit, value);
  const labels = [label(scale.max), label(scale.step), label(0)] as const;
  return { ...scale, labels, isWide: labels.some(({ length }) => length > usualLabel) };
}

/** Whether nothing can be drawn: amounts that are none are left out, and no call has no latency. */
export function isEmpty({ lines }: ChartData): boolean {
  return lines.every(({ values }) => values.every((value) => value === null));
}

/** What the axis must hold: the tallest pile of bars, or the highest point of a line. */
function heights({ lines, at, shape }: ChartData): number[] {
  const column = (index: number) => lines.map(({ values }) => height(values[index] ?? null) ?? 0);
  return at.map((_, index) =>
    shape === "bars"
      ? column(index).reduce((sum, value) => sum + value, 0)
      : Math.max(0, ...column(index))
  );
}
