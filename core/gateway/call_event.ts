/**
 * From a call that ended to its event.
 *
 * @module
 */
import type { CallData } from "../event/call.ts";
import type { Cost } from "../event/cost.ts";
import { outputTokens, type Usage } from "../event/usage.ts";
import { callCost, type CallEnd } from "../pricing/call_cost.ts";
import type { ProjectPrices } from "../pricing/project_price.ts";
import { bounds } from "./attributes.ts";
import type { Call, CallDraft } from "./call.ts";
import { type Ending, errorOf, eventType, isCut } from "./ending.ts";
import type { AnswerFacts } from "./formats/format.ts";
import { toolResultIds } from "./formats/tool_results.ts";
import { keptHeaders } from "./kept_headers.ts";

/** Tool calls kept in the event itself; all of them are in the kept answer. */
const toolBounds = { calls: 32, arguments: 2_048 } as const;

/** What a call with that usage and that end cost. */
export type CostOfCall = (usage: Usage, end: CallEnd) => Cost;

/** @param facts what its answer says */
export function callDraft(
  call: Call,
  ending: Ending,
  endedAt: number,
  facts: AnswerFacts,
  cost: CostOfCall,
): CallDraft {
  const type = eventType(ending, facts, call.answer);
  return {
    id: call.id,
    type,
    v: 1,
    // A call is recorded only once its key was verified.
    project: call.project?.project ?? "",
    at: new Date(call.at).toISOString(),
    data: callData(call, ending, endedAt, facts, type, cost),
  };
}

function callData(
  call: Call,
  ending: Ending,
  endedAt: number,
  facts: AnswerFacts,
  type: CallDraft["type"],
  cost: CostOfCall,
): CallDraft["data"] {
  const { route, answer, provider, headers: { attributes } } = call;
  const usage = usageOf(facts.usage, isCut(call, type, facts));
  const error = errorOf(ending, facts, answer, type);
  return {
    provider: provider?.name ?? route.providerName,
    endpoint: route.operation.endpoint,
    model: call.model.slice(0, bounds.id),
    response_model: bounded(facts.responseModel),
    method: call.method,
    path: route.path.slice(0, 1_024),
    status_code: ending.status,
    error,
    stream: call.stream,
    cache: call.cacheStatus,
    latency_ms: rounded(endedAt - call.started),
    ttft_ms: sinceStart(call, answer?.firstByteAt ?? null),
    ...paceOf(call, usage),
    overhead_ms: rounded((call.sentAt ?? endedAt) - call.started - call.bodyWait),
    usage,
    cost: cost(usage, { status_code: ending.status, error }),
    service_tier: facts.tier,
    speed: facts.speed ?? null,
    inference_geo: facts.geo ?? null,
    provider_cost_usd: facts.providerCost ?? null,
    finish_reason: bounded(facts.finishReason),
    tool_calls: facts.toolCalls.slice(0, toolBounds.calls).map((tool) => ({
      id: tool.id.slice(0, bounds.id),
      name: tool.name.slice(0, bounds.id),
      arguments: tool.arguments.slice(0, toolBounds.arguments),
    })),
    tool_result_ids: toolResultsOf(call),
    response_id: bounded(facts.responseId),
    key_id: call.project?.keyId ?? "",
    provider_key_id: call.target?.key?.id ?? null,
    user_id: userOf(call),
    session_id: attributes.session,
    trace_id: attributes.traceId,
    span_id: attributes.spanId,
    parent_span_id: attributes.parentSpanId,
    properties: attributes.properties,
    ...translationOf(call),
    // Of a translated answer the provider's own head counts.
    headers: keptHeaders(call.headers.kept, (answer?.original ?? answer)?.headers),
    response_bytes: answer?.sentBytes ?? 0,
    demo: false,
  };
}

/** Whose call it is; null when it does not say. */
export function userOf({ headers, bodyUser }: Pick<Call, "headers" | "bodyUser">): string | null {
  return headers.attributes.user ?? (bodyUser?.slice(0, bounds.id) || null);
}

/** How a stream flowed; null for what is none, and for what is not known. */
function paceOf({ stream, answer }: Call, usage: Usage) {
  const { firstByteAt = null, lastByteAt = null, longestGap = null } = answer ?? {};
  if (!stream || firstByteAt === null || lastByteAt === null || lastByteAt === firstByteAt) {
    return { stream_gap_ms: null, tokens_per_second: null };
  }
  const tokens = outputTokens(usage.buckets);
  const perSecond = tokens * 1_000 / (lastByteAt - firstByteAt);
  return {
    stream_gap_ms: rounded(longestGap ?? 0),
    tokens_per_second: usage.source === "none" ? null : rounded(perSecond),
  };
}

function translationOf({ target }: Call): Pick<CallData, "translation"> {
  const translation = target?.translation;
  if (!translation) return {};
  const { from, to, left } = translation;
  return { translation: { client: to, provider: from, left_out: [...left] } };
}

/** Null when the request brings no tool's result: nearly always. */
function toolResultsOf({ json }: Call): string[] | null {
  const ids = toolResultIds(json);
  return ids.length > 0 ? [...ids] : null;
}

/** Usage of an answer that was cut is what was reported until then. */
function usageOf(usage: Usage, cut: boolean): Usage {
  return cut && usage.source === "provider" ? { ...usage, source: "partial" } : usage;
}

/** By its usage, its model and the project's prices; null are prices that could not be read. */
export function costOf(
  call: Call,
  usage: Usage,
  facts: AnswerFacts,
  prices: ProjectPrices | null,
  end: CallEnd,
): CallData["cost"] {
  return callCost(
    call.route.operation.endpoint,
    usage,
    {
      provider: call.provider?.name ?? call.route.providerName,
      model: call.model,
      responseModel: facts.responseModel,
      at: new Date(call.at),
      tier: facts.tier,
      speed: facts.speed ?? null,
      geo: facts.geo ?? null,
    },
    prices,
    end,
  );
}

/** A provider's word, cut so that an event stays small whatever an answer holds. */
function bounded(value: string | null): string | null {
  return value === null ? null : value.slice(0, bounds.id);
}

function sinceStart(call: Call, at: number | null): number | null {
  return at === null ? null : rounded(at - call.started);
}

/** To the microsecond, and never below zero: the clock's finer digits are noise. */
function rounded(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds * 1_000) / 1_000);
}
