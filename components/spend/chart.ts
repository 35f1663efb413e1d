/**
 * Spend over time as a chart: a pile for each bucket, of the largest groups.
 *
 * @module
 */
import type { Timeseries } from "@/core/analytics/types.ts";
import type { ChartData, ChartLine } from "../chart/data.ts";
import { colorsOf } from "../chart/series_color.ts";
import type { KeyNames } from "../key_names.ts";
import { type Dimension, groupHref, groupName } from "./dimension.ts";

export function spendChart(
  series: Timeseries,
  by: Dimension,
  url: URL,
  open: boolean,
  names: KeyNames,
): ChartData {
  const at = [...new Set(series.data.map(({ timestamp }) => timestamp))].sort();
  const groups = Map.groupBy(
    series.data,
    ({ group, other }) => other ? "other" : `group:${group ?? ""}`,
  );
  const lines = [...groups].map(([id, points]) => {
    const values = new Map(points.map(({ timestamp, value }) => [timestamp, String(value)]));
    return {
      id,
      group: id === "other" ? null : points[0]?.group ?? null,
      values: at.map((time) => values.get(time) ?? "0"),
      // An order and nothing else: amounts are shown from their own digits.
      sum: points.reduce((sum, { value }) => sum + Number(value), 0),
    };
  })
    .filter(({ sum }) => sum > 0)
    .sort((a, b) => Number(a.id === "other") - Number(b.id === "other") || b.sum - a.sum);
  const colors = colorsOf(lines.filter(({ id }) => id !== "other").map(({ id }) => colorName(id)));
  return {
    bucketSeconds: series.bucket_seconds,
    at,
    open,
    unit: "usd",
    shape: "bars",
    lines: lines.map(({ id, group, values }): ChartLine => {
      const href = groupHref(url, by, { group });
      return {
        label: id === "other" ? "all others" : groupName(by, group, names),
        values,
        color: id === "other" ? "series-other" : colors.get(colorName(id)) ?? "series-other",
        ...(href !== null && { href }),
      };
    }),
  };
}

/** A model has the colour that it has on other pages. */
function colorName(id: string): string {
  return id.replace(/^group:/, "");
}
