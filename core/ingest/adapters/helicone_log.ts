/**
 * Helicone's log message (`POST /v1/log/request`), as its gateways and workers send it: facts of a call
 * whose bodies they keep elsewhere.
 *
 * @module
 */
import { fields, object, text } from "../../json.ts";
import { readAnswerText } from "./answer_text.ts";
import { instantOf } from "./helicone.ts";

/** `{log: {request, response}, heliconeMeta}` as an event of ours; it is checked like any other. */
export function heliconeLogEvent(body: unknown): Record<string, unknown> {
  const { log, heliconeMeta } = fields(body);
  const meta = fields(heliconeMeta);
  const asked = fields(fields(log).request);
  const answered = fields(fields(log).response);
  const start = instantOf(asked.requestCreatedAt);
  const end = instantOf(answered.responseCreatedAt);
  const delay = countOf(answered.delayMs) ??
    (start !== undefined && end !== undefined ? Math.max(0, end - start) : undefined);
  const { response, counts } = bodyOf(answered.body ?? fields(log).rawResponseBody);
  const prompt = bodyOf(asked.body ?? fields(log).rawRequestBody).response;
  const status = countOf(answered.status);
  return {
    type: "prompt_call",
    event_id: some(asked.id),
    timestamp: start,
    latency_ms: delay,
    ttft_ms: countOf(answered.timeToFirstToken),
    model: some(meta.modelOverride) ?? some(meta.providerModelId) ?? some(meta.gatewayModel) ??
      some(answered.model) ?? some(asked.model) ?? some(object(response)?.model) ??
      some(object(prompt)?.model) ?? modelIn(asked) ?? "unknown",
    provider: some(meta.gatewayProvider)?.toLowerCase() ?? some(asked.provider)?.toLowerCase(),
    prompt,
    response,
    usage: object(object(response)?.usage) ?? undefined,
    tokens_input: countOf(answered.promptTokens),
    tokens_output: countOf(answered.completionTokens),
    tokens_cache_read: countOf(answered.promptCacheReadTokens),
    tokens_cache_write: countOf(answered.promptCacheWriteTokens),
    ...counts,
    user_id: some(asked.userId),
    prompt_template_id: some(asked.promptId) ?? some(meta.promptId),
    properties: object(asked.properties) ?? undefined,
    session_id: sessionOf(fields(asked.properties)),
    stream: asked.isStream === true || undefined,
    status_code: status !== undefined && status >= 100 && status < 600 ? status : undefined,
    status: status !== undefined && status >= 400 ? "error" : undefined,
  };
}

/** Its workers put the session among the properties. */
function sessionOf(properties: Readonly<Record<string, unknown>>): string | undefined {
  const name = Object.keys(properties).find((one) => one.toLowerCase() === "helicone-session-id");
  return name === undefined ? undefined : some(properties[name]);
}

function bodyOf(given: unknown) {
  if (typeof given === "string" && given !== "") return readAnswerText(given);
  return { response: object(given) ?? undefined, counts: {} };
}

function some(value: unknown): string | undefined {
  return text(value) || undefined;
}

function countOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && number >= 0 && number < Infinity ? number : undefined;
}

function modelIn({ targetUrl, path }: Readonly<Record<string, unknown>>): string | null {
  return /\/models\/([^/:?]+)/.exec(`${text(targetUrl) ?? ""} ${text(path) ?? ""}`)?.[1] ?? null;
}
