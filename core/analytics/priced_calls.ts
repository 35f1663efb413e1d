/**
 * Recorded calls with their usage and cost, as they are now: what history is priced again from.
 *
 * @module
 */
import { type Endpoint, endpointSchema, errorOriginSchema } from "../event/call.ts";
import { priceMatchSchema } from "../event/cost.ts";
import type { Cost } from "../event/cost.ts";
import { type Usage, usageSourceSchema } from "../event/usage.ts";
import type { CallEnd } from "../pricing/call_cost.ts";
import { type PriceQuery, soundBySecond } from "../pricing/price.ts";
import type { Filters, Range, ReadOptions } from "./contract.ts";
import { exact } from "./settings.ts";
import type { Store } from "./store.ts";
import { where } from "./where.ts";

/** A call's cost without its lines. */
export type PricedAs = Pick<Cost, "usd" | "price" | "unpriced_reason">;

export interface PricedCall {
  readonly id: string;
  readonly calledAt: string;
  readonly endpoint: Endpoint;
  readonly usage: Usage;
  readonly query: PriceQuery;
  readonly end: CallEnd;
  readonly cost: PricedAs;
}

/** The calls of a range that the filters let through. */
export interface CallsQuery {
  readonly range: Range;
  readonly filters?: Filters;
}

/** As ClickHouse answers `callColumns`. */
export interface StoredCall {
  readonly event_id: string;
  readonly timestamp: string;
  readonly provider: string;
  readonly model: string;
  readonly response_model: string | null;
  readonly endpoint: string;
  readonly input: string;
  readonly cache_read: string;
  readonly cache_write: string;
  readonly cache_write_5m: string;
  readonly cache_write_1h: string;
  readonly cache_write_12h: string;
  readonly input_audio: string;
  readonly input_image: string;
  readonly output: string;
  readonly reasoning: string;
  readonly output_audio: string;
  readonly tool_requests: string;
  readonly usage_source: string;
  readonly service_tier: string | null;
  readonly speed: string | null;
  readonly inference_geo: string | null;
  readonly cost: string | null;
  readonly price_source: string;
  readonly price_version: string;
  readonly price_provider: string | null;
  readonly price_model: string | null;
  readonly price_match: string;
  readonly price_tier: string;
  readonly unpriced_reason: string | null;
  readonly status_code: number | null;
  readonly error_code: string | null;
  readonly error_origin: string | null;
}

/** What `callOf()` reads: its name, and where it comes from when that is called otherwise. */
export const callColumns = {
  event_id: "event_id",
  timestamp: "timestamp",
  provider: "provider",
  model: "model",
  response_model: "response_model",
  endpoint: "endpoint",
  input: "usage_input",
  cache_read: "usage_cache_read",
  cache_write: "usage_cache_write",
  cache_write_5m: "usage_cache_write_5m",
  cache_write_1h: "usage_cache_write_1h",
  cache_write_12h: "usage_cache_write_12h",
  input_audio: "usage_input_audio",
  input_image: "usage_input_image",
  output: "usage_output",
  reasoning: "usage_reasoning",
  output_audio: "usage_output_audio",
  tool_requests: "usage_tool_requests",
  usage_source: "usage_source",
  service_tier: "service_tier",
  speed: "speed",
  inference_geo: "inference_geo",
  cost: "toString(cost_usd)",
  price_source: "price_source",
  price_version: "price_version",
  price_provider: "price_provider",
  price_model: "price_model",
  price_match: "price_match",
  price_tier: "price_tier",
  unpriced_reason: "unpriced_reason",
  status_code: "status_code",
  error_code: "error_code",
  error_origin: "error_origin",
} as const satisfies Record<keyof StoredCall, string>;

const columns = Object.entries(callColumns)
  .map(([name, from]) => name === from ? name : `${from} AS ${name}`)
  .join(", ");

/**
 * What the cache answered was not charged, and a cost that a client has told is its own: neither has a
 * price to be found again.
 */
export const charged = "NOT startsWith(cache, 'HIT') AND price_source != 'reported'";

/** Projects that have calls in a range. */
export async function projectsWithCalls(store: Store, range: Range): Promise<string[]> {
  const rows = await store.query<{ project_id: string }>(
    `SELECT DISTINCT project_id FROM events
     WHERE timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
       AND timestamp < fromUnixTimestamp64Milli({to:Int64}, 'UTC') ORDER BY project_id`,
    { from: Date.parse(range.from), to: Date.parse(range.to) },
  );
  return rows.map(({ project_id }) => project_id);
}

/** How many calls a run that prices again would look at. */
export async function countPricedCalls(
  store: Store,
  project: string,
  { range, filters }: CallsQuery,
): Promise<number> {
  const { sql, params } = where(project, range, filters);
  const [row] = await store.query<{ calls: string }>(
    `SELECT count() AS calls FROM events WHERE ${sql} AND ${charged}`,
    params,
    { settings: exact },
  );
  return Number(row?.calls ?? 0);
}

/** In bounded memory, in the tables' order. */
export async function* pricedCalls(
  store: Store,
  project: string,
  { range, filters }: CallsQuery,
  options: ReadOptions = {},
): AsyncIterable<PricedCall> {
  const { sql, params } = where(project, range, filters);
  const rows = store.stream<StoredCall>(
    `SELECT ${columns} FROM events WHERE ${sql} AND ${charged}`,
    params,
    { ...options, settings: exact },
  );
  for await (const row of rows) yield callOf(row);
}

/** The stored call as prices take it: buckets that are apart, amounts as decimal text. */
export function callOf(row: StoredCall): PricedCall {
  const long = Number(row.cache_write_12h);
  return {
    id: row.event_id,
    calledAt: row.timestamp,
    endpoint: endpointSchema.parse(row.endpoint),
    usage: {
      buckets: {
        input: Number(row.input),
        cache_read: Number(row.cache_read),
        cache_write: Number(row.cache_write),
        cache_write_5m: Number(row.cache_write_5m),
        cache_write_1h: Number(row.cache_write_1h),
        input_audio: Number(row.input_audio),
        input_image: Number(row.input_image),
        output: Number(row.output),
        reasoning: Number(row.reasoning),
        output_audio: Number(row.output_audio),
        tool_requests: Number(row.tool_requests),
      },
      ...(long > 0 && { cache_write_12h: long }),
      // How long it was is not kept; that nothing else was counted is what matters.
      ...(row.unpriced_reason === soundBySecond && { audio_seconds: 0 }),
      source: usageSourceSchema.parse(row.usage_source),
      reported_total: null,
      consistent: true,
    },
    query: {
      provider: row.provider,
      model: row.model,
      responseModel: row.response_model,
      at: new Date(row.timestamp),
      tier: row.service_tier ?? tierOf(row.price_tier),
      speed: row.speed,
      geo: row.inference_geo,
    },
    end: endOf(row),
    cost: {
      usd: row.cost,
      price: {
        source: row.price_source,
        version: row.price_version,
        provider: row.price_provider,
        model: row.price_model,
        match: priceMatchSchema.parse(row.price_match),
        tier: row.price_tier,
      },
      ...(row.unpriced_reason !== null && { unpriced_reason: row.unpriced_reason }),
    },
  };
}

function endOf({ status_code, error_code, error_origin }: StoredCall): CallEnd {
  const origin = errorOriginSchema.nullable().parse(error_origin);
  return { status_code, error: origin && { code: error_code ?? "", origin } };
}

/** Calls that were recorded before the answer's word was kept: their price names the tier. */
function tierOf(priceTier: string): string | null {
  const [tier = ""] = priceTier.split(" ");
  return tier === "standard" || tier === "free" || tier.endsWith("-inference") ? null : tier;
}
