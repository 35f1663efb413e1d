/**
 * Spend by model over time: a line for each of those that most was spent on, one for the others together.
 *
 * @module
 */
import { decimal, exactText } from "../../pricing/decimal.ts";
import type { Timeseries } from "../types.ts";
import type { ModelCost } from "./figures.ts";
import type { Overview } from "./types.ts";

type Spend = Overview["spend_by_model"];

/** Lines of their own. */
const shown = 8;

/**
 * The lines, named ones by name, what names no model after them, the rest at the end: as the timeseries
 * of cost by model has them.
 *
 * @param times the beginnings of all buckets, in seconds since 1970
 * @example
 * ```ts
 * import { spendOf } from "@/core/analytics/overview/spend.ts";
 * import { expect } from "expect";
 *
 * const costs = [
 *   { bucket: 0, model: "b", cost_usd: "0.1" },
 *   { bucket: 60, model: "b", cost_usd: "0.2" },
 *   { bucket: 60, model: "a", cost_usd: "2" },
 * ];
 * expect(spendOf(costs, [0, 60])).toEqual([
 *   { model: "a", rest: false, cost_usd: ["0", "2"] },
 *   { model: "b", rest: false, cost_usd: ["0.1", "0.2"] },
 * ]);
 * ```
 */
export function spendOf(costs: readonly ModelCost[], times: readonly number[]): Spend {
  const byModel = Map.groupBy(costs, ({ model }) => model);
  const largest = [...byModel]
    .map(([model, members]) => ({ model, members, total: sumOf(members) }))
    .sort((a, b) => a.total === b.total ? order(a.model, b.model) : a.total > b.total ? -1 : 1);
  const rest = largest.slice(shown).flatMap(({ members }) => members);
  const rank = (model: string) => model === "" ? "1" : `0${model}`;
  const lines = largest.slice(0, shown)
    .sort((a, b) => order(rank(a.model), rank(b.model)))
    .map(({ model, members }) => ({
      model: model === "" ? null : model,
      rest: false,
      cost_usd: overTime(members, times),
    }));
  if (rest.length === 0) return lines;
  return [...lines, { model: "other", rest: true, cost_usd: overTime(rest, times) }];
}

/** The same of a timeseries. */
export function spendByModel({ data }: Timeseries): Spend {
  const lines = Map.groupBy(data, ({ group, other }) => other ? "rest" : `line:${group ?? ""}`);
  return [...lines.values()].map((points) => ({
    model: points[0]?.group ?? null,
    rest: points[0]?.other ?? false,
    cost_usd: points.map(({ value }) => String(value)),
  }));
}

function overTime(costs: readonly ModelCost[], times: readonly number[]): string[] {
  const byTime = Map.groupBy(costs, ({ bucket }) => bucket);
  return times.map((time) => decimal(sumOf(byTime.get(time) ?? [])));
}

function sumOf(costs: readonly ModelCost[]): bigint {
  return costs.reduce((sum, { cost_usd }) => sum + exactText(cost_usd), 0n);
}

const order = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;
