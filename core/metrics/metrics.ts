/**
 * Counters, histograms and gauges in Prometheus' text format. Labels are few and fixed by the code that
 * makes them: never a project, a user or a model, whose number nobody bounds.
 *
 * @module
 */

export interface Counter {
  add(labels?: Labels, by?: number): void;
}

export interface Histogram {
  /** @param seconds a duration in seconds, Prometheus' base unit */
  observe(seconds: number): void;
}

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
}

export interface Metrics {
  counter(name: string, help: string): Counter;
  histogram(name: string, help: string, bounds?: readonly number[]): Histogram;
  /** Read when asked for; one that throws is left out, the others stand. */
  gauge(
    name: string,
    help: string,
    read: () => readonly Sample[] | Promise<readonly Sample[]>,
  ): void;
  /** Everything in text format, version 0.0.4. */
  text(): Promise<string>;
}

type Family = () => Promise<readonly string[]>;

const latencyBounds = [
  0.000_5,
  0.001,
  0.002_5,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  10,
];

/**
 * A registry of its own: nothing is global.
 *
 * @example
 * ```ts
 * import { createMetrics } from "@/core/metrics/metrics.ts";
 * import { expect } from "expect";
 *
 * const metrics = createMetrics();
 * metrics.counter("requests_total", "Requests.").add({ status: "200" });
 * expect(await metrics.text()).toContain('requests_total{status="200"} 1');
 * ```
 */
export function createMetrics(): Metrics {
  const families: Family[] = [];
  const head = (name: string, help: string, type: string) => [
    `# HELP ${name} ${help.replaceAll("\n", " ")}`,
    `# TYPE ${name} ${type}`,
  ];

  return {
    counter(name, help) {
      const counts = new Map<string, number>();
      families.push(() =>
        Promise.resolve([
          ...head(name, help, "counter"),
          ...[...counts].map(([labels, count]) => `${name}${labels} ${count}`),
        ])
      );
      return {
        add(labels = {}, by = 1) {
          const written = writeLabels(labels);
          counts.set(written, (counts.get(written) ?? 0) + by);
        },
      };
    },
    histogram(name, help, bounds = latencyBounds) {
      const counts = bounds.map(() => 0);
      let sum = 0;
      let count = 0;
      families.push(() =>
        Promise.resolve([
          ...head(name, help, "histogram"),
          ...bounds.map((bound, i) => `${name}_bucket{le="${bound}"} ${counts[i]}`),
          `${name}_bucket{le="+Inf"} ${count}`,
          `${name}_sum ${sum}`,
          `${name}_count ${count}`,
        ])
      );
      return {
        observe(seconds) {
          sum += seconds;
          count++;
          bounds.forEach((bound, i) => {
            if (seconds <= bound) counts[i] = (counts[i] ?? 0) + 1;
          });
        },
      };
    },
    gauge(name, help, read) {
      families.push(async () => {
        const samples = await read();
        return [
          ...head(name, help, "gauge"),
          ...samples.map(({ value, labels = {} }) => `${name}${writeLabels(labels)} ${value}`),
        ];
      });
    },
    async text() {
      const read = await Promise.allSettled(families.map((family) => family()));
      const lines = read.flatMap((result) => result.status === "fulfilled" ? result.value : []);
      return `${lines.join("\n")}\n`;
    },
  };
}

function writeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
    return `${name}="${escaped}"`;
  });
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}
