/**
 * What calls add up to, for a trace, a session, a user or a model alike.
 *
 * @module
 */
import { instantOf } from "./page.ts";

/**
 * The sums as columns, over rows of `events_list` or rows with columns of the same names.
 *
 * @param calls which of the rows are calls that count
 * @param failed which of the rows failed
 */
export function groupSums(calls: string, failed: string): string {
  return `countIf(${failed}) AS errors, countIf(${calls}) AS calls,
    sumIf(tokens_input, ${calls}) AS input, sumIf(tokens_output, ${calls}) AS output,
    toString(sumIf(ifNull(cost_usd, 0), ${calls})) AS cost,
    countIf(${calls} AND isNull(cost_usd)) AS unpriced`;
}

/** As ClickHouse answers: counts and decimals as text. */
export interface GroupSumsRow {
  readonly errors: string;
  readonly calls: string;
  readonly input: string;
  readonly output: string;
  readonly cost: string;
  readonly unpriced: string;
}

/** The sums as they are answered: counts as numbers, money as decimal text. */
export function groupSumsOf(row: GroupSumsRow) {
  return {
    errors: Number(row.errors),
    calls: Number(row.calls),
    tokens_input: Number(row.input),
    tokens_output: Number(row.output),
    cost_usd: row.cost,
    unpriced_requests: Number(row.unpriced),
  };
}

/** When a group began and ended, of rows with `at` and `took` in milliseconds. */
export const groupSpan = "min(at) AS start_at, max(at + took) AS end_at";

export interface GroupSpanRow {
  readonly start_at: string;
  readonly end_at: number;
}

/** When a group began and ended, ISO UTC, and the milliseconds between. */
export function groupSpanOf({ start_at, end_at }: GroupSpanRow) {
  const start = Number(start_at);
  return {
    start: instantOf(start),
    end: instantOf(Math.ceil(end_at)),
    duration_ms: Math.max(0, Math.round((end_at - start) * 1_000) / 1_000),
  };
}
