/**
 * The analytics over many calls: each question with the sums by minute, hour and day, and without them.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import type { Analytics, Range } from "@/core/analytics/contract.ts";
import { createOverview } from "@/core/analytics/overview/overview.ts";
import { lastBuckets } from "@/core/analytics/range.ts";
import { rareWord } from "./seed.ts";
import type { BenchTable } from "./table.ts";

export interface AnalyticsBenchOptions {
  readonly store: ClickHouseStore;
  readonly project: string;
  readonly rows: number;
  /** Times each question is asked after a first one. */
  readonly rounds: number;
  readonly now: number;
  readonly log: (line: string) => void;
}

interface Question {
  readonly name: string;
  /** Milliseconds that 95 of 100 answers may take at a million calls. */
  readonly goal?: number;
  readonly ask: (analytics: Analytics) => Promise<unknown>;
}

export async function benchAnalytics(options: AnalyticsBenchOptions): Promise<BenchTable> {
  const { store, rows, rounds, log } = options;
  const withSums = createAnalytics(store);
  const without = createAnalytics(store, { rollups: false });
  const lines: string[][] = [];
  for (const { name, goal, ask } of await questions(options, withSums)) {
    log(`${rows} calls: ${name}`);
    // In turns: what else the machine does meets both.
    const times: [number[], number[]] = [[], []];
    for (let round = -1; round < rounds; round++) {
      for (const [i, analytics] of [withSums, without].entries()) {
        const begun = performance.now();
        await ask(analytics);
        if (round >= 0) times[i]?.push(performance.now() - begun);
      }
    }
    const [sums, bare] = times;
    lines.push([
      name,
      ...[0.5, 0.95].map((share) => percentile(sums, share)),
      ...[0.5, 0.95].map((share) => percentile(bare, share)),
      goal === undefined || rows !== 1_000_000 ? "" : `${goal}`,
    ]);
  }
  return {
    title: `Analytics over ${rows.toLocaleString("en")} calls, milliseconds`,
    columns: ["question", "p50", "p95", "p50 without sums", "p95 without sums", "goal p95"],
    rows: lines,
    notes: [
      `Calls of 30 days in one project, embedded ClickHouse, ${rounds} times each after a first one.`,
      "Ranges with fewer than 300,000 calls are read without the sums: there both columns are the same.",
      "Lists take their total alone from the sums.",
    ],
  };
}

async function questions(
  { store, project, now }: AnalyticsBenchOptions,
  analytics: Analytics,
): Promise<Question[]> {
  const month: Range = {
    from: new Date(now - 30 * 86_400_000).toISOString(),
    to: new Date(now).toISOString(),
  };
  const [days, week, today] = (["30d", "7d", "24h"] as const).map((period) =>
    lastBuckets(period, now)
  );
  if (!days || !week || !today) throw new Error("There are three periods.");
  const { logs } = await analytics.logs(project, { limit: 50 });
  const id = logs.at(-1)?.event_id ?? "";
  const list = (name: string, goal: number, query: Parameters<Analytics["logs"]>[1]): Question => ({
    name,
    goal,
    ask: (analytics) => analytics.logs(project, { limit: 50, ...query }),
  });
  return [
    {
      name: "overview, 30 days beside those before",
      goal: 300,
      ask: (analytics) =>
        createOverview(store, analytics)(project, { ...days, filters: {}, compare: true, now }),
    },
    {
      name: "overview, 24 hours beside those before",
      goal: 300,
      ask: (analytics) =>
        createOverview(store, analytics)(project, { ...today, filters: {}, compare: true, now }),
    },
    {
      name: "`stats`, 30 days",
      ask: (analytics) => analytics.stats(project, { range: month }),
    },
    {
      name: "`stats`, 24 hours",
      ask: (analytics) => analytics.stats(project, { range: today.range }),
    },
    {
      name: "`timeseries`, requests, 30 days",
      ask: (analytics) => analytics.timeseries(project, { ...days, metric: "requests" }),
    },
    {
      name: "`timeseries`, cost by model, 30 days",
      ask: (analytics) =>
        analytics.timeseries(project, { ...days, metric: "cost", groupBy: "model" }),
    },
    {
      name: "`timeseries`, p95, 30 days",
      ask: (analytics) => analytics.timeseries(project, { ...days, metric: "p95" }),
    },
    {
      name: "`timeseries`, p95, 7 days by 6 hours",
      ask: (analytics) => analytics.timeseries(project, { ...week, metric: "p95" }),
    },
    {
      name: "`breakdown` by model, 30 days",
      ask: (analytics) => analytics.breakdown(project, { range: month, by: "model" }),
    },
    {
      name: "`breakdown` by user, 30 days",
      ask: (analytics) => analytics.breakdown(project, { range: month, by: "user" }),
    },
    list("`logs`, latest", 250, {}),
    list("`logs`, two filters: model, errors", 250, {
      filters: { model: ["gpt-4o"], status: ["error"] },
    }),
    list("`logs`, two filters: user, cache", 250, {
      filters: { user_id: ["user-900"], cache: ["HIT"] },
    }),
    list("`logs`, search: a rare word", 1_000, { filters: { q: rareWord } }),
    list("`logs`, search: a common word", 1_000, { filters: { q: "refund" } }),
    list("`logs`, search: three common words", 1_000, { filters: { q: "refund urgent invoice" } }),
    list("`logs`, search: no Latin letters", 1_000, { filters: { q: "größe" } }),
    {
      name: "`event`",
      ask: (analytics) => analytics.event(project, id),
    },
  ];
}

export function percentile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0)
    .toFixed(0);
}
