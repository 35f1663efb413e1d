/**
 * A recorded call of a model: the same event as a call of the gateway, with another source.
 *
 * @module
 */
import type { CallData, ToolCall } from "../../event/call.ts";
import type { Cost } from "../../event/cost.ts";
import { unknownUsage, type Usage } from "../../event/usage.ts";
import { type AnswerFacts, noFacts } from "../../gateway/formats/format.ts";
import { fields, object } from "../../json.ts";
import { formats } from "../../gateway/formats/table.ts";
import { toolResultIds } from "../../gateway/formats/tool_results.ts";
import { callCost, type CallEnd } from "../../pricing/call_cost.ts";
import { decimal, exactText } from "../../pricing/decimal.ts";
import type { Drafted, Entry, IngestContext } from "../context.ts";
import { modelOf } from "../provider.ts";
import { type PromptCall, promptCallSchema } from "../schema/event.ts";
import { bounds } from "../schema/parts.ts";
import { cut, payloadOf, payloadsOf, propertyBounds, TextMap, textOf } from "../text.ts";
import { readUsage, usageOfWhole } from "../usage.ts";
import { errorOf, firstText, isoOf, orNull, timeOf, traceOf, unknownFields } from "./common.ts";
import { innerToolSpans } from "./inner_tool.ts";
import { reportedCost } from "./reported_cost.ts";

const known: ReadonlySet<string> = new Set(Object.keys(promptCallSchema.shape));

export function draftPromptCall(event: PromptCall, id: string, context: IngestContext): Drafted {
  const at = timeOf(event.timestamp, context.now);
  const asked = requestOf(event);
  const answered = event.response ?? event.output;
  const response = payloadOf(answered);
  const facts = answerFacts(answered);
  const named = modelOf(event.model, orNull(event.provider));
  const responseModel = firstText(event.response_model, event.model_version) ??
    facts.responseModel;
  const reported = costText(event.cost_usd ?? event.cost_estimate_usd);
  const failure = failureOf(event, facts);
  const call = {
    ...named,
    endpoint: event.operation ?? "chat" as const,
    usage: usageOf(event, facts),
    status_code: event.status_code ?? null,
    error: failure,
  };
  const data: CallData = {
    ...call,
    response_model: bounded(responseModel),
    method: "",
    path: "",
    stream: event.stream ?? false,
    cache: "BYPASS",
    latency_ms: event.latency_ms ?? null,
    ttft_ms: event.ttft_ms ?? null,
    overhead_ms: 0,
    cost: costOf(reported, call, { responseModel, at: new Date(at), facts }, context.prices),
    service_tier: facts.tier,
    provider_cost_usd: reported ?? facts.providerCost ?? null,
    finish_reason: bounded(event.finish_reason ?? facts.finishReason),
    tool_calls: toolCallsOf(event, facts),
    tool_result_ids: resultIds(event, asked),
    response_id: bounded(event.response_id ?? facts.responseId),
    key_id: context.keyId,
    user_id: orNull(event.user_id),
    session_id: orNull(event.session_id),
    trace_id: traceOf(event),
    span_id: orNull(event.span_id),
    parent_span_id: orNull(event.parent_span_id),
    properties: propertiesOf(event),
    source: context.source,
    response_bytes: response?.size ?? 0,
    demo: false,
  };
  return {
    draft: {
      id,
      type: failure ? "call.failed" : "call.completed",
      v: 1,
      project: context.project,
      at: isoOf(at),
      data,
    },
    payloads: payloadsOf({ request: payloadOf(asked), response }),
    ...derivedOf(innerToolSpans(event, id, at, context)),
  };
}

function derivedOf(derived: readonly Entry[]): Pick<Drafted, "derived"> {
  return derived.length > 0 ? { derived } : {};
}

function bounded(value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : cut(value, bounds.name);
}

/** The request's body in the shape that readers of bodies know. */
function requestOf({ model, prompt, messages, input }: PromptCall): unknown {
  const given = messages ?? prompt ?? input;
  if (given === undefined || given === null) return null;
  if (object(given)) return given;
  if (messages || (Array.isArray(given) && object(given[0]))) return { model, messages: given };
  return prompt === undefined || prompt === null ? { model, input } : { model, prompt };
}

/** What an answer in a provider's own shape says; nothing for texts and unknown shapes. */
function answerFacts(answered: unknown): AnswerFacts {
  const body = object(answered);
  const format = !body
    ? null
    : Array.isArray(body.choices)
    ? "openai-chat"
    : body.type === "message"
    ? "anthropic"
    : Array.isArray(body.candidates)
    ? "gemini"
    : body.object === "response"
    ? "openai-responses"
    : null;
  if (!format) return noFacts(unknownUsage());
  const reader = formats[format].answer(false);
  reader.add(body);
  return reader.facts();
}

function usageOf(event: PromptCall, facts: AnswerFacts): Usage {
  const usage = event.usage ? readUsage(event.usage) : null;
  if (usage && usage.source !== "none") return usage;
  const counted = usageOfWhole({
    input: orNull(event.tokens_input),
    output: orNull(event.tokens_output),
    cacheRead: orNull(event.tokens_cache_read),
    cacheWrite: orNull(event.tokens_cache_write),
    reasoning: orNull(event.tokens_reasoning),
  });
  return counted.source === "none" ? facts.usage : counted;
}

/** A cost as clients write it, as the decimal text that events hold; null when there is none. */
function costText(cost: string | number | null | undefined): string | null {
  return cost === null || cost === undefined ? null : decimal(exactText(String(cost)));
}

/** What it cost: as the client says, or else by our prices. */
function costOf(
  reported: string | null,
  call: Pick<CallData, "endpoint" | "provider" | "model" | "usage"> & CallEnd,
  query: { readonly responseModel: string | null; readonly at: Date; readonly facts: AnswerFacts },
  prices: IngestContext["prices"],
): Cost {
  if (reported !== null) return reportedCost(reported, prices?.version ?? 0);
  const { endpoint, provider, model, usage, status_code, error } = call;
  const { responseModel, at, facts: { tier, speed = null, geo = null } } = query;
  const asked = { provider, model, responseModel, at, tier, speed, geo };
  return callCost(endpoint, usage, asked, prices, { status_code, error });
}

const failing: ReadonlySet<string> = new Set(["error", "timeout", "assertion_failed"]);

function failureOf(event: PromptCall, facts: AnswerFacts): CallData["error"] {
  const error = errorOf(event.error);
  const { status } = event;
  const failed = status ? failing.has(status) : error !== null || (event.status_code ?? 0) >= 400;
  if (!failed) return null;
  const code = error?.code ?? facts.error?.code ??
    (status && status !== "error" ? status : `http_${event.status_code ?? "error"}`);
  return {
    code: cut(code, bounds.name),
    message: error?.message ?? facts.error?.message ?? "",
    origin: "provider",
  };
}

/** As the gateway keeps them: all of them are in the answer's body. */
const toolBounds = { calls: 32, arguments: 2_048 } as const;

function toolCallsOf(event: PromptCall, facts: AnswerFacts): ToolCall[] {
  const calls = event.tool_calls?.map((call): ToolCall => {
    const called = fields(call.function);
    return {
      id: firstText(call.tool_id, call.id) ?? "",
      name: firstText(call.tool_name, call.name, called.name) ?? "",
      arguments: textOf(call.input ?? call.arguments ?? called.arguments ?? ""),
    };
  }) ?? facts.toolCalls;
  return calls.slice(0, toolBounds.calls).map((call) => ({
    id: cut(call.id, bounds.name),
    name: cut(call.name, bounds.name),
    arguments: cut(call.arguments, toolBounds.arguments),
  }));
}

function resultIds(event: PromptCall, asked: unknown): string[] | null {
  const ids = event.tool_result_ids ?? toolResultIds(asked);
  return ids.length > 0 ? ids.slice(0, 32) : null;
}

function propertiesOf(event: PromptCall): Record<string, string> {
  const properties = new TextMap(propertyBounds);
  properties.addAll(event.properties);
  properties.add("environment", event.environment ?? event.env);
  properties.add("release", event.release);
  if (event.tags?.length) properties.add("tags", event.tags.join(","));
  if (event.trace_id) properties.add("run_id", event.run_id);
  properties.add("prompt_template_id", event.prompt_template_id);
  properties.addAll(event.metadata);
  properties.addAll(event.response_metadata);
  properties.addAll(event.client);
  for (const [name, value] of unknownFields(event, known)) properties.add(name, value);
  return properties.values;
}
