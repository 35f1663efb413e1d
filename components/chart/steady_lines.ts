/**
 * Keeps the lines of a chart in their places and colours while figures stream in: when ranks change,
 * values change and nothing moves. New lines come at the end.
 *
 * @module
 */
import { useRef } from "preact/hooks";
import type { ChartData, ChartLine } from "./data.ts";
import type { SeriesColor } from "./series_color.ts";

export function useSteadyLines(data: ChartData): ChartData {
  const colors = useRef(new Map<string, SeriesColor>());
  return { ...data, lines: steady(data.lines, colors.current) };
}

/**
 * The lines in the order in which they were first seen, with the colours that they had then.
 *
 * @param seen what is remembered: it grows
 * @example
 * ```ts
 * import { steady } from "@/components/chart/steady_lines.ts";
 * import { expect } from "expect";
 *
 * const seen = new Map();
 * const line = (label: string, color: "series-1" | "series-2") => ({ label, color, values: [] });
 * steady([line("a", "series-1"), line("b", "series-2")], seen);
 * const later = steady([line("b", "series-1"), line("a", "series-2")], seen);
 * expect(later.map(({ label, color }) => `${label} ${color}`)).toEqual(["a series-1", "b series-2"]);
 * ```
 */
export function steady(
  lines: readonly ChartLine[],
  seen: Map<string, SeriesColor>,
): readonly ChartLine[] {
  for (const { label, color } of lines) if (!seen.has(label)) seen.set(label, color);
  const places = new Map([...seen.keys()].map((label, place) => [label, place]));
  const place = ({ label }: ChartLine) => places.get(label) ?? 0;
  return [...lines]
    .sort((a, b) => place(a) - place(b))
    .map((line) => ({ ...line, color: seen.get(line.label) ?? line.color }));
}
