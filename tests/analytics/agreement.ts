/**
 * Whether the sums by minute, hour and day say the same as the calls: every question is asked both ways,
 * and the answers must be equal to the digit.
 *
 * @module
 */
import { expect } from "expect";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { createOverview, type ReadOverview } from "@/core/analytics/overview/overview.ts";
import type { CallsOptions } from "@/core/analytics/source.ts";
import type { Analytics, Filters, GroupBy, Range } from "@/core/analytics/contract.ts";
import type { Store } from "@/core/analytics/store.ts";
import { metricSchema } from "@/core/analytics/types.ts";

/** How often each table of sums was read. */
export type Used = Map<string, number>;

interface Question {
  readonly name: string;
  readonly ask: (ways: Ways) => Promise<unknown>;
}

interface Ways {
  readonly analytics: Analytics;
  readonly overview: ReadOverview;
}

const groups: readonly (GroupBy | undefined)[] = [
  undefined,
  "model",
  "provider",
  "status",
  "cache",
  "user",
  "key",
  "property.team",
];
const filters: readonly Filters[] = [
  {},
  { provider: ["openai", "google"] },
  { model: ["gpt-4o", ""], cache: ["MISS", "HIT"] },
  { status: ["error", "aborted"] },
  // The sums can't answer this one.
  { user_id: ["user 1"], status: ["4xx"] },
];

/** Questions that are asked each time; the next time others are. */
const askedAtOnce = 8;
let asked = 0;

/** Asks some questions of a range, in turn all of them, with both readers. */
export async function expectAgreement(
  store: ClickHouseStore,
  project: string,
  range: Range,
  used: Used = new Map(),
): Promise<void> {
  const sums = waysOf(counting(store, used), { rollups: { fewestCalls: 0 } });
  const rows = waysOf(store, { rollups: false });
  const { overviews, others } = questions(project, range);
  // Steps of a prime: neighbours in the list are alike.
  const some = Array.from({ length: askedAtOnce }, () => others[(asked++ * 37) % others.length]);
  // Every second time without a filter, which is when it reads what is kept by day.
  const round = asked / askedAtOnce;
  some.push(overviews[round % 2 === 0 ? 0 : round % overviews.length]);
  // Whatever the turn, one that reads days.
  some.push(others.find(({ name }) => name === "stats 0"));
  for (const question of some) {
    if (!question) continue;
    const { name, ask } = question;
    const [bySums, byRows] = await Promise.all([ask(sums), ask(rows)]);
    expect({ name, answer: bySums }).toEqual({ name, answer: byRows });
  }
}

function waysOf(store: Store, options: CallsOptions): Ways {
  const analytics = createAnalytics(store, options);
  return { analytics, overview: createOverview(store, analytics, options) };
}

function questions(project: string, range: Range) {
  const overviews: Question[] = filters.map((filters, i) => ({
    name: `overview ${i}`,
    ask: ({ overview }: Ways) =>
      overview(project, {
        range,
        filters,
        bucketSeconds: 86_400,
        compare: true,
        now: Date.parse(range.to),
      }),
  }));
  const others: Question[] = filters.flatMap((filters, i) => [
    {
      name: `properties ${i}`,
      ask: ({ analytics }: Ways) => analytics.properties(project, { range, filters }),
    },
    {
      name: `stats ${i}`,
      ask: ({ analytics }: Ways) => analytics.stats(project, { range, filters }),
    },
    ...groups.flatMap((groupBy) =>
      // Few buckets by day, many by minute: each metric in one width, each width with every kind.
      metricSchema.options.map((metric, n) => {
        const bucketSeconds = [86_400, 21_600, 3_600, 1_800][(n + i) % 4] ?? 3_600;
        const query = {
          range,
          filters,
          metric,
          bucketSeconds,
          ...(groupBy && { groupBy }),
          top: 3,
        };
        return {
          name: `${metric} by ${groupBy} each ${bucketSeconds} s, filter ${i}`,
          ask: ({ analytics }: Ways) => analytics.timeseries(project, query),
        };
      })
    ),
    ...groups.filter((by) => by !== undefined).map((by) => ({
      name: `breakdown by ${by}, filter ${i}`,
      ask: ({ analytics }: Ways) => analytics.breakdown(project, { range, filters, by, limit: 5 }),
    })),
  ]);
  return { overviews, others };
}

function counting(store: ClickHouseStore, used: Used): Store {
  return {
    query(sql, params, options) {
      for (const [, table = ""] of sql.matchAll(/FROM (\w+_by_\w+|events) /g)) {
        used.set(table, (used.get(table) ?? 0) + 1);
      }
      return store.query(sql, params, options);
    },
    stream: (sql, params, options) => store.stream(sql, params, options),
  };
}
