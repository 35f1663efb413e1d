/**
 * The rows of a call. Pure: the same event gives the same rows for ever, or the projection's version
 * goes up.
 *
 * @module
 */
import type { CallEvent } from "@/core/event/event.ts";
import {
  cacheWriteTokens,
  inputTokens,
  outputTokens,
  type Usage,
  type UsageBuckets,
} from "@/core/event/usage.ts";
import { routeColumns } from "./attempt.ts";
import type { Body } from "./body.ts";
import { cacheColumns } from "./cache_columns.ts";
import { costColumns } from "./cost_columns.ts";
import { limitColumns } from "./limit_columns.ts";
import { logPosition, orNull, type Place, wellFormed } from "./place.ts";
import type { BodyRow, CallRows, EventRow, ListRow } from "./rows.ts";
import { callSpanRow } from "./span.ts";
import { inputWords, outputWords, preview } from "./words.ts";

/** @param asked, answered the bodies that are kept of the request and of its answer */
export function callRows(event: CallEvent, place: Place, asked: Body, answered: Body): CallRows {
  const { data } = event;
  const identity = {
    project_id: event.project.toWellFormed(),
    event_id: event.id.toWellFormed(),
    timestamp: event.at,
  };
  const position = logPosition(place);
  const call = callColumns(event);
  const input = inputWords(asked.parsed);
  const output = outputWords(answered.parsed);
  const events: EventRow = {
    ...identity,
    ...call,
    ...position,
    ...usageColumns(data.usage.buckets),
    response_model: orNull(data.response_model),
    method: data.method.toWellFormed(),
    path: data.path.toWellFormed(),
    error_message: orNull(data.error?.message),
    error_origin: data.error?.origin ?? null,
    ...limitColumns(data),
    ...routeColumns(data),
    finish_reason: orNull(data.finish_reason),
    overhead_ms: data.overhead_ms,
    usage_source: data.usage.source,
    usage_reported_total: data.usage.reported_total,
    usage_consistent: data.usage.consistent,
    ...cacheColumns(data),
    ...costColumns(data.cost),
    provider_cost_usd: data.provider_cost_usd ?? null,
    usage_cache_write_12h: data.usage.cache_write_12h ?? 0,
    service_tier: orNull(data.service_tier),
    speed: orNull(data.speed),
    inference_geo: orNull(data.inference_geo),
    repriced_at: null,
    repriced_reason: null,
    tool_call_names: data.tool_calls.map(({ name }) => name.toWellFormed()),
    tool_call_ids: data.tool_calls.map(({ id }) => id.toWellFormed()),
    tool_result_ids: (data.tool_result_ids ?? []).map((id) => id.toWellFormed()),
    response_id: orNull(data.response_id),
    key_id: data.key_id.toWellFormed(),
    provider_key_id: orNull(data.provider_key_id),
    stream_gap_ms: data.stream_gap_ms ?? null,
    tokens_per_second: data.tokens_per_second ?? null,
    usage_estimated: estimatedTokens(data.usage),
    parent_span_id: orNull(data.parent_span_id),
    request_bytes: asked.ref?.original_bytes ?? 0,
    response_bytes: data.response_bytes,
  };
  const events_list: ListRow = {
    ...identity,
    ...call,
    ...position,
    parent_span_id: orNull(data.parent_span_id),
    key_id: events.key_id,
    provider_key_id: events.provider_key_id,
    preview: preview(input || output || recordedText(data, asked, answered)),
  };
  const event_bodies: BodyRow = {
    ...identity,
    ...position,
    request: asked.text,
    request_encoding: asked.encoding,
    request_content_type: orNull(asked.ref?.content_type),
    request_original_bytes: asked.ref?.original_bytes ?? 0,
    request_bytes: asked.ref?.bytes ?? 0,
    request_truncated: asked.ref?.truncated ?? false,
    response: answered.text,
    response_encoding: answered.encoding,
    response_content_type: orNull(answered.ref?.content_type),
    response_original_bytes: answered.ref?.original_bytes ?? 0,
    response_bytes: answered.ref?.bytes ?? 0,
    response_truncated: answered.ref?.truncated ?? false,
    request_headers: wellFormed(data.headers?.request ?? {}),
    response_headers: wellFormed(data.headers?.response ?? {}),
    tool_calls: data.tool_calls.map((one) => ({
      id: one.id.toWellFormed(),
      name: one.name.toWellFormed(),
      arguments: one.arguments.toWellFormed(),
    })),
    input_text: input,
    output_text: output,
    demo: data.demo,
  };
  return { events, event_bodies, events_list, spans: callSpanRow(event, place) };
}

/**
 * What others recorded has any shape: where nobody knows which of it are the words, its text is better
 * than nothing, as it is for spans. The search keeps to words.
 */
function recordedText(
  { source = "gateway" }: CallEvent["data"],
  asked: Body,
  answered: Body,
): string {
  if (source === "gateway") return "";
  const said = [asked, answered].find(({ text, encoding }) => text && encoding !== "base64");
  return said?.text?.slice(0, 1_000) ?? "";
}

const statuses = {
  "call.completed": "success",
  "call.failed": "error",
  "call.aborted": "aborted",
} as const;

function callColumns({ type, data }: CallEvent) {
  const { buckets } = data.usage;
  return {
    type,
    provider: data.provider.toWellFormed(),
    endpoint: data.endpoint,
    model: data.model.toWellFormed(),
    status: statuses[type],
    status_code: data.status_code,
    error_code: orNull(data.error?.code),
    stream: data.stream,
    cache: data.cache,
    tokens_input: inputTokens(buckets),
    tokens_output: outputTokens(buckets),
    tokens_cache_read: buckets.cache_read,
    tokens_cache_write: cacheWriteTokens(buckets),
    tokens_reasoning: buckets.reasoning,
    cost_usd: data.cost.usd,
    price_source: data.cost.price.source.toWellFormed(),
    latency_ms: data.latency_ms,
    ttft_ms: data.ttft_ms,
    user_id: orNull(data.user_id),
    session_id: orNull(data.session_id),
    trace_id: orNull(data.trace_id),
    span_id: orNull(data.span_id),
    properties: wellFormed(data.properties),
    demo: data.demo,
    source: data.source ?? "gateway",
    // Whether another one stands for it shows when all of its trace is there: `shadow.ts`.
    counted: true,
  };
}

function estimatedTokens({ estimated }: Usage): number {
  return estimated ? estimated.input + estimated.output : 0;
}

function usageColumns(buckets: UsageBuckets) {
  return {
    usage_input: buckets.input,
    usage_cache_read: buckets.cache_read,
    usage_cache_write: buckets.cache_write,
    usage_cache_write_5m: buckets.cache_write_5m,
    usage_cache_write_1h: buckets.cache_write_1h,
    usage_input_audio: buckets.input_audio,
    usage_input_image: buckets.input_image,
    usage_output: buckets.output,
    usage_reasoning: buckets.reasoning,
    usage_output_audio: buckets.output_audio,
    usage_tool_requests: buckets.tool_requests,
  };
}
