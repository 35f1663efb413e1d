/**
 * What the overview says of each user and property.
 *
 * @module
 */
import type { MeasureName } from "../measures.ts";

export const sumsShown = [
  "requests",
  "errors",
  "cost",
  "unpriced",
] as const satisfies readonly MeasureName[];

/** As ClickHouse answers: counts and decimals as text. */
export interface SumsRow {
  readonly m_requests: string;
  readonly m_errors: string;
  readonly m_cost: string;
  readonly m_unpriced: string;
}

/** As they are answered: counts as numbers, money as decimal text. */
export function sumsOf({ m_requests, m_errors, m_cost, m_unpriced }: SumsRow) {
  return {
    requests: Number(m_requests),
    failed: Number(m_errors),
    cost_usd: m_cost,
    unpriced: Number(m_unpriced),
  };
}
