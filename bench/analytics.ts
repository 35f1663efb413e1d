/**
 * The analytics over many calls: each question with the sums by minute, hour and day, and without them.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import type { Analytics, Range } from "@/core/analytics/contract.ts";
import { type CacheAnalytics, createCacheAnalytics } from "@/core/analytics/cache_analytics.ts";
import { type CostAnalytics, createCostAnalytics } from "@/core/analytics/cost_analytics.ts";
import { createOverview, type ReadOverview } from "@/core/analytics/overview/overview.ts";
import { lastBuckets } from "@/core/analytics/range.ts";
import type { CallsOptions } from "@/core/analytics/source.ts";
import { createTraceAnalytics, type TraceAnalytics } from "@/core/analytics/trace_analytics.ts";
import { rareWord } from "./seeded_calls.ts";
import type { BenchTable } from "./table.ts";

export interface AnalyticsBenchOptions {
  readonly store: ClickHouseStore;
  readonly project: string;
  readonly rows: number;
  /** Times each question is asked after a first one. */
  readonly rounds: number;
  readonly now: number;
  /** Processor time that ClickHouse has used so far, in milliseconds. */
  readonly cpuMs: () => Promise<number>;
  readonly log: (line: string) => void;
}

/** What is asked, either with the sums or without them. */
interface Readers {
  readonly analytics: Analytics;
  readonly overview: ReadOverview;
  readonly cache: CacheAnalytics;
  readonly traces: TraceAnalytics;
  readonly costs: CostAnalytics;
}

interface Question {
  readonly name: string;
  /** Milliseconds that 95 of 100 answers may take at a million calls. */
  readonly goal?: number;
  readonly ask: (readers: Readers) => Promise<unknown>;
}

export async function benchAnalytics(options: AnalyticsBenchOptions): Promise<BenchTable> {
  const { rows, rounds, log, cpuMs } = options;
  const store = patient(options.store);
  const withSums = readersOf(store, options.now, {});
  const without = readersOf(store, options.now, { rollups: false });
  const lines: string[][] = [];
  for (const { name, goal, ask } of await questions(options, withSums.analytics)) {
    log(`${rows} calls: ${name}`);
    // In turns: what else the machine does meets both.
    const times: [number[], number[]] = [[], []];
    const used: [number, number] = [0, 0];
    for (let round = -1; round < rounds; round++) {
      for (const [i, readers] of [withSums, without].entries()) {
        const [begun, before] = [performance.now(), await cpuMs()];
        await ask(readers);
        if (round < 0) continue;
        times[i]?.push(performance.now() - begun);
        used[i === 0 ? 0 : 1] += await cpuMs() - before;
      }
    }
    const [sums, bare] = times;
    const cpu = used.map((all) => (all / rounds).toFixed(0));
    lines.push([
      name,
      ...[0.5, 0.95].map((share) => percentile(sums, share)),
      cpu[0] ?? "",
      ...[0.5, 0.95].map((share) => percentile(bare, share)),
      cpu[1] ?? "",
      goal === undefined || rows !== 1_000_000 ? "" : `${goal}`,
    ]);
  }
  return {
    title: `Analytics over ${rows.toLocaleString("en")} calls, milliseconds`,
    columns: [
      "question",
      "p50",
      "p95",
      "CPU",
      "p50 without sums",
      "p95 without sums",
      "CPU without sums",
      "goal p95",
    ],
    rows: lines,
    notes: [
      `Calls of 30 days in one project, embedded ClickHouse, ${rounds} times each after a first one.`,
      "CPU is the engine's processor time for one answer, which other load on the machine hardly changes.",
      "Ranges with fewer than 300,000 calls are read without the sums: there both columns are the same.",
      "Lists take their total alone from the sums.",
    ],
  };
}

/** Ten million calls are read without their sums for longer than a page would wait. */
function patient(store: ClickHouseStore): ClickHouseStore {
  return {
    ...store,
    query: (sql, params, options) => store.query(sql, params, { timeout: 600_000, ...options }),
  };
}

function readersOf(store: ClickHouseStore, now: number, sources: CallsOptions): Readers {
  const analytics = createAnalytics(store, sources);
  return {
    analytics,
    overview: createOverview(store, analytics, sources),
    cache: createCacheAnalytics(store, sources),
    traces: createTraceAnalytics(store),
    costs: createCostAnalytics({
      store,
      prices: () => Promise.reject(new Error("Nobody asks for prices here.")),
      now: () => now,
    }),
  };
}

async function questions(
  { project, now }: AnalyticsBenchOptions,
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
    ask: ({ analytics }) => analytics.logs(project, { limit: 50, ...query }),
  });
  return [
    {
      name: "overview, 30 days beside those before",
      goal: 300,
      ask: ({ overview }) => overview(project, { ...days, filters: {}, compare: true, now }),
    },
    {
      name: "overview, 24 hours beside those before",
      goal: 300,
      ask: ({ overview }) => overview(project, { ...today, filters: {}, compare: true, now }),
    },
    {
      name: "`stats`, 30 days",
      ask: ({ analytics }) => analytics.stats(project, { range: month }),
    },
    {
      name: "`stats`, 24 hours",
      ask: ({ analytics }) => analytics.stats(project, { range: today.range }),
    },
    {
      name: "`timeseries`, requests, 30 days",
      ask: ({ analytics }) => analytics.timeseries(project, { ...days, metric: "requests" }),
    },
    {
      name: "`timeseries`, cost by model, 30 days",
      ask: ({ analytics }) =>
        analytics.timeseries(project, { ...days, metric: "cost", groupBy: "model" }),
    },
    {
      name: "`timeseries`, p95, 30 days",
      ask: ({ analytics }) => analytics.timeseries(project, { ...days, metric: "p95" }),
    },
    {
      name: "`timeseries`, p95, 7 days by 6 hours",
      ask: ({ analytics }) => analytics.timeseries(project, { ...week, metric: "p95" }),
    },
    {
      name: "`breakdown` by model, 30 days",
      ask: ({ analytics }) => analytics.breakdown(project, { range: month, by: "model" }),
    },
    {
      name: "`breakdown` by user, 30 days",
      ask: ({ analytics }) => analytics.breakdown(project, { range: month, by: "user" }),
    },
    {
      name: "`breakdown` by property, 30 days",
      ask: ({ analytics }) => analytics.breakdown(project, { range: month, by: "property.team" }),
    },
    {
      name: "`timeseries`, cost by user, 30 days",
      ask: ({ analytics }) =>
        analytics.timeseries(project, { ...days, metric: "cost", groupBy: "user" }),
    },
    {
      name: "names of properties, 30 days",
      ask: ({ analytics }) => analytics.properties(project, { range: month }),
    },
    {
      name: "calls without a price, 30 days",
      ask: ({ costs }) => costs.unpriced(project, { range: month }),
    },
    {
      name: "the cache's figures, 30 days",
      ask: ({ cache }) => cache.figures(project, { range: month }),
    },
    {
      name: "what breaks hits, by part, 30 days",
      ask: ({ cache }) => cache.misses(project, { range: month, by: "component" }),
    },
    {
      name: "what breaks hits, by field, 30 days",
      ask: ({ cache }) => cache.misses(project, { range: month, by: "path" }),
    },
    { name: "users, 30 days", ask: ({ traces }) => traces.users(project, { range: month }) },
    { name: "models, 30 days", ask: ({ traces }) => traces.models(project, { range: month }) },
    { name: "sessions, 30 days", ask: ({ traces }) => traces.sessions(project, { range: month }) },
    { name: "traces, 30 days", ask: ({ traces }) => traces.traces(project, { range: month }) },
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
      ask: ({ analytics }) => analytics.event(project, id),
    },
  ];
}

export function percentile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0)
    .toFixed(0);
}
