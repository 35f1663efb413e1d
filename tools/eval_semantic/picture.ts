/**
 * The curves as a picture (SVG), readable on light and dark ground.
 *
 * @module
 */
import type { NamedCurve, OperatingPoint } from "./report.ts";

const size = { width: 720, height: 420 };
const frame = { left: 56, top: 20, right: 700, bottom: 340 };
const most = { recall: 0.4 };
const least = { precision: 0.4 };
const colors = [
  "#0f766e",
  "#5eead4",
  "#b45309",
  "#64748b",
  "#7c3aed",
  "#a78bfa",
  "#be123c",
  "#fb7185",
];

const x = (recall: number) =>
  frame.left + Math.min(1, recall / most.recall) * (frame.right - frame.left);
const y = (precision: number) =>
  frame.bottom -
  Math.max(0, (precision - least.precision) / (1 - least.precision)) * (frame.bottom - frame.top);

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function line({ curve }: NamedCurve, color: string): string {
  // The first few hits of a curve are noise.
  const shown = curve.filter(({ hits, recall }) => hits >= 20 && recall <= most.recall);
  const step = Math.max(1, Math.floor(shown.length / 200));
  const points = shown.filter((_, at) => at % step === 0)
    .map(({ recall, precision }) => `${x(recall).toFixed(1)},${y(precision).toFixed(1)}`);
  return `<polyline fill="none" stroke="${color}" stroke-width="2" points="${points.join(" ")}"/>`;
}

function grid(): string[] {
  const text = (at: string, anchor: string, label: string) =>
    `<text ${at} text-anchor="${anchor}" font-size="12" fill="#64748b">${label}</text>`;
  const across = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1].flatMap((precision) => [
    `<line x1="${frame.left}" x2="${frame.right}" y1="${y(precision)}" y2="${
      y(precision)
    }" stroke="#94a3b8" stroke-opacity="${precision === 0.95 ? 0.9 : 0.3}"${
      precision === 0.95 ? ' stroke-dasharray="4 4"' : ""
    }/>`,
    text(`x="${frame.left - 8}" y="${y(precision) + 4}"`, "end", precision.toFixed(2)),
  ]);
  const along = [0, 0.1, 0.2, 0.3, 0.4].map((recall) =>
    text(`x="${x(recall)}" y="${frame.bottom + 18}"`, "middle", recall.toFixed(1))
  );
  return [
    ...across,
    ...along,
    text(`x="${(frame.left + frame.right) / 2}" y="${frame.bottom + 36}"`, "middle", "recall"),
    text(`x="${frame.left}" y="12"`, "middle", "precision"),
  ];
}

/** Draws the curves and the operating point. */
export function draw(curves: readonly NamedCurve[], point: OperatingPoint): string {
  const color = (at: number) => colors[at % colors.length] ?? "#000";
  const legend = curves.map(({ name }, at) => {
    const [left, top] = [frame.left + (at % 3) * 220, frame.bottom + 54 + Math.floor(at / 3) * 18];
    return `<rect x="${left}" y="${top - 9}" width="12" height="4" fill="${color(at)}"/>` +
      `<text x="${left + 18}" y="${top - 3}" font-size="12" fill="#64748b">${escape(name)}</text>`;
  });
  const [low, high] = point.precisionInterval;
  const mark = `<line x1="${x(point.recall)}" x2="${x(point.recall)}" y1="${y(low)}" y2="${
    y(high)
  }" stroke="${color(0)}" stroke-width="2"/><circle cx="${x(point.recall)}" cy="${
    y(point.precision)
  }" r="5" fill="${color(0)}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" role="img" aria-label="Precision over recall">
${[...grid(), ...curves.map((curve, at) => line(curve, color(at))), mark, ...legend].join("\n")}
</svg>
`;
}
