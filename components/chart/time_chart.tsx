/**
 * A chart over time, for every page: drawn still by the server, live in the browser, readable by
 * pointer, by arrow keys and as a table. Charts of one page share their crosshair. Clicking a bucket
 * leads to where `pick` says.
 *
 * @module
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatBucket, formatTick, type Zone } from "../zone.ts";
import { ChartTable } from "./chart_table.tsx";
import { pointedAt } from "./crosshair.ts";
import { axisOf, type ChartData, type ChartLine, formatValue, isEmpty } from "./data.ts";
import type { LiveChart } from "./draw.ts";
import { useSteadyLines } from "./steady_lines.ts";
import { StillChart } from "./still.tsx";

export interface TimeChartProps {
  /** What the chart is of, for screen readers, e.g. `Spend by model`. */
  readonly name: string;
  readonly data: ChartData;
  readonly zone: Zone;
  /** Where a bucket leads: its beginning and its end, ISO UTC. */
  readonly pick?: (from: string, to: string) => string;
  readonly size?: "small" | "large";
  /** What is said in the place of lines when there is none. */
  readonly empty?: string;
}

export function TimeChart(props: TimeChartProps) {
  const { name, data: latest, zone, pick, size = "small", empty = "No calls." } = props;
  const lines = useSteadyLines(latest);
  const data = useMemo(() => lines, [latest]);
  const { at, bucketSeconds } = data;
  const reading = useReading(data, pick);
  const { ready, canvas } = useLiveChart(data, zone, reading);
  const bucket = reading.index === null ? undefined : at[reading.index];
  const axis = axisOf(data);
  const valueNow = reading.index ?? Math.max(0, at.length - 1);

  return (
    <div class="time-chart">
      <Legend data={data} index={reading.index} zone={zone} />
      <div
        class={["plot", size, ready && "drawn", pick && "picks", axis.isWide && "wide-axis"]
          .filter(Boolean).join(" ")}
        role="slider"
        tabindex={0}
        aria-label={`${name}: time`}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, at.length - 1)}
        aria-valuenow={valueNow}
        aria-valuetext={bucketText(data, valueNow, zone)}
        data-bucket={bucket && formatBucket(bucket, bucketSeconds, zone)}
        onKeyDown={reading.onKeyDown}
        onBlur={reading.release}
      >
        <div class="axis small muted num" aria-hidden="true">
          {axis.labels.map((label) => <span key={label}>{label}</span>)}
        </div>
        <StillChart data={data} max={axis.max} />
        <p class="ends small muted num" aria-hidden="true">
          <span>{tick(at[0], bucketSeconds, zone)}</span>
          <span>{tick(at.at(-1), bucketSeconds, zone)}</span>
        </p>
        <canvas ref={canvas} aria-hidden="true" />
        {isEmpty(data) && <p class="plot-empty small muted">{empty}</p>}
      </div>
      <ChartTable name={name} data={data} zone={zone} />
    </div>
  );
}

/** As many names, and what they say of a bucket, stand in one row. */
const fewLines = 3;

/** The lines by name, with their values while a bucket is read; its time stands in the card's head. */
function Legend({ data, index, zone }: { data: ChartData; index: number | null; zone: Zone }) {
  const at = index === null ? undefined : data.at[index];
  return (
    <div class={`legend ${data.lines.length <= fewLines ? "few" : ""} small num`}>
      <ul role="list">
        {data.lines.map((line) => (
          <li key={line.label}>
            <LineName line={line} />
            {index !== null && (
              <span class="text">{formatValue(data.unit, line.values[index] ?? null)}</span>
            )}
          </li>
        ))}
      </ul>
      <strong>{at && formatBucket(at, data.bucketSeconds, zone)}</strong>
    </div>
  );
}

function LineName({ line: { label, color, href } }: { line: ChartLine }) {
  const name = <bdi class="ellipsis">{label}</bdi>;
  return href
    ? <a class={`key ${color}`} href={href} title={label}>{name}</a>
    : <span class={`key ${color}`} title={label}>{name}</span>;
}

function bucketText(data: ChartData, index: number, zone: Zone): string {
  const at = data.at[index];
  if (!at) return "no buckets";
  const values = data.lines.map(({ label, values }) =>
    `${label} ${formatValue(data.unit, values[index] ?? null)}`
  );
  return `${formatBucket(at, data.bucketSeconds, zone)}: ${values.join(", ")}`;
}

function tick(at: string | undefined, seconds: number, zone: Zone): string {
  return at ? formatTick(at, seconds, zone) : "";
}

/** Which bucket is being read, by pointer or keys, here or in another chart of the page. */
function useReading({ at, bucketSeconds }: ChartData, pick: TimeChartProps["pick"]) {
  // By time, so that the choice stays with its bucket while the chart moves on.
  const found = at.findIndex((time) => time === pointedAt.value);
  const index = found < 0 ? null : found;
  const point = (to: number | null) => {
    pointedAt.value = to === null ? null : at[to] ?? null;
  };
  const open = (which: number) => {
    const from = at[which];
    if (!pick || !from) return;
    location.assign(pick(from, new Date(Date.parse(from) + bucketSeconds * 1_000).toISOString()));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const last = at.length - 1;
    const from = index ?? last + 1;
    const to = {
      ArrowLeft: Math.max(0, from - 1),
      ArrowDown: Math.max(0, from - 1),
      ArrowRight: Math.min(last, from + 1),
      ArrowUp: Math.min(last, from + 1),
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === "Escape") point(null);
    if (event.key === "Enter" && index !== null) open(index);
    if (to === undefined) return;
    event.preventDefault();
    point(to);
  };
  return { index, point, open, onKeyDown, release: () => point(null) };
}

/** Loads the library once the page stands, and follows the theme. */
function useLiveChart(data: ChartData, zone: Zone, reading: ReturnType<typeof useReading>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<LiveChart | null>(null);
  const [ready, setReady] = useState(false);
  const latest = useRef(reading);
  latest.current = reading;

  useEffect(() => {
    let gone = false;
    const recolor = () => chart.current?.recolor();
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const theme = new MutationObserver(recolor);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    scheme.addEventListener("change", recolor);
    import("./draw.ts").then(({ createLiveChart }) => {
      if (gone || !canvas.current) return;
      chart.current = createLiveChart({
        canvas: canvas.current,
        onPoint: (index) => latest.current.point(index),
        onPick: (index) => latest.current.open(index),
      });
      setReady(true);
    });
    return () => {
      gone = true;
      theme.disconnect();
      scheme.removeEventListener("change", recolor);
      chart.current?.destroy();
      chart.current = null;
    };
  }, []);

  useEffect(() => chart.current?.show(data, zone), [data, zone, ready]);
  useEffect(() => chart.current?.mark(reading.index), [reading.index, ready]);
  return { ready, canvas };
}
