/**
 * What a span says of the call of a model that it is: model, usage, cost, errors and times.
 *
 * @module
 */
import type { CallData } from "../../event/call.ts";
import type { Cost } from "../../event/cost.ts";
import { object } from "../../json.ts";
import { scrub } from "../../gateway/scrub.ts";
import { callCost } from "../../pricing/call_cost.ts";
import type { IngestContext } from "../context.ts";
import { detailsTotal, dollarsOf } from "../dollars.ts";
import { reportedCost } from "../event/reported_cost.ts";
import { modelOf } from "../provider.ts";
import { cut, textOf } from "../text.ts";
import type { Conversation } from "./conversation.ts";
import {
  type Fields,
  isTrue,
  listOf,
  most,
  numberOf,
  saysError,
  short,
  textField,
} from "./field_values.ts";
import { callsOf, type Message } from "./messages.ts";
import { parsed, type ReadAttributes } from "./read_attributes.ts";
import type { OtelSpan } from "./span.ts";
import { usageOfFields } from "./usage.ts";

export type CallFacts = Omit<
  CallData,
  "properties" | "source" | "span" | keyof Whose
>;
interface Whose {
  trace_id: unknown;
  span_id: unknown;
  parent_span_id: unknown;
  user_id: unknown;
  session_id: unknown;
  key_id: unknown;
  demo: unknown;
}

/** @param durationMs null when the span has no end of its own */
export function callFacts(
  { fields }: ReadAttributes,
  span: OtelSpan,
  endpoint: CallData["endpoint"],
  { answered }: Conversation,
  durationMs: number | null,
  context: IngestContext,
): CallFacts {
  const asked = textField(fields.get("model"));
  const responseModel = textField(fields.get("response_model")) || null;
  const named = modelOf(asked || responseModel || "unknown", short(fields.get("provider")));
  const usage = usageOfFields(fields);
  const tier = short(fields.get("service_tier"));
  const reported = reportedOf(fields);
  const own = callCost(endpoint, usage, {
    ...named,
    responseModel,
    at: new Date(Math.floor(span.startUs / 1_000)),
    tier,
  }, context.prices);
  return {
    provider: named.provider,
    endpoint,
    model: cut(named.model, most.name),
    response_model: responseModel && cut(responseModel, most.name),
    method: "",
    path: "",
    status_code: null,
    error: errorOf(span, fields),
    stream: isTrue(fields.get("stream")) || textField(fields.get("operation")).includes("doStream"),
    cache: "BYPASS",
    latency_ms: durationMs,
    ttft_ms: ttftOf(fields, span),
    overhead_ms: 0,
    usage,
    cost: costOf(own, reported, context),
    service_tier: tier,
    provider_cost_usd: reported,
    finish_reason: finishOf(fields, answered),
    tool_calls: callsOf(answered).slice(0, most.toolCalls).map((call) => ({
      id: cut(call.id, most.name),
      name: cut(call.name, most.name),
      arguments: cut(call.arguments, most.arguments),
    })),
    response_id: short(fields.get("response_id")),
    response_bytes: 0,
  };
}

/** Ours where there is a price, else what the span says. */
function costOf(own: Cost, reported: string | null, { prices }: IngestContext): Cost {
  return own.usd === null && reported !== null ? reportedCost(reported, prices?.version ?? 0) : own;
}

function reportedOf(fields: Fields): string | null {
  const details = fields.get("cost_details")?.value;
  const parts = object(typeof details === "string" ? parsed(details) : details);
  return dollarsOf(fields.get("cost")?.value) ?? (parts && detailsTotal(parts));
}

function errorOf(span: OtelSpan, fields: Fields): CallData["error"] {
  const type = textField(fields.get("error_type"));
  const said = saysError(fields);
  if (span.status.code !== 2 && !said && (type === "" || span.status.code === 1)) return null;
  const exception = span.events.find(({ name }) => name === "exception")?.attributes ?? {};
  const code = type || textField({ value: exception["exception.type"] ?? null }) || "error";
  const message = span.status.message || (said ? textField(fields.get("status_message")) : "") ||
    textField({ value: exception["exception.message"] ?? null });
  return {
    code: cut(code, most.name),
    message: scrub(cut(message, most.message)),
    origin: "provider",
  };
}

function ttftOf(fields: Fields, span: OtelSpan): number | null {
  const seconds = numberOf(fields.get("ttft_s"));
  if (seconds !== null) return Math.round(seconds * 1e6) / 1_000;
  const milliseconds = numberOf(fields.get("ttft_ms"));
  if (milliseconds !== null) return milliseconds;
  const at = Date.parse(textOf(parsed(textField(fields.get("first_token_at")))));
  const since = at - span.startUs / 1_000;
  return since >= 0 ? since : null;
}

function finishOf(
  fields: Fields,
  answered: readonly Message[],
): string | null {
  const [first] = listOf(fields.get("finish_reasons")?.value ?? null);
  const said = typeof first === "string" && first !== ""
    ? first
    : answered.find(({ finish_reason }) => finish_reason)?.finish_reason;
  return said ? cut(said, most.name) : null;
}
