/**
 * The sums of token buckets that a counterfactual is calculated from: exact, made by ClickHouse, apart
 * for each source model and for each side of the target's context thresholds.
 *
 * @module
 */
import type { Priced } from "../event/price.ts";
import { type Fraction, tokenFractions } from "../pricing/tokenizer.ts";
import type { ReadOptions, StatsQuery } from "./contract.ts";
import { exact } from "./settings.ts";
import type { Params, Store } from "./store.ts";
import { where } from "./where.ts";

/** The buckets that are summed, each under its own name. */
const buckets = [
  "input",
  "cache_read",
  "cache_write",
  "cache_write_5m",
  "cache_write_1h",
  "input_audio",
  "input_image",
  "output",
  "reasoning",
  "output_audio",
  "tool_requests",
] as const satisfies readonly Priced[];
export type SummedBucket = typeof buckets[number];

/** Calls of one model that lie between the same thresholds of the target. */
export interface Sums {
  readonly provider: string;
  readonly model: string;
  readonly responseModel: string | null;
  /** How many thresholds the input exceeds, for each of `tokenFractions`. */
  readonly steps: readonly number[];
  readonly calls: number;
  readonly units: Readonly<Record<SummedBucket, bigint>>;
  readonly cost: string;
  readonly unpriced: number;
}

export interface Uncounted {
  readonly hits: number;
  readonly withoutUsage: number;
  readonly otherKind: number;
}

export interface SumsQuery extends StatsQuery {
  /** Input lengths at which the target's prices change, ascending. */
  readonly thresholds: readonly number[];
  /** Whether the target answers with text, or with embeddings alone. */
  readonly text: boolean;
}

type Row = Readonly<Record<SummedBucket, string>> & {
  readonly provider: string;
  readonly model: string;
  readonly answered: string | null;
  readonly steps: readonly number[];
  readonly calls: string;
  readonly cost: string;
  readonly unpriced: string;
};

interface UncountedRow {
  readonly hits: string;
  readonly without_usage: string;
  readonly other_kind: string;
}

const fresh = "NOT startsWith(cache, 'HIT') AND endpoint NOT IN ('models', 'count_tokens')";
const known = "usage_source != 'none'";

/** @returns the sums, and the calls whose tokens nobody told */
export async function sumUsage(
  store: Store,
  project: string,
  query: SumsQuery,
  options: ReadOptions,
): Promise<{ sums: Sums[]; uncounted: Uncounted }> {
  const { sql, params } = where(project, query.range, query.filters);
  const kind = query.text ? "endpoint != 'embeddings'" : "endpoint = 'embeddings'";
  const limits = limitsOf(query.thresholds);
  const read = { ...options, settings: exact };
  const [rows, [uncounted]] = await Promise.all([
    store.query<Row>(
      `SELECT provider, model, response_model AS answered, ${stepsOf(query.thresholds)} AS steps,
        count() AS calls, ${buckets.map((name) => `sum(usage_${name}) AS ${name}`).join(", ")},
        toString(ifNull(sum(cost_usd), 0)) AS cost, countIf(cost_usd IS NULL) AS unpriced
      FROM events WHERE ${sql} AND ${fresh} AND ${known} AND ${kind}
      GROUP BY provider, model, answered, steps
      ORDER BY count() DESC, provider, model, answered, steps`,
      { ...params, ...limits },
      read,
    ),
    store.query<UncountedRow>(
      `SELECT countIf(startsWith(cache, 'HIT')) AS hits,
        countIf(${fresh} AND NOT ${known}) AS without_usage,
        countIf(${fresh} AND ${known} AND NOT ${kind}) AS other_kind
      FROM events WHERE ${sql}`,
      params,
      read,
    ),
  ]);
  return {
    sums: rows.map(sumsOf),
    uncounted: {
      hits: Number(uncounted?.hits ?? 0),
      withoutUsage: Number(uncounted?.without_usage ?? 0),
      otherKind: Number(uncounted?.other_kind ?? 0),
    },
  };
}

/** An array with one number for each fraction. */
function stepsOf(thresholds: readonly number[]): string {
  const steps = tokenFractions.map((_, f) =>
    ["0", ...thresholds.map((_, t) => `(tokens_input > {limit_${f}_${t}:UInt64})`)].join(" + ")
  );
  return `[${steps.map((step) => `toUInt8(${step})`).join(", ")}]`;
}

/**
 * The longest input that does not exceed a threshold once its tokens are multiplied: whole tokens
 * exceed `start · of / num` exactly when they exceed it rounded down.
 */
function limitsOf(thresholds: readonly number[]): Params {
  const limits: Record<string, string> = {};
  tokenFractions.forEach(([num, of]: Fraction, f) => {
    thresholds.forEach((start, t) => {
      limits[`limit_${f}_${t}`] = String(BigInt(start) * of / num);
    });
  });
  return limits;
}

function sumsOf(row: Row): Sums {
  const units = Object.fromEntries(buckets.map((name) => [name, BigInt(row[name])]));
  return {
    provider: row.provider,
    model: row.model,
    responseModel: row.answered,
    steps: row.steps,
    calls: Number(row.calls),
    // Built from `buckets` name by name, which the type of Object.fromEntries cannot say.
    units: units as Record<SummedBucket, bigint>,
    cost: row.cost,
    unpriced: Number(row.unpriced),
  };
}
