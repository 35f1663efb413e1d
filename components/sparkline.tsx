/**
 * The course of a figure as a small line, without axes: its shape is what is seen. The numbers stand in
 * the charts.
 *
 * @module
 */
export function Sparkline({ values }: { values: readonly (number | null)[] }) {
  const known = values.filter((value) => value !== null);
  const max = Math.max(0, ...known);
  if (known.length < 2 || max === 0) return <svg class="spark" aria-hidden="true" />;
  const last = values.length - 1;
  const points = values.map((value, index) =>
    value === null ? null : [index / last * 100, 23 - value / max * 22] as const
  );
  return (
    <svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      <path class="spark-line" d={lineThrough(points)} />
    </svg>
  );
}

function lineThrough(points: readonly (readonly [number, number] | null)[]): string {
  let path = "";
  let drawing = false;
  for (const point of points) {
    if (point) path += `${drawing ? "L" : "M"}${point[0].toFixed(2)} ${point[1].toFixed(2)}`;
    drawing = point !== null;
  }
  return path;
}
