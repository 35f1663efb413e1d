/**
 * Calls of an imagined project, with what was said in them: rows of the list, and each as its page
 * shows it, read by the product's own reader of bodies.
 */
import type { LogsQuery } from "@/core/analytics/contract.ts";
import type { CacheStatus } from "@/core/event/call.ts";
import { emptyBuckets } from "@/core/event/usage.ts";
import type { EventDetail, ListRow, LogPage } from "@/core/analytics/types.ts";

/** A call as a test describes it; what is left out is ordinary. */
export interface SampleCall {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly model?: string;
  readonly status?: ListRow["status"];
  readonly status_code?: number | null;
  readonly cache?: CacheStatus;
  readonly cost_usd?: string | null;
  readonly user_id?: string | null;
  readonly session_id?: string | null;
  readonly properties?: Record<string, string>;
  readonly preview?: string;
  readonly path?: string;
  readonly request?: string | null;
  readonly response?: string | null;
  readonly responseType?: string;
  readonly error?: { code: string; message: string; origin: string };
}

const chat = JSON.stringify({
  model: "gpt-4o",
  messages: [
    { role: "system", content: "You answer questions about orders." },
    { role: "user", content: "Where is my order?" },
  ],
});
const answer = JSON.stringify({
  id: "chatcmpl-1",
  choices: [{ index: 0, message: { role: "assistant", content: "It is on its way." } }],
});

/** Calls of the last hours, newest first. */
export function sampleCalls(count: number, now: number): SampleCall[] {
  return Array.from({ length: count }, (_, index): SampleCall => ({
    id: `01JD3F${String(count - index).padStart(20, "0")}`,
    at: now - index * 61_000,
    model: ["gpt-4o", "claude-sonnet-4-5", "gemini-2.5-flash"][index % 3] ?? "",
    ...(index % 9 === 4 && { status: "error", status_code: 429, cost_usd: "0" }),
    ...(index % 13 === 7 && { status: "aborted", status_code: null }),
    cache: index % 5 === 0 ? "HIT" : "MISS",
    cost_usd: index % 11 === 3 ? null : `0.00${317 + index}`,
    user_id: index % 4 === 0 ? null : `u_${index % 17}`,
    preview: index % 2 === 0 ? "Where is my order?" : "Summarise the attached contract in one page",
  }));
}

export function rowOf(call: SampleCall): ListRow {
  const status = call.status ?? "success";
  return {
    event_id: call.id,
    type: status === "success" ? "call.completed" : "call.failed",
    timestamp: new Date(call.at).toISOString(),
    provider: "openai",
    model: call.model ?? "gpt-4o",
    status,
    status_code: call.status_code === undefined ? 200 : call.status_code,
    stream: false,
    cache: call.cache ?? "MISS",
    tokens_input: 1_204,
    tokens_output: 86,
    tokens_cache_read: 512,
    tokens_cache_write: 0,
    tokens_reasoning: 0,
    cost_usd: call.cost_usd === undefined ? "0.00317" : call.cost_usd,
    price_source: call.cost_usd === null ? "none" : "genai-prices",
    latency_ms: 1_240,
    ttft_ms: 410,
    user_id: call.user_id === undefined ? "u_81" : call.user_id,
    session_id: call.session_id ?? null,
    trace_id: null,
    span_id: null,
    properties: call.properties ?? { feature: "support" },
    preview: call.preview ?? "Where is my order?",
  };
}

/** A page of the calls, newest first; the cursor is the number of calls before it. */
export function pageOf(calls: readonly SampleCall[], { limit = 50, cursor }: LogsQuery): LogPage {
  const from = Number(cursor ?? 0);
  const rows = calls.slice(from, from + limit).map(rowOf);
  const more = calls.length > from + limit;
  return {
    total: calls.length,
    limit,
    offset: 0,
    has_more: more,
    next_cursor: more ? String(from + limit) : null,
    logs: rows,
  };
}

export function detailOf(call: SampleCall): EventDetail {
  const { preview: _, ...row } = rowOf(call);
  const request = call.request === undefined ? chat : call.request;
  const response = call.response === undefined ? answer : call.response;
  const info = (body: string | null, type: string) =>
    body === null ? null : {
      content_type: type,
      original_bytes: body.length,
      bytes: body.length,
      truncated: false,
      encoding: "json" as const,
    };
  const priced = row.cost_usd !== null;
  return {
    event: {
      ...row,
      endpoint: "chat",
      response_model: row.model,
      method: "POST",
      path: call.path ?? "/v1/chat/completions",
      error: call.error ?? null,
      overhead_ms: 3,
      finish_reason: "stop",
      response_id: "chatcmpl-1",
      key_id: "Test1234Test",
      provider_key_id: null,
      parent_span_id: null,
      usage: {
        buckets: { ...emptyBuckets(), input: 692, cache_read: 512, output: 86 },
        source: "provider",
        reported_total: 1_290,
        consistent: true,
      },
      saved_cost_usd: null,
      saved_latency_ms: null,
      response_bytes: response?.length ?? 0,
      demo: false,
    } as EventDetail["event"],
    request,
    response,
    bodies: {
      request: info(request, "application/json"),
      response: info(response, call.responseType ?? "application/json"),
    },
    headers: {
      request: {
        "user-agent": "OpenAI/Python 2.7.1",
        "content-type": "application/json",
        "x-stainless-lang": "python",
      },
      response: {
        "content-type": "application/json",
        "x-request-id": "req_8f3a",
        "x-ratelimit-remaining-requests": "9999",
      },
    },
    tool_calls: [],
    cost_breakdown: {
      usd: row.cost_usd,
      lines: priced
        ? [
          { bucket: "input", units: 692, usd_per_million: "2.5", usd: "0.00173" },
          { bucket: "cache_read", units: 512, usd_per_million: "1.25", usd: "0.00064" },
          { bucket: "output", units: 86, usd_per_million: "10", usd: "0.00086" },
        ]
        : [],
      price: {
        source: priced ? "genai-prices" : "none",
        version: "0.1.8",
        provider: "openai",
        model: row.model,
        match: priced ? "exact" : "none",
        tier: "standard",
      },
      unpriced_reason: priced ? null : "No price is known for the model.",
      provider_cost_usd: null,
      difference_usd: null,
      repriced: null,
    },
    decisions: [
      { about: "cache", decision: row.cache, because: "No fresh answer was stored." },
      { about: "usage", decision: "provider", because: "The answer reported its tokens." },
    ],
  };
}
