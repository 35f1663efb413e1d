/**
 * From a span of OpenTelemetry to what the log keeps of it: a call when it is one, else a span.
 *
 * @module
 */
import type { CallData } from "../../event/call.ts";
import type { Cost } from "../../event/cost.ts";
import type { SpanData, SpanFacts } from "../../event/span.ts";
import { object } from "../../gateway/formats/json.ts";
import { scrub } from "../../gateway/scrub.ts";
import { callCost } from "../../pricing/call_cost.ts";
import type { Drafted, IngestContext } from "../context.ts";
import { detailsTotal, dollarsOf } from "../dollars.ts";
import { isoOf } from "../event/common.ts";
import { reportedCost } from "../event/prompt_call.ts";
import { modelOf } from "../provider.ts";
import {
  attributeBounds,
  cut,
  payloadOf,
  payloadsOf,
  propertyBounds,
  TextMap,
  textOf,
} from "../text.ts";
import { type Work, workOf } from "./kind.ts";
import type { Field } from "./mapping.ts";
import {
  answerMessage,
  callsOf,
  eventMessages,
  type Message,
  messagesOf,
  spreadMessages,
  systemMessage,
} from "./messages.ts";
import { parsed, type Read, type ReadAttributes, readAttributes } from "./read_attributes.ts";
import type { Attributes, OtelScope, OtelSpan, Value } from "./span.ts";
import { toolsOf } from "./tools.ts";
import { usageOfFields } from "./usage.ts";

/** What a span stands in. */
export interface SpanPlace {
  readonly resource: Attributes;
  readonly scope: OtelScope;
}

/** Most characters of ids, names and messages. */
const most = { name: 256, message: 8_192, unmapped: 128, toolCalls: 32, arguments: 2_048 } as const;

/** @param id the event's, which follows from the span's */
export function mapSpan(
  span: OtelSpan,
  place: SpanPlace,
  id: string,
  context: IngestContext,
): Drafted {
  const read = readAttributes(span.attributes);
  const about = readAttributes(place.resource);
  const work = workOf(read.fields);
  const facts = factsOf(span, place, read, about, work);
  const at = isoOf(Math.floor(span.startUs / 1_000));
  const durationMs = span.endUs > 0 ? Math.max(0, span.endUs - span.startUs) / 1_000 : null;
  const envelope = { id, v: 1 as const, project: context.project, at };
  const whose = {
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId || null,
    user_id: short(read.fields.get("user") ?? about.fields.get("user")),
    session_id: short(read.fields.get("session") ?? about.fields.get("session")),
    key_id: context.keyId,
    demo: false,
  };
  if (!work.isCall) {
    const data: SpanData = {
      ...facts,
      ...whose,
      source: context.source,
      duration_ms: durationMs,
      status: statusOf(span, read),
      tool_name: short(read.fields.get("tool_name")),
      tool_call_id: short(read.fields.get("tool_call_id")),
      amends: null,
    };
    return {
      draft: { ...envelope, type: "span.recorded", data },
      payloads: payloadsOf(spanBodies(read, span)),
    };
  }
  const said = conversationOf(read, span);
  const data: CallData = {
    ...callFacts(read, span, work.endpoint, said, durationMs, context),
    ...whose,
    properties: propertiesOf(read, facts),
    source: context.source,
    span: facts,
  };
  const type = data.error ? "call.failed" : "call.completed";
  return {
    draft: { ...envelope, type, data },
    payloads: payloadsOf({ request: payloadOf(said.request), response: payloadOf(said.response) }),
  };
}

function statusOf(span: OtelSpan, { fields }: ReadAttributes): SpanData["status"] {
  if (span.status.code === 2 || saysError(fields)) return "error";
  return span.status.code === 1 ? "success" : "unset";
}

/** Langfuse's clients say so in a word of their own. */
function saysError(fields: ReadonlyMap<Field, Read>): boolean {
  return textField(fields.get("level")).toUpperCase() === "ERROR";
}

function factsOf(
  span: OtelSpan,
  { resource, scope }: SpanPlace,
  read: ReadAttributes,
  about: ReadAttributes,
  work: Work,
): SpanFacts {
  const attributes = new TextMap(attributeBounds);
  attributes.addAll(read.kept);
  for (const name in resource) {
    if (name !== "service.name") attributes.add(`resource.${name}`, resource[name]);
  }
  for (const name in scope.attributes) attributes.add(`scope.${name}`, scope.attributes[name]);
  if (scope.version) attributes.add("scope.version", scope.version);
  if (span.links > 0) attributes.add("otel.links", span.links);
  span.events.slice(0, 32).forEach((event, i) => {
    if (event.name.startsWith("gen_ai.")) return;
    attributes.add(`event.${i}`, {
      name: event.name,
      at: isoOf(Math.floor(event.timeUs / 1_000)),
      ...event.attributes,
    });
  });
  const field = (name: Field) => read.fields.get(name) ?? about.fields.get(name);
  return {
    kind: work.kind,
    name: cut(span.name, most.name),
    start_us: span.startUs,
    status_message: messageOf(span, read),
    level: short(read.fields.get("level"), 32),
    service: short({ value: resource["service.name"] ?? null }),
    scope: scope.name === "" ? null : cut(scope.name, most.name),
    environment: short(field("environment")),
    release: short(field("release")),
    tags: listOf(field("tags")?.value ?? null).slice(0, 50).map((tag) => cut(textOf(tag), 200)),
    attributes: attributes.values,
    unmapped: read.unmapped.slice(0, most.unmapped).map((name) => cut(name, 200)),
  };
}

function messageOf(span: OtelSpan, { fields }: ReadAttributes): string | null {
  const exception = span.events.find(({ name }) => name === "exception")
    ?.attributes["exception.message"];
  const message = span.status.message || textField(fields.get("status_message")) ||
    (typeof exception === "string" ? exception : "");
  return message === "" ? null : scrub(cut(message, most.message));
}

interface Conversation {
  readonly request: unknown;
  readonly response: unknown;
  readonly answered: readonly Message[];
}

/** What was asked and answered, in the shape of OpenAI's bodies where there are messages. */
function conversationOf({ fields }: ReadAttributes, span: OtelSpan): Conversation {
  const model = textField(fields.get("model")) || textField(fields.get("response_model"));
  const events = eventMessages(span.events);
  const spread = fields.get("messages_in");
  const given = spread ? readMessages(spread, "user") : [];
  const input = fields.get("input")?.value ?? null;
  const system = systemMessage(fields.get("system")?.value ?? null);
  // What the span says of the system goes before what its events repeat.
  const others = events.asked.filter(({ role }) => system.length === 0 || role !== "system");
  const asked = [
    ...system,
    ...(given.length > 0 ? given : messagesOf(input, "user") ?? others),
  ];
  const tools = toolsOf(fields.get("tools"));
  const request = asked.length > 0
    ? { model, messages: asked, ...(tools.length > 0 && { tools }) }
    : requestOf(model, input);

  const came = fields.get("messages_out");
  const told = came ? readMessages(came, "assistant") : [];
  const apart = answerMessage(
    fields.get("text_out")?.value ?? null,
    fields.get("tool_calls_out")?.value ?? null,
    fields.get("reasoning_out")?.value ?? null,
  );
  const output = fields.get("output")?.value ?? null;
  const answered = told.length > 0
    ? told
    : apart
    ? [apart]
    : messagesOf(output, "assistant") ?? events.answered;
  const response = answered.length > 0
    ? {
      choices: answered.map(({ finish_reason, ...message }, index) => ({
        index,
        message,
        ...(finish_reason !== undefined && { finish_reason }),
      })),
    }
    : typeof output === "string"
    ? parsed(output)
    : output;
  return { request, response, answered };
}

function requestOf(model: string, input: Value): unknown {
  if (input === null) return null;
  const value = typeof input === "string" ? parsed(input) : input;
  return object(value) ?? { model, input: value };
}

function readMessages({ value, isFamily }: Read, role: string): Message[] {
  if (isFamily) return spreadMessages(value as Attributes, role); // A family is an object by name.
  return messagesOf(value, role) ?? [{ role, content: value }];
}

type CallFacts = Omit<
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

function callFacts(
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

function reportedOf(fields: ReadonlyMap<Field, Read>): string | null {
  const details = fields.get("cost_details")?.value;
  const parts = object(typeof details === "string" ? parsed(details) : details);
  return dollarsOf(fields.get("cost")?.value) ?? (parts && detailsTotal(parts));
}

function errorOf(span: OtelSpan, fields: ReadonlyMap<Field, Read>): CallData["error"] {
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

function ttftOf(fields: ReadonlyMap<Field, Read>, span: OtelSpan): number | null {
  const seconds = numberOf(fields.get("ttft_s"));
  if (seconds !== null) return Math.round(seconds * 1e6) / 1_000;
  const milliseconds = numberOf(fields.get("ttft_ms"));
  if (milliseconds !== null) return milliseconds;
  const at = Date.parse(textOf(parsed(textField(fields.get("first_token_at")))));
  const since = at - span.startUs / 1_000;
  return since >= 0 ? since : null;
}

function finishOf(
  fields: ReadonlyMap<Field, Read>,
  answered: readonly Message[],
): string | null {
  const [first] = listOf(fields.get("finish_reasons")?.value ?? null);
  const said = typeof first === "string" && first !== ""
    ? first
    : answered.find(({ finish_reason }) => finish_reason)?.finish_reason;
  return said ? cut(said, most.name) : null;
}

function propertiesOf({ properties }: ReadAttributes, facts: SpanFacts): Record<string, string> {
  const map = new TextMap(propertyBounds);
  map.addAll(properties);
  map.add("environment", facts.environment);
  map.add("release", facts.release);
  map.add("service", facts.service);
  if (facts.tags.length > 0) map.add("tags", facts.tags.join(","));
  return map.values;
}

function spanBodies({ fields }: ReadAttributes, span: OtelSpan) {
  const events = eventMessages(span.events);
  const input = bodyOf(fields, "tool_input", "input", "messages_in", "system") ??
    (events.asked.length > 0 ? events.asked : null);
  const output = bodyOf(fields, "tool_output", "output", "text_out", "messages_out") ??
    (events.answered.length > 0 ? events.answered : null);
  return { input: payloadOf(input), output: payloadOf(output) };
}

/** The first of the fields that is there; JSON in a text as JSON. */
function bodyOf(fields: ReadonlyMap<Field, Read>, ...names: readonly Field[]): unknown {
  for (const name of names) {
    const read = fields.get(name);
    if (!read || read.value === null) continue;
    if (read.isFamily) return readMessages(read, name === "messages_in" ? "user" : "assistant");
    return typeof read.value === "string" ? parsed(read.value) : read.value;
  }
  return null;
}

type Valued = Pick<Read, "value"> | undefined;

function textField(read: Valued): string {
  return typeof read?.value === "string" ? read.value : "";
}

/** Any scalar as text; null when there is none. */
function short(read: Valued, length: number = most.name): string | null {
  const value = read?.value;
  if (value === undefined || value === null || value === "") return null;
  return cut(textOf(value), length);
}

function numberOf(read: Valued): number | null {
  const value = typeof read?.value === "string" ? Number(read.value) : read?.value;
  return typeof value === "number" && value >= 0 && value < Infinity ? value : null;
}

function isTrue(read: Valued): boolean {
  return read?.value === true || read?.value === "true";
}

/** A list as it is or as JSON; one value as a list of itself. */
function listOf(value: Value): readonly Value[] {
  const read = typeof value === "string" ? parsed(value) : value;
  if (Array.isArray(read)) return read;
  return read === null || read === "" ? [] : [read];
}
