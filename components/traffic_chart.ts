/**
 * The live charts of requests and cost, drawn by Chart.js on one time axis. Runs in the browser only.
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
  type Plugin,
} from "chart.js";
import { type ChartColors, hatched, readColors } from "./chart_colors.ts";
import { formatCount } from "./format.ts";
import { axisUsd } from "./money.ts";
import type { Series } from "./overview_data.ts";
import { scaleOf } from "./scale.ts";
import { barShare } from "./still_chart.tsx";
import { thinLabels } from "./tick_labels.ts";
import { formatTick, type Zone } from "./zone.ts";

Chart.register(BarController, BarElement, CategoryScale, LinearScale);

type BarChart = Chart<"bar", number[], string>;
type BarSet = ChartDataset<"bar", number[]>;

/** Room for the labels of the axes; the still chart's style has the same figures. */
const axisWidth = 64;
const footHeight = 28;
/** Room that a label of the time axis takes, with some air. */
const labelWidth = 64;

export interface TrafficChartOptions {
  readonly requests: HTMLCanvasElement;
  readonly cost: HTMLCanvasElement;
  /** The bucket under the pointer; null when it has left. */
  readonly onPoint: (index: number | null) => void;
  /** The bucket that was clicked. */
  readonly onPick: (index: number) => void;
}

export interface TrafficChart {
  /** Draws other figures, without animation. */
  show(series: Series, zone: Zone): void;
  /** Marks a bucket in both charts. */
  mark(index: number | null): void;
  /** Takes up the colours of a changed theme. */
  recolor(): void;
  destroy(): void;
}

export function createTrafficChart(options: TrafficChartOptions): TrafficChart {
  let marked: number | null = null;
  let colors = readColors(options.requests);
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  let last: { series: Series; zone: Zone } | null = null;
  const crosshair: Plugin<"bar"> = {
    id: "crosshair",
    beforeDatasetsDraw: (chart) => drawMark(chart, marked, colors),
  };
  const make = (canvas: HTMLCanvasElement, label: (value: number) => string, ticks: boolean) =>
    new Chart<"bar", number[], string>(canvas, configuration(crosshair, label, ticks, options));
  const requests = make(options.requests, formatCount, false);
  const cost = make(options.cost, axisUsd, true);

  function show(series: Series, zone: Zone): void {
    last = { series, zone };
    const { buckets, bucketSeconds } = series;
    const labels = buckets.map(({ at }) => formatTick(at, bucketSeconds, zone));
    draw(requests, labels, colors, "counts", [
      bars("Succeeded", buckets.map((b) => b.requests - b.errors), colors.requests, colors),
      bars("Failed", buckets.map((b) => b.errors), colors.errors, colors),
    ]);
    // Pixels only: the amounts that are read stay decimal strings.
    const amounts = buckets.map((b) => Number(b.cost));
    draw(cost, labels, colors, "amounts", [bars("Cost", amounts, colors.cost, colors)]);
  }

  return {
    show,
    mark(index) {
      if (index === marked) return;
      marked = index;
      requests.draw();
      cost.draw();
    },
    recolor() {
      colors = readColors(options.requests);
      if (last) show(last.series, last.zone);
    },
    destroy() {
      requests.destroy();
      cost.destroy();
    },
  };
}

function bars(label: string, data: number[], color: string, colors: ChartColors): BarSet {
  const open = data.length - 1;
  const fill = hatched(color, colors.surface);
  const paint = ({ dataIndex }: { dataIndex: number }) => dataIndex === open ? fill : color;
  return {
    label,
    data,
    backgroundColor: paint,
    hoverBackgroundColor: paint,
    barPercentage: 1,
    categoryPercentage: barShare,
  };
}

function draw(
  chart: BarChart,
  labels: string[],
  colors: ChartColors,
  unit: "counts" | "amounts",
  datasets: BarSet[],
): void {
  const sums = labels.map((_, index) =>
    datasets.reduce((sum, { data }) => sum + (data[index] ?? 0), 0)
  );
  const { max, step } = scaleOf(sums, unit);
  const y = chart.options.scales?.["y"];
  const x = chart.options.scales?.["x"];
  if (y?.type === "linear" && y.ticks && y.grid) {
    y.max = max;
    y.ticks.stepSize = step;
    y.ticks.color = colors.muted;
    y.grid.color = colors.line;
  }
  if (x?.ticks) x.ticks.color = colors.muted;
  chart.data = { labels, datasets };
  chart.update("none");
}

function configuration(
  crosshair: Plugin<"bar">,
  label: (value: number) => string,
  showTicks: boolean,
  { onPoint, onPick }: TrafficChartOptions,
): ChartConfiguration<"bar", number[], string> {
  const at = (chart: Chart, event: { native: Event | null }) =>
    event.native
      ? chart.getElementsAtEventForMode(event.native, "index", { intersect: false }, false)[0]
        ?.index
      : undefined;
  return {
    type: "bar",
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
      onHover: (event, _, chart) => onPoint(at(chart, event) ?? null),
      onClick: (event, _, chart) => {
        const index = at(chart, event);
        if (index !== undefined) onPick(index);
      },
      scales: {
        x: {
          type: "category",
          stacked: true,
          border: { display: false },
          grid: { display: false },
          afterFit: (scale) => {
            scale.height = showTicks ? footHeight : 0;
          },
          ticks: {
            display: showTicks,
            autoSkip: false,
            maxRotation: 0,
            // An arrow function has no chart: the library gives it as `this` alone.
            callback(_, index) {
              const room = Math.floor((this.chart.width - axisWidth) / labelWidth);
              return thinLabels(this.chart.data.labels?.map(String) ?? [], room)[index];
            },
            font: { size: 12, lineHeight: 1 },
          },
        },
        y: {
          type: "linear",
          stacked: true,
          min: 0,
          border: { display: false },
          grid: { drawTicks: false },
          ticks: { callback: (value) => label(Number(value)), font: { size: 12 }, padding: 8 },
          afterFit: (scale) => {
            scale.width = axisWidth;
          },
        },
      },
    },
  };
}

function drawMark(chart: Chart, index: number | null, colors: ChartColors): void {
  const bar = index === null ? undefined : chart.getDatasetMeta(0).data[index];
  if (!bar) return;
  const width = chart.chartArea.width / Math.max(1, chart.data.labels?.length ?? 1);
  chart.ctx.fillStyle = colors.mark;
  chart.ctx.fillRect(bar.x - width / 2, chart.chartArea.top, width, chart.chartArea.height);
}
