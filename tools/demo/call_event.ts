/**
 * A planned call and its exchange as the event that the gateway would have appended.
 *
 * @module
 */
import type { CallData } from "@/core/event/call.ts";
import { emptyBuckets, outputTokens, unknownUsage, type Usage } from "@/core/event/usage.ts";
import type { EventDraft, Payload } from "@/core/log/contract.ts";
import { callCost } from "@/core/pricing/call_cost.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { ulid } from "ulid";
import type { Random } from "../simulator/random.ts";
import type { Exchange } from "./exchange.ts";
import type { PlannedCall } from "./plan.ts";
import { during } from "./shape.ts";
import { speedOf } from "./speed.ts";

export interface CallEventOptions {
  readonly project: string;
  readonly random: Random;
  /** The demo's end, in milliseconds since 1970. */
  readonly end: number;
  readonly keepBodies: boolean;
}

export interface AppendArguments {
  readonly event: EventDraft;
  readonly payloads: Readonly<Record<string, Payload>>;
}

const encoder = new TextEncoder();

export function callEvent(
  call: PlannedCall,
  exchange: Exchange,
  options: CallEventOptions,
): AppendArguments {
  const { random, project } = options;
  const { facts } = exchange;
  const at = new Date(call.at).toISOString();
  const responseId = facts.responseId && freshId(facts.responseId, random);
  const aborted = call.fate.kind === "aborted" ? call.fate.share : null;
  const answer = answerText(exchange, responseId, aborted);
  const usage = usageOf(exchange, aborted);
  const error = errorOf(exchange, aborted);
  const data: CallData = {
    provider: call.provider,
    endpoint: exchange.endpoint,
    model: call.model,
    response_model: facts.responseModel,
    method: "POST",
    path: exchange.path,
    status_code: exchange.status,
    error,
    stream: call.stream,
    cache: "BYPASS",
    ...timesOf(call, exchange, aborted, options),
    usage,
    cost: callCost(
      exchange.endpoint,
      usage,
      {
        provider: call.provider,
        model: call.model,
        responseModel: facts.responseModel,
        at: new Date(call.at),
        tier: facts.tier,
      },
      noProjectPrices,
      { status_code: exchange.status, error },
    ),
    finish_reason: aborted === null ? facts.finishReason : null,
    tool_calls: aborted === null ? [...facts.toolCalls] : [],
    response_id: responseId,
    key_id: "demo",
    user_id: call.user,
    session_id: call.session,
    trace_id: call.trace,
    span_id: call.span,
    parent_span_id: call.parentSpan,
    properties: { ...call.properties },
    response_bytes: answer.length,
    demo: true,
  };
  const type = aborted !== null
    ? "call.aborted"
    : exchange.status === 200
    ? "call.completed"
    : "call.failed";
  return {
    event: { id: ulid(call.at), project, at, type, v: 1, data },
    payloads: options.keepBodies ? payloadsOf(exchange, answer) : {},
  };
}

function usageOf({ facts, status }: Exchange, aborted: number | null): Usage {
  if (status !== 200) return unknownUsage();
  if (aborted === null) return facts.usage;
  // What a stream reports before it is cut: Anthropic its input at the start, the others nothing.
  const { input, cache_read, cache_write, cache_write_5m, cache_write_1h } = facts.usage.buckets;
  return {
    buckets: {
      ...emptyBuckets(),
      input,
      cache_read,
      cache_write,
      cache_write_5m,
      cache_write_1h,
      output: Math.round(outputTokens(facts.usage.buckets) * aborted),
    },
    source: "partial",
    reported_total: null,
    consistent: true,
  };
}

function errorOf({ facts, status }: Exchange, aborted: number | null): CallData["error"] {
  if (aborted !== null) {
    return {
      code: "client_closed",
      message: "The client closed the connection before the answer ended.",
      origin: "client",
    };
  }
  if (status === 200) return null;
  const { code, message } = facts.error ?? { code: String(status), message: "" };
  return { code, message, origin: "provider" };
}

function timesOf(
  call: PlannedCall,
  exchange: Exchange,
  aborted: number | null,
  { random, end }: CallEventOptions,
): Pick<CallData, "latency_ms" | "ttft_ms" | "overhead_ms"> {
  const overhead_ms = rounded(random.logNormal(0.4, 0.5));
  if (exchange.status !== 200) {
    const latency = rounded(random.logNormal(140, 0.5));
    return { latency_ms: latency, ttft_ms: latency, overhead_ms };
  }
  const slow = call.provider === "anthropic" && during("slowDay", call.at, end) ? 2.6 : 1;
  const { ttft, msPerToken } = speedOf(call.model);
  const { buckets } = exchange.facts.usage;
  const first = slow * random.logNormal(ttft, 0.38);
  const writing = slow * outputTokens(buckets) * msPerToken * random.logNormal(1, 0.18);
  // Without a stream the first byte comes when everything has been written.
  return {
    latency_ms: rounded(first + writing * (aborted ?? 1)),
    ttft_ms: rounded(call.stream ? first : first + writing),
    overhead_ms,
  };
}

/** The answer's text with its new id, cut where the client went. */
function answerText(
  { response, facts }: Exchange,
  responseId: string | null,
  aborted: number | null,
): string {
  const text = responseId && facts.responseId
    ? response.replaceAll(facts.responseId, responseId)
    : response;
  return aborted === null ? text : text.slice(0, Math.floor(text.length * aborted));
}

function payloadsOf(exchange: Exchange, answer: string): AppendArguments["payloads"] {
  return {
    request: { bytes: encoder.encode(exchange.request), contentType: "application/json" },
    response: { bytes: encoder.encode(answer), contentType: exchange.responseType },
  };
}

/** Another id of the same form. */
function freshId(id: string, random: Random): string {
  const prefix = /^[a-z]+[-_](?:01)?/.exec(id)?.[0] ?? "";
  return prefix + random.id(id.length - prefix.length);
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
