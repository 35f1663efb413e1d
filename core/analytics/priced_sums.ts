/**
 * Sums over calls that have the same price: all that decides on it is their group, so that what they
 * cost follows from one of them and the sums of their tokens. A million calls become some hundred groups.
 *
 * @module
 */
import type { Priced } from "../event/price.ts";
import { type NamedModel, priceSteps } from "../pricing/price_steps.ts";
import type { ProjectPrices } from "../pricing/project_price.ts";
import type { PriceSteps } from "../pricing/steps.ts";
import type { ReadOptions } from "./contract.ts";
import {
  callColumns,
  callOf,
  type CallsQuery,
  charged,
  type PricedCall,
  type StoredCall,
} from "./priced_calls.ts";
import { exact } from "./settings.ts";
import type { Params, Store } from "./store.ts";
import { where } from "./where.ts";

/** Calls with the same price, and one of them. */
export interface PricedSum {
  readonly sample: PricedCall;
  readonly calls: number;
  /** What was used of everything that can have a price; `request` are the calls. */
  readonly units: Readonly<Record<Priced, bigint>>;
  /** The sum of their recorded costs; null when they have none. */
  readonly cost: string | null;
}

/** More groups than these are not worth having: null then. */
export const mostSums = 20_000;

/** Of cache writes, those for twelve hours have a price of their own. */
const long = "least(usage_cache_write_12h, usage_cache_write)";
const units = {
  input: "usage_input",
  cache_read: "usage_cache_read",
  cache_write: `usage_cache_write - ${long}`,
  cache_write_12h: long,
  cache_write_5m: "usage_cache_write_5m",
  cache_write_1h: "usage_cache_write_1h",
  input_audio: "usage_input_audio",
  input_image: "usage_input_image",
  output: "usage_output",
  reasoning: "usage_reasoning",
  output_audio: "usage_output_audio",
  tool_requests: "usage_tool_requests",
  request: "1",
} as const satisfies Record<Priced, string>;

/** What decides on a price, and what was recorded of it, apart from lengths and times. */
const decisive = [
  "provider",
  "model",
  "response_model",
  "endpoint",
  "usage_source",
  "service_tier",
  "speed",
  "inference_geo",
  "price_source",
  "price_version",
  "price_provider",
  "price_model",
  "price_match",
  "price_tier",
  "cost_usd IS NULL",
  "if(cost_usd IS NULL, unpriced_reason, NULL)",
  // How it ended matters where no usage is known, and nowhere else.
  "if(usage_source = 'none', (status_code, error_code, error_origin), (NULL, NULL, NULL))",
  // Which of the units there are: one without a price leaves the call without one.
  Object.values(units).map((sql, bit) => `bitShiftLeft(toUInt16(${sql} > 0), ${bit})`).join(" + "),
];

interface Row {
  readonly sample: readonly unknown[];
  readonly calls: string;
  readonly sums: readonly string[];
  readonly cost: string | null;
}

/** Null when the groups are so many that the calls are better read one by one. */
export async function pricedSums(
  store: Store,
  project: string,
  query: CallsQuery & { readonly prices: ProjectPrices },
  options: ReadOptions,
): Promise<PricedSum[] | null> {
  const { sql, params } = where(project, query.range, query.filters);
  const read = { ...options, settings: exact };
  const models = await store.query<NamedModel>(
    `SELECT provider, model, response_model AS responseModel FROM events
    WHERE ${sql} AND ${charged} GROUP BY provider, model, response_model LIMIT ${mostSums + 1}`,
    params,
    read,
  );
  if (models.length > mostSums) return null;
  const steps = stepsOf(priceSteps(models, query.prices));
  const names = Object.keys(callColumns);
  const rows = await store.query<Row>(
    `SELECT any((${Object.values(callColumns).join(", ")})) AS sample, count() AS calls,
      [${Object.values(units).map((one) => `sum(${one})`).join(", ")}] AS sums,
      toString(sum(cost_usd)) AS cost
    FROM events WHERE ${sql} AND ${charged}
    GROUP BY ${[...decisive, ...steps.sql].join(", ")} LIMIT ${mostSums + 1}`,
    { ...params, ...steps.params },
    read,
  );
  if (rows.length > mostSums) return null;
  return rows.map(({ sample, calls, sums, cost }) => ({
    sample: callOf(
      // The tuple has the columns of a stored call, in their order.
      Object.fromEntries(names.map((name, i) => [name, sample[i]])) as unknown as StoredCall,
    ),
    calls: Number(calls),
    units: Object.fromEntries(
      Object.keys(units).map((name, i) => [name, BigInt(sums[i] ?? 0)]),
    ) as Record<Priced, bigint>, // Built from `units` name by name.
    cost,
  }));
}

/** Between which steps a call lies, as numbers. */
function stepsOf(steps: PriceSteps): { readonly sql: readonly string[]; readonly params: Params } {
  const params: Record<string, number> = {};
  const counted = (name: string, at: readonly number[], compare: (bound: string) => string) => {
    at.forEach((value, i) => params[`${name}_${i}`] = value);
    return ["0", ...at.map((_, i) => `(${compare(`${name}_${i}`)})`)].join(" + ");
  };
  const second = "(intDiv(toUnixTimestamp64Milli(timestamp), 1000) % 86400)";
  const sql = [
    counted(
      "at",
      steps.instants,
      (bound) => `timestamp >= fromUnixTimestamp64Milli({${bound}:Int64}, 'UTC')`,
    ),
    counted("second", steps.secondsOfDay, (bound) => `${second} >= {${bound}:UInt32}`),
    counted("length", steps.inputTokens, (bound) => `tokens_input > {${bound}:UInt64}`),
  ];
  return { sql: sql.filter((one) => one !== "0"), params };
}
