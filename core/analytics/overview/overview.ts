/**
 * Everything that the overview page shows of one range, in one answer.
 *
 * @module
 */
import type { Analytics, Filters, ReadOptions } from "../contract.ts";
import type { Buckets } from "../range.ts";
import { rangeBefore } from "../range_before.ts";
import { type CallsOptions, createCalls } from "../source.ts";
import type { Store } from "../store.ts";
import { attentionOf } from "./attention.ts";
import { bucketTimes, readFigures, seriesOf } from "./figures.ts";
import { modelsOf } from "./models.ts";
import { prompts } from "./prompts.ts";
import { spendByModel, spendOf } from "./spend.ts";
import { sumsOf } from "./sums.ts";
import { topValues } from "./top_values.ts";
import type { Overview } from "./types.ts";

export interface OverviewQuery extends Buckets {
  readonly filters: Filters;
  /** Whether figures of the range before are wanted. */
  readonly compare: boolean;
  /** Milliseconds since 1970: how far a range that is not over has come. */
  readonly now: number;
}

/**
 * @throws {AppError} `analytics_unavailable` while ClickHouse is away
 */
export type ReadOverview = (
  project: string,
  query: OverviewQuery,
  options?: ReadOptions,
) => Promise<Overview>;

const shownModels = 10;
const shownValues = 10;

/** What each of its parts is read from is looked up once for all of them. */
export function createOverview(
  store: Store,
  analytics: Pick<Analytics, "timeseries">,
  sources: CallsOptions = {},
): ReadOverview {
  const calls = createCalls(store, sources);
  return async (project, query, options = {}) => {
    const { range, bucketSeconds, filters, compare } = query;
    const before = rangeBefore(range, query.now);
    const now = { range, filters };
    const both = calls.foresee(project, { from: before.from, to: range.to });
    const [figures, figuresBefore, tops, topPrompts] = await Promise.all([
      readFigures(calls, project, { ...now, bucketSeconds }, options),
      readFigures(calls, project, { range: before, filters }, options),
      topValues(calls, project, now, shownValues, options),
      prompts(calls, project, now, options),
    ]).finally(both.release);
    const models = modelsOf(figures, figuresBefore);
    const spend = figures.costs
      ? spendOf(figures.costs, bucketTimes(range, bucketSeconds))
      : spendByModel(
        await analytics.timeseries(project, {
          ...now,
          bucketSeconds,
          metric: "cost",
          groupBy: "model",
        }, options),
      );
    return {
      project_id: project,
      date_from: range.from,
      date_to: range.to,
      bucket_seconds: bucketSeconds,
      now: figures.all,
      before: compare ? figuresBefore.all : null,
      series: seriesOf(figures, range, bucketSeconds),
      spend_by_model: spend,
      models: models.slice(0, shownModels),
      users: tops.user.map((row) => ({ user_id: row.content, ...sumsOf(row) })),
      properties: tops.property.map((row) => ({
        name: row.name,
        value: row.content,
        ...sumsOf(row),
      })),
      prompts: topPrompts,
      attention: attentionOf(models),
    };
  };
}
