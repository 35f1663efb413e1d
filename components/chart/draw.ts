/**
 * The live chart, drawn by Chart.js. Runs in the browser only; all charts of all pages share it.
 *
 * @module
 */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  type ChartDataset,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  PointElement,
} from "chart.js";
import { thinLabels } from "../tick_labels.ts";
import { formatTick, type Zone } from "../zone.ts";
import { colorsAt, hatched, type ReadColor } from "./canvas_colors.ts";
import { axisOf, axisValue, type ChartData, type ChartLine, height } from "./data.ts";
import { barShare } from "./still.tsx";

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
);

type Kind = "bar" | "line";
type Points = (number | null)[];
type DataSet = ChartDataset<Kind, Points>;

/** Room for the labels of the axes; the still chart's style has the same figures. */
const [usualRoom, wideRoom] = [64, 96];
const footHeight = 28;
/** Room that a label of the time axis takes, with some air. */
const labelWidth = 64;

export interface LiveChartOptions {
  readonly canvas: HTMLCanvasElement;
  /** The bucket under the pointer; null when it has left. */
  readonly onPoint: (index: number | null) => void;
  /** The bucket that was clicked. */
  readonly onPick: (index: number) => void;
}

export interface LiveChart {
  /** Draws other figures, without animation. */
  show(data: ChartData, zone: Zone): void;
  /** Marks a bucket. */
  mark(index: number | null): void;
  /** Takes up the colours of a changed theme. */
  recolor(): void;
  destroy(): void;
}

export function createLiveChart(options: LiveChartOptions): LiveChart {
  const { canvas } = options;
  let marked: number | null = null;
  let color = colorsAt(canvas);
  let last: { data: ChartData; zone: Zone } | null = null;
  let chart: Chart<Kind, Points, string> | null = null;
  let room = usualRoom;
  const crosshair: Plugin<Kind> = {
    id: "crosshair",
    beforeDatasetsDraw: (drawn) => drawMark(drawn, marked, color),
  };

  const show = (data: ChartData, zone: Zone) => {
    last = { data, zone };
    const { max, step, isWide } = axisOf(data);
    room = isWide ? wideRoom : usualRoom;
    chart ??= new Chart<Kind, Points, string>(
      canvas,
      configuration(crosshair, data, { ...options, room: () => room }),
    );
    const y = chart.options.scales?.["y"];
    const x = chart.options.scales?.["x"];
    if (y?.type === "linear" && y.ticks && y.grid) {
      y.max = max;
      y.ticks.stepSize = step;
      y.ticks.color = color("muted");
      y.grid.color = color("line");
    }
    if (x?.ticks) x.ticks.color = color("muted");
    chart.data = {
      labels: data.at.map((at) => formatTick(at, data.bucketSeconds, zone)),
      datasets: data.lines.map((line) => dataSet(line, data, color)),
    };
    chart.update("none");
  };

  return {
    show,
    mark(index) {
      if (index === marked) return;
      marked = index;
      chart?.draw();
    },
    recolor() {
      color = colorsAt(canvas);
      if (last) show(last.data, last.zone);
    },
    destroy: () => chart?.destroy(),
  };
}

function dataSet(line: ChartLine, data: ChartData, color: ReadColor): DataSet {
  const own = color(line.color);
  const points = line.values.map(height);
  const last = data.at.length - 1;
  if (data.shape === "lines") {
    return {
      type: "line",
      label: line.label,
      data: points,
      borderColor: own,
      backgroundColor: own,
      borderWidth: 1.75,
      pointRadius: ({ dataIndex }) => isAlone(points, dataIndex) ? 2 : 0,
      pointHoverRadius: 0,
      segment: {
        borderDash: ({ p1DataIndex }) => data.open && p1DataIndex === last ? [3, 3] : undefined,
      },
    };
  }
  const unfinished = hatched(own, color("surface"));
  const paint = ({ dataIndex }: { dataIndex: number }) =>
    data.open && dataIndex === last ? unfinished : own;
  return {
    type: "bar",
    label: line.label,
    data: points,
    backgroundColor: paint,
    hoverBackgroundColor: paint,
    barPercentage: 1,
    categoryPercentage: barShare,
  };
}

function isAlone(points: Points, index: number): boolean {
  return (points[index - 1] ?? null) === null && (points[index + 1] ?? null) === null;
}

function configuration(
  crosshair: Plugin<Kind>,
  data: ChartData,
  { onPoint, onPick, room }: LiveChartOptions & { readonly room: () => number },
): ChartConfiguration<Kind, Points, string> {
  const at = (chart: Chart, event: { x: number | null }) => bucketAt(chart, event.x);
  return {
    type: data.shape === "bars" ? "bar" : "line",
    data: { labels: [], datasets: [] },
    plugins: [crosshair, {
      id: "leave",
      afterEvent: (_, { event }) => {
        if (event.type === "mouseout") onPoint(null);
      },
    }],
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      layout: { padding: { top: 8 } },
      events: ["mousemove", "mouseout", "click"],
      onHover: (event, _, chart) => onPoint(at(chart, event)),
      onClick: (event, _, chart) => {
        const index = at(chart, event);
        if (index !== null) onPick(index);
      },
      scales: {
        x: {
          type: "category",
          // Lines stand in the middle of their bucket, where the bars of the other charts are.
          offset: true,
          stacked: data.shape === "bars",
          border: { display: false },
          grid: { display: false },
          afterFit: (scale) => {
            scale.height = footHeight;
          },
          ticks: {
            autoSkip: false,
            maxRotation: 0,
            // An arrow function has no chart: the library gives it as `this` alone.
            callback(_, index) {
              const fit = Math.floor((this.chart.width - room()) / labelWidth);
              return thinLabels(this.chart.data.labels?.map(String) ?? [], fit)[index];
            },
            font: { size: 12, lineHeight: 1, family: getComputedStyle(document.body).fontFamily },
          },
        },
        y: {
          type: "linear",
          stacked: data.shape === "bars",
          min: 0,
          border: { display: false },
          grid: { drawTicks: false },
          ticks: {
            callback: (value) => axisValue(data.unit, Number(value)),
            font: { size: 12, family: getComputedStyle(document.body).fontFamily },
            padding: 8,
          },
          afterFit: (scale) => {
            scale.width = room();
          },
        },
      },
    },
  };
}

function bucketAt(chart: Chart, x: number | null): number | null {
  const { left, right, width } = chart.chartArea;
  const count = chart.data.labels?.length ?? 0;
  if (x === null || x < left || x > right || count === 0) return null;
  return Math.min(count - 1, Math.floor((x - left) / (width / count)));
}

function drawMark(chart: Chart, index: number | null, color: ReadColor): void {
  const count = chart.data.labels?.length ?? 0;
  if (index === null || index >= count) return;
  const { left, top, width, height } = chart.chartArea;
  chart.ctx.fillStyle = color("hover");
  chart.ctx.fillRect(left + index * width / count, top, width / count, height);
}
