/**
 * The chart card: requests above cost on one time axis. The server draws it still; in the browser the
 * live charts take its place. A bucket is read by pointer or arrow keys, and everything is in a table.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { exactCount, formatCount } from "./format.ts";
import { axisUsd, exactUsd, formatUsd } from "./money.ts";
import type { Bucket, Series } from "./overview_data.ts";
import { scaleOf } from "./scale.ts";
import { StillChart } from "./still_chart.tsx";
import type { TrafficChart } from "./traffic_chart.ts";
import { TrafficTable } from "./traffic_table.tsx";
import { formatBucket, formatTick, type Zone } from "./zone.ts";

export function Traffic({ series, zone }: { series: Series; zone: Zone }) {
  const { buckets, bucketSeconds } = series;
  const reading = useReading(buckets);
  const { chart, ready, requestsRef, costRef } = useTrafficChart(reading);
  const bucket = reading.index === null ? undefined : buckets[reading.index];

  useEffect(() => chart.current?.show(series, zone), [series, zone, ready]);
  useEffect(() => chart.current?.mark(reading.index), [reading.index, ready]);

  const counts = scaleOf(buckets.map((b) => b.requests), "counts");
  const amounts = scaleOf(buckets.map((b) => Number(b.cost)), "amounts");

  return (
    <>
      <Readout bucket={bucket} bucketSeconds={bucketSeconds} zone={zone} />
      <div
        class={ready ? "charts drawn" : "charts"}
        role="slider"
        tabindex={0}
        aria-label="Time bucket"
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, buckets.length - 1)}
        aria-valuenow={reading.index ?? Math.max(0, buckets.length - 1)}
        aria-valuetext={bucketText(bucket ?? buckets.at(-1), bucketSeconds, zone)}
        onKeyDown={reading.onKeyDown}
        onBlur={reading.release}
      >
        <Plot kind="requests" top={formatCount(counts.max)} middle={formatCount(counts.step)}>
          <StillChart
            max={counts.max}
            openEnd
            bars={buckets.map(({ requests, errors }) => [
              { value: requests - errors, color: "series-1" },
              { value: errors, color: "series-error" },
            ])}
          />
          <canvas ref={requestsRef} aria-hidden="true" />
        </Plot>
        <Plot kind="cost" top={axisUsd(amounts.max)} middle={axisUsd(amounts.step)}>
          <StillChart
            max={amounts.max}
            openEnd
            bars={buckets.map(({ cost }) => [{ value: Number(cost), color: "series-2" }])}
          />
          <canvas ref={costRef} aria-hidden="true" />
          <p class="ends small muted num" aria-hidden="true">
            <span>{tick(buckets[0], bucketSeconds, zone)}</span>
            <span>{tick(buckets.at(-1), bucketSeconds, zone)}</span>
          </p>
        </Plot>
      </div>
      <TrafficTable series={series} zone={zone} />
    </>
  );
}

interface PlotProps {
  readonly kind: "requests" | "cost";
  readonly top: string;
  readonly middle: string;
  readonly children: preact.ComponentChildren;
}

function Plot({ kind, top, middle, children }: PlotProps) {
  return (
    <div class={`plot ${kind}`}>
      <div class="axis small muted num" aria-hidden="true">
        <span>{top}</span>
        <span>{middle}</span>
        <span>{kind === "cost" ? "$0" : "0"}</span>
      </div>
      {children}
    </div>
  );
}

interface ReadoutProps {
  readonly bucket: Bucket | undefined;
  readonly bucketSeconds: number;
  readonly zone: Zone;
}

function Readout({ bucket, bucketSeconds, zone }: ReadoutProps) {
  return (
    <div class="readout small num">
      {bucket
        ? (
          <>
            <strong>{formatBucket(bucket.at, bucketSeconds, zone)}</strong>
            <span class="key series-1">
              {exactCount(bucket.requests - bucket.errors)} succeeded
            </span>
            <span class="key series-error">{exactCount(bucket.errors)} failed</span>
            <span class="key series-2" title={exactUsd(bucket.cost)}>{formatUsd(bucket.cost)}</span>
          </>
        )
        : (
          <>
            <span class="key series-1">Succeeded</span>
            <span class="key series-error">Failed</span>
            <span class="key series-2">Cost</span>
            <span class="key open">Not over yet</span>
          </>
        )}
    </div>
  );
}

function bucketText(bucket: Bucket | undefined, seconds: number, zone: Zone): string {
  if (!bucket) return "no buckets";
  return `${formatBucket(bucket.at, seconds, zone)}: ${exactCount(bucket.requests)} requests, ` +
    `${exactCount(bucket.errors)} failed, ${formatUsd(bucket.cost)}`;
}

function tick(bucket: Bucket | undefined, seconds: number, zone: Zone): string {
  return bucket ? formatTick(bucket.at, seconds, zone) : "";
}

/** Which bucket is being read: the one under the pointer, else the one that was picked. */
function useReading(buckets: readonly Bucket[]) {
  const [pointed, setPointed] = useState<number | null>(null);
  // By time, so that the choice stays with its bucket while the chart moves on.
  const [pickedAt, setPickedAt] = useState<string | null>(null);
  const found = buckets.findIndex(({ at }) => at === pickedAt);
  const picked = found < 0 ? null : found;
  const pick = (index: number) => setPickedAt(buckets[index]?.at ?? null);

  const onKeyDown = (event: KeyboardEvent) => {
    const last = buckets.length - 1;
    const from = picked ?? last + 1;
    const to = {
      ArrowLeft: Math.max(0, from - 1),
      ArrowDown: Math.max(0, from - 1),
      ArrowRight: Math.min(last, from + 1),
      ArrowUp: Math.min(last, from + 1),
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === "Escape") setPickedAt(null);
    if (to === undefined) return;
    event.preventDefault();
    pick(to);
  };

  return {
    index: pointed ?? picked,
    onPoint: setPointed,
    onPick: (index: number) =>
      setPickedAt((at) => at === buckets[index]?.at ? null : buckets[index]?.at ?? null),
    onKeyDown,
    release: () => setPickedAt(null),
  };
}

/** Loads the charts once the page stands, and follows the theme. */
function useTrafficChart(reading: Pick<ReturnType<typeof useReading>, "onPoint" | "onPick">) {
  const requestsRef = useRef<HTMLCanvasElement>(null);
  const costRef = useRef<HTMLCanvasElement>(null);
  const chart = useRef<TrafficChart | null>(null);
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
    import("./traffic_chart.ts").then(({ createTrafficChart }) => {
      if (gone || !requestsRef.current || !costRef.current) return;
      chart.current = createTrafficChart({
        requests: requestsRef.current,
        cost: costRef.current,
        onPoint: (index) => latest.current.onPoint(index),
        onPick: (index) => latest.current.onPick(index),
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

  return { chart, ready, requestsRef, costRef };
}
