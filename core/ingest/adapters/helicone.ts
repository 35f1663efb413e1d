/**
 * Helicone's log of calls that did not pass through its proxy: one call with its request, answer, times
 * and `Helicone-` headers, as an event of ours.
 *
 * @module
 */
import { fields, object, text } from "../../json.ts";
import { readAnswerText } from "./answer_text.ts";
import { metaOf } from "./helicone_meta.ts";

/** The provider that a route is for; null for any. */
export type HeliconeRoute = "openai" | "anthropic" | null;

/**
 * The event that a body tells of; it is checked like any other.
 *
 * @param headers the request's own: clients say there what the body's `meta` does not
 */
export function heliconeEvent(
  body: unknown,
  route: HeliconeRoute,
  headers: Iterable<readonly [string, string]> = [],
): Record<string, unknown> {
  const { providerRequest, providerResponse, timing } = fields(body);
  const asked = fields(providerRequest);
  const answered = fields(providerResponse);
  const request = fields(asked.json);
  const meta = metaOf(asked.meta, headers);
  const start = instantOf(fields(timing).startTime);
  const end = instantOf(fields(timing).endTime);
  const status = typeof answered.status === "number" ? answered.status : undefined;
  const common = {
    event_id: meta.requestId,
    timestamp: start,
    latency_ms: start !== undefined && end !== undefined ? Math.max(0, end - start) : undefined,
    user_id: meta.user,
    session_id: meta.session,
    properties: meta.properties,
  };
  const { response, counts } = answerOf(answered);
  if (request._type === "tool" || request._type === "vector_db" || request._type === "data") {
    return {
      ...common,
      type: request._type === "tool" ? "tool_call" : "span",
      ...(request._type === "vector_db" && { kind: "retriever" }),
      name: text(request.toolName) ?? text(request.operation) ?? text(request.name),
      tool_name: request._type === "tool" ? text(request.toolName) : undefined,
      input: request.input ?? request,
      output: response,
      status: (status ?? 200) >= 400 ? "error" : "success",
    };
  }
  const url = text(asked.url) ?? "";
  const answer = object(response);
  const ttft = fields(timing).timeToFirstToken ?? fields(timing).timeToFirstTokenMs;
  return {
    ...common,
    type: "prompt_call",
    model: meta.model ?? text(request.model) ?? text(answer?.model) ?? modelOf(url) ?? "unknown",
    provider: route ?? undefined,
    prompt_template_id: meta.promptId,
    prompt: Object.keys(request).length > 0 ? request : undefined,
    response,
    // The provider's own object, whatever its shape.
    usage: object(answer?.usage) ?? object(answer?.usageMetadata) ?? undefined,
    ...counts,
    stream: request.stream === true || undefined,
    status_code: status !== undefined && status >= 100 && status < 600 ? status : undefined,
    ttft_ms: typeof ttft === "number" && ttft >= 0 ? ttft : undefined,
    error: (status ?? 200) >= 400 ? errorOf(answer) : undefined,
  };
}

/** Streams are told as text, beside an empty object. */
function answerOf(answered: Readonly<Record<string, unknown>>) {
  const json = object(answered.json);
  const isEmpty = json !== null &&
    Object.keys(json).every((name) => name === "_type" || name === "toolName");
  const given = isEmpty ? answered.textBody ?? answered.body ?? json : answered.json ??
    answered.textBody ?? answered.body;
  return typeof given === "string"
    ? readAnswerText(given)
    : { response: given ?? undefined, counts: {} };
}

/** `{seconds, milliseconds}`, of which the second may be the fraction of the first, or a number alone. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value === "number" || typeof value === "string") {
    const ms = typeof value === "number" ? value : Date.parse(value);
    return Number.isNaN(ms) ? undefined : ms;
  }
  const { seconds, milliseconds } = fields(value);
  const ms = numberOf(seconds) * 1_000 + numberOf(milliseconds ?? 0);
  return Number.isFinite(ms) ? Math.trunc(ms) : undefined;
}

function numberOf(value: unknown): number {
  return typeof value === "number" || typeof value === "string" ? Number(value) : NaN;
}

function modelOf(url: string): string | null {
  return /\/models\/([^/:?]+)/.exec(url)?.[1] ?? null;
}

function errorOf(answer: Readonly<Record<string, unknown>> | null) {
  const error = answer?.error;
  return typeof error === "string" ? error : object(error) ?? { message: "" };
}
