/**
 * One event with its bodies, its price and the decisions behind it.
 *
 * @module
 */
import { priceMatchSchema } from "../event/cost.ts";
import { usageSourceSchema } from "../event/usage.ts";
import { type BodyColumns, bodyInfo, bodyOf, headersOf, type StoredBodies } from "./body.ts";
import { exactText, signedDecimal } from "../pricing/decimal.ts";
import { readDecision } from "./cache_decision.ts";
import { limitDecisionsOf } from "./limit_decisions.ts";
import { readAttempts, routeDecisionsOf } from "./route_decisions.ts";
import type { ReadOptions } from "./contract.ts";
import { decisionsOf } from "./decisions.ts";
import { logColumns, logRow, type StoredLogRow } from "./log_row.ts";
import { newestFirst } from "./settings.ts";
import type { Store } from "./store.ts";
import type { CostBreakdown, EventDetail, EventRow } from "./types.ts";

/** What `events` holds beyond the list's columns; 64-bit numbers and decimals arrive as text. */
interface StoredEvent extends StoredLogRow {
  readonly endpoint: string;
  readonly response_model: string | null;
  readonly method: string;
  readonly path: string;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly error_origin: string | null;
  readonly finish_reason: string | null;
  readonly overhead_ms: number;
  readonly saved_cost: string | null;
  readonly saved_latency_ms: number | null;
  /** JSON. */
  readonly limit_decisions: string | null;
  readonly route: string | null;
  readonly translation: string | null;
  /** JSON. */
  readonly cache_decision: string | null;
  readonly cache_source_event: string | null;
  readonly usage_input: string;
  readonly usage_cache_read: string;
  readonly usage_cache_write: string;
  readonly usage_cache_write_5m: string;
  readonly usage_cache_write_1h: string;
  readonly usage_input_audio: string;
  readonly usage_input_image: string;
  readonly usage_output: string;
  readonly usage_reasoning: string;
  readonly usage_output_audio: string;
  readonly usage_tool_requests: string;
  readonly usage_source: string;
  readonly usage_reported_total: string | null;
  readonly usage_consistent: boolean;
  readonly lines: readonly StoredCostLine[];
  readonly price_version: string;
  readonly price_provider: string | null;
  readonly price_model: string | null;
  readonly price_match: string;
  readonly price_tier: string;
  readonly unpriced_reason: string | null;
  readonly provider_cost: string | null;
  readonly repriced_at: string | null;
  readonly repriced_reason: string | null;
  readonly response_id: string | null;
  readonly key_id: string;
  readonly provider_key_id: string | null;
  readonly parent_span_id: string | null;
  readonly response_bytes: string;
  readonly demo: boolean;
}

/** bucket, units, price of a million, US dollars */
type StoredCostLine = readonly [string, string, string, string];

const eventColumns = `${logColumns},
  endpoint, response_model, method, path, error_code, error_message, error_origin, finish_reason,
  overhead_ms, toString(saved_cost_usd) AS saved_cost, saved_latency_ms, cache_decision,
  cache_source_event, usage_input, usage_cache_read, usage_cache_write, usage_cache_write_5m,
  usage_cache_write_1h, usage_input_audio, usage_input_image, usage_output, usage_reasoning,
  usage_output_audio, usage_tool_requests, usage_source, usage_reported_total, usage_consistent,
  arrayMap(l -> [l.1, toString(l.2), l.3, toString(l.4)], cost_lines) AS lines,
  limit_decisions, route, translation, price_version, price_provider, price_model, price_match, price_tier,
  unpriced_reason, toString(provider_cost_usd) AS provider_cost, repriced_at, repriced_reason,
  response_id, key_id, provider_key_id, parent_span_id, response_bytes, demo`;

const bodyColumns = `
  request, request_encoding, request_content_type, request_original_bytes, request_bytes,
  request_truncated, response, response_encoding, response_content_type, response_original_bytes,
  response_bytes, response_truncated, request_headers, response_headers,
  arrayMap(t -> [t.1, toString(t.2), t.3], tool_calls) AS calls`;

/** Null when the project has no such event. With `raw` bodies are the stored text, JSON or not. */
export async function eventDetail(
  store: Store,
  project: string,
  eventId: string,
  options: ReadOptions & { readonly raw?: boolean },
): Promise<EventDetail | null> {
  const find = (columns: string, table: string) =>
    `SELECT ${columns} FROM ${table}
    WHERE project_id = {project:String} AND event_id = {event_id:String}
    ORDER BY ${newestFirst} LIMIT 1`;
  const params = { project, event_id: eventId };
  const [[event], [bodies]] = await Promise.all([
    store.query<StoredEvent>(find(eventColumns, "events"), params, options),
    store.query<StoredBodies>(find(bodyColumns, "event_bodies"), params, options),
  ]);
  if (!event) return null;
  const given = bodies && bodies.response === null && event.cache_source_event !== null
    ? await boughtAnswer(store, project, event.cache_source_event, options)
    : null;
  const kept = bodies && { ...bodies, ...given };
  const body = (side: BodyColumns) => kept ? bodyOf(kept, side, options.raw ?? false) : null;
  const row = eventRow(event);
  const cost_breakdown = costBreakdown(event);
  return {
    event: row,
    request: body("request"),
    response: body("response"),
    bodies: {
      request: kept ? bodyInfo(kept, "request") : null,
      response: kept ? bodyInfo(kept, "response") : null,
    },
    headers: bodies ? headersOf(bodies) : null,
    tool_calls: (bodies?.calls ?? []).map(([id, name, args]) => ({ id, name, arguments: args })),
    cost_breakdown,
    decisions: [
      ...decisionsOf(row, cost_breakdown, readDecision(event.cache_decision)),
      ...limitDecisionsOf(event.limit_decisions),
      ...routeDecisionsOf(
        event.route,
        event.translation,
        await readAttempts(store, project, eventId, event.route, options),
      ),
    ],
  };
}

/** An answer from the cache is kept with the call that bought it. */
async function boughtAnswer(
  store: Store,
  project: string,
  source: string,
  options: ReadOptions,
): Promise<Partial<StoredBodies>> {
  const columns = ["", "_encoding", "_content_type", "_original_bytes", "_bytes", "_truncated"];
  const [answer] = await store.query<Partial<StoredBodies>>(
    `SELECT ${columns.map((end) => `response${end}`).join(", ")} FROM event_bodies
    WHERE project_id = {project:String} AND event_id = {source:String}
    ORDER BY ${newestFirst} LIMIT 1`,
    { project, source },
    options,
  );
  return answer ?? {};
}

function eventRow(row: StoredEvent): EventRow {
  const { error_code, error_message, error_origin } = row;
  return {
    ...logRow(row),
    endpoint: row.endpoint,
    response_model: row.response_model,
    method: row.method,
    path: row.path,
    error: error_code === null
      ? null
      : { code: error_code, message: error_message ?? "", origin: error_origin ?? "" },
    overhead_ms: row.overhead_ms,
    saved_cost_usd: row.saved_cost,
    saved_latency_ms: row.saved_latency_ms,
    finish_reason: row.finish_reason,
    response_id: row.response_id,
    key_id: row.key_id,
    provider_key_id: row.provider_key_id,
    parent_span_id: row.parent_span_id,
    usage: {
      buckets: {
        input: Number(row.usage_input),
        cache_read: Number(row.usage_cache_read),
        cache_write: Number(row.usage_cache_write),
        cache_write_5m: Number(row.usage_cache_write_5m),
        cache_write_1h: Number(row.usage_cache_write_1h),
        input_audio: Number(row.usage_input_audio),
        input_image: Number(row.usage_input_image),
        output: Number(row.usage_output),
        reasoning: Number(row.usage_reasoning),
        output_audio: Number(row.usage_output_audio),
        tool_requests: Number(row.usage_tool_requests),
      },
      source: usageSourceSchema.parse(row.usage_source),
      reported_total: row.usage_reported_total === null ? null : Number(row.usage_reported_total),
      consistent: row.usage_consistent,
    },
    response_bytes: Number(row.response_bytes),
    demo: row.demo,
  };
}

function costBreakdown(row: StoredEvent): CostBreakdown {
  return {
    usd: row.cost,
    lines: row.lines
      .map(([bucket, units, usd_per_million, usd]) => ({
        bucket,
        units: Number(units),
        usd_per_million,
        usd,
      })),
    price: {
      source: row.price_source,
      version: row.price_version,
      provider: row.price_provider,
      model: row.price_model,
      match: priceMatchSchema.parse(row.price_match),
      tier: row.price_tier,
    },
    unpriced_reason: row.unpriced_reason,
    provider_cost_usd: row.provider_cost,
    difference_usd: row.cost === null || row.provider_cost === null
      ? null
      : signedDecimal(exactText(row.cost) - exactText(row.provider_cost)),
    repriced: row.repriced_at === null
      ? null
      : { at: row.repriced_at, reason: row.repriced_reason ?? "" },
  };
}
