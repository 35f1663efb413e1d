/**
 * The analytics of one store.
 *
 * @module
 */
import type { Analytics } from "./contract.ts";
import { breakdown } from "./breakdown.ts";
import { eventDetail } from "./event.ts";
import { logRows, logs } from "./logs.ts";
import { properties } from "./properties.ts";
import { type CallsOptions, createCalls } from "./source.ts";
import { stats } from "./stats.ts";
import type { Store } from "./store.ts";
import { timeseries } from "./timeseries.ts";

/**
 * Every question takes the project first, and reads the sums instead of the calls where they hold
 * the same.
 */
export function createAnalytics(store: Store, options: CallsOptions = {}): Analytics {
  const calls = createCalls(store, options);
  return {
    stats: (project, query, options = {}) => stats(calls, project, query, options),
    timeseries: (project, query, options = {}) => timeseries(calls, project, query, options),
    breakdown: (project, query, options = {}) => breakdown(calls, project, query, options),
    properties: (project, query, options = {}) => properties(calls, project, query, options),
    logs: (project, query, options = {}) => logs(calls, project, query, options),
    event: (project, eventId, options = {}) => eventDetail(store, project, eventId, options),
    rows: (project, query, options = {}) => logRows(store, project, query, options),
  };
}
