/**
 * A chart as the server can draw it: the same bars on the same scale as the live one, which takes its
 * place. Without script it stays.
 *
 * @module
 */
interface StillChartProps {
  /** Bars from left to right, each as parts from the ground up. */
  readonly bars: readonly (readonly Part[])[];
  readonly max: number;
  /** The last bar is not finished. */
  readonly openEnd: boolean;
}

export interface Part {
  readonly value: number;
  readonly color: "series-1" | "series-2" | "series-error";
}

/** Of the width that a bar has to itself. */
export const barShare = 0.72;

export function StillChart({ bars, max, openEnd }: StillChartProps) {
  return (
    <svg
      class="still"
      viewBox={`0 0 ${bars.length} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {bars.map((parts, index) => (
        <g key={index} class={openEnd && index === bars.length - 1 ? "open" : undefined}>
          {stacked(parts, max).map(({ color, y, height }) => (
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
      ))}
    </svg>
  );
}

function stacked(parts: readonly Part[], max: number) {
  let top = 1;
  return parts.filter(({ value }) => value > 0).map(({ value, color }) => {
    const height = value / max;
    top -= height;
    return { color, y: top, height };
  });
}
