/**
 * A chart as the server can draw it: the same bars and lines on the same scale as the live one, which
 * takes its place. Without script it stays.
 *
 * @module
 */
import { type ChartData, type ChartLine, height } from "./data.ts";

/** Of the width that a bar has to itself. */
export const barShare = 0.72;

export function StillChart({ data, max }: { data: ChartData; max: number }) {
  const count = Math.max(1, data.at.length);
  return (
    <svg
      class="still"
      viewBox={`0 0 ${count} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {data.shape === "bars"
        ? data.at.map((at, index) => (
          <g key={at} class={data.open && index === count - 1 ? "open" : undefined}>
            {piled(data.lines, index, max).map(({ color, y, height }) => (
              <rect
                key={color}
                class={color}
                x={index + (1 - barShare) / 2}
                width={barShare}
                y={y}
                height={height}
              />
            ))}
          </g>
        ))
        : data.lines.map((line) => (
          <path key={line.label} class={`line ${line.color}`} d={pathOf(line, max)} />
        ))}
    </svg>
  );
}

function piled(lines: readonly ChartLine[], index: number, max: number) {
  let top = 1;
  return lines.flatMap(({ color, values }) => {
    const part = (height(values[index] ?? null) ?? 0) / max;
    if (part <= 0) return [];
    top -= part;
    return [{ color, y: top, height: part }];
  });
}

/** Buckets without a value are bridged by nothing: the line begins anew after them. */
function pathOf({ values }: ChartLine, max: number): string {
  let path = "";
  let drawing = false;
  values.forEach((value, index) => {
    const y = height(value);
    if (y === null) {
      drawing = false;
      return;
    }
    path += `${drawing ? "L" : "M"}${index + 0.5} ${1 - y / max}`;
    // A point alone is a short stroke.
    if (!drawing && height(values[index + 1] ?? null) === null) path += `h0.01`;
    drawing = true;
  });
  return path;
}
