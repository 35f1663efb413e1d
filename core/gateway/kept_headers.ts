/**
 * Which headers of a request and of its answer are kept with the call's event: those that help to
 * understand it (who asked, for which version, the provider's ids and limits), and nothing that opens
 * anything.
 *
 * Guarantees: a header is kept only if its name stands in the tables below; a value that looks like a
 * credential is left out whatever its name.
 *
 * @module
 */
import { cacheHeaders } from "../cache/option_table.ts";
import type { KeptHeaders } from "../event/call.ts";
import { routingHeaders } from "./routing/headers.ts";
import { looksLikeCredential } from "./scrub.ts";

/** Most of them on a side, and the longest value in characters; the rest is cut. */
const most = { headers: 40, value: 256 } as const;

/** Whole configurations: they may bring keys of their own. What they decided stands with the call. */
const configurations = ["x-watchllm-route", "x-portkey-config", "helicone-fallbacks"];

const requestNames: ReadonlySet<string> = new Set([
  "user-agent",
  "content-type",
  "accept",
  "accept-encoding",
  "anthropic-version",
  "anthropic-beta",
  "anthropic-dangerous-direct-browser-access",
  "openai-organization",
  "openai-project",
  "openai-beta",
  "x-goog-api-client",
  "x-goog-user-project",
  // OpenRouter: the application's name and page.
  "x-title",
  "http-referer",
  "traceparent",
  "tracestate",
  "x-request-id",
  "x-client-request-id",
  "idempotency-key",
  "helicone-target-url",
  "helicone-openai-api-base",
  "helicone-ratelimit-policy",
  "x-portkey-provider",
  "x-portkey-custom-host",
  "x-portkey-trace-id",
  "x-watchllm-omit-request",
  "x-watchllm-omit-response",
  ...[...Object.keys(cacheHeaders), ...Object.keys(routingHeaders)]
    .filter((name) => !configurations.includes(name)),
]);
const requestPrefixes = ["x-stainless-"];

const responseNames: ReadonlySet<string> = new Set([
  "content-type",
  "content-encoding",
  "request-id",
  "x-request-id",
  "x-amzn-requestid",
  "apim-request-id",
  "x-ms-request-id",
  "x-ms-region",
  "x-cloud-trace-context",
  "x-groq-region",
  "cf-ray",
  "server",
  "server-timing",
  "retry-after",
  "retry-after-ms",
  "x-should-retry",
  "openai-processing-ms",
  "openai-version",
  "openai-organization",
  "anthropic-organization-id",
  "x-envoy-upstream-service-time",
  "ratelimit",
  "ratelimit-policy",
]);
const responsePrefixes = [
  "ratelimit-",
  "x-ratelimit-",
  "anthropic-ratelimit-",
  "anthropic-priority-",
  "x-amzn-bedrock-",
];

/** Whether a request's header is kept. @param name in lower case */
export function keepsRequestHeader(name: string): boolean {
  return requestNames.has(name) || requestPrefixes.some((start) => name.startsWith(start));
}

/**
 * The names under which providers' headers are kept, as they were sent; null for those that are not.
 * Names not seen before are looked at once; the bound keeps strangers from filling it.
 */
const responseNamed = new Map<string, string | null>();
const responseNamedKept = 2_000;

function keptResponseName(sent: string): string | null {
  const known = responseNamed.get(sent);
  if (known !== undefined) return known;
  const name = sent.toLowerCase();
  const keeps = responseNames.has(name) || responsePrefixes.some((start) => name.startsWith(start));
  const kept = keeps ? name : null;
  if (responseNamed.size < responseNamedKept) responseNamed.set(sent, kept);
  return kept;
}

/**
 * The headers that stand in a call's event; null when there is none.
 *
 * @param request names and values in turn, of those that `keepsRequestHeader()` keeps
 * @param response the head of the provider's answer, names and values in turn as they were sent
 */
export function keptHeaders(
  request: readonly string[] | null,
  response: readonly string[] | undefined,
): KeptHeaders | null {
  const asked = fieldsOf(request);
  const answered = fieldsOf(keptOf(response));
  return asked || answered ? { request: asked ?? {}, response: answered ?? {} } : null;
}

function keptOf(raw: readonly string[] | undefined): string[] | null {
  if (!raw) return null;
  let kept: string[] | null = null;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = keptResponseName(raw[i] ?? "");
    if (name !== null) (kept ??= []).push(name, raw[i + 1] ?? "");
  }
  return kept;
}

function fieldsOf(kept: readonly string[] | null): Record<string, string> | null {
  if (!kept) return null;
  const fields: Record<string, string> = {};
  let count = 0;
  for (let i = 0; i + 1 < kept.length && count < most.headers; i += 2) {
    const name = kept[i] ?? "";
    // Cut first: a value may be made to be slow to look at.
    const value = bounded(kept[i + 1] ?? "");
    if (isSuspicious(value)) continue;
    const before = fields[name];
    if (before === undefined) count++;
    fields[name] = before === undefined ? value : bounded(`${before}, ${value}`);
  }
  return count > 0 ? fields : null;
}

/** No form of a key is shorter. */
const shortestCredential = 9;

/** Values that were looked at: clients and providers send the same ones again and again. */
const judged = new Map<string, boolean>();
const judgedKept = 2_000;

function isSuspicious(value: string): boolean {
  if (value.length < shortestCredential) return false;
  const known = judged.get(value);
  if (known !== undefined) return known;
  if (judged.size >= judgedKept) judged.clear();
  const suspicious = looksLikeCredential(value);
  judged.set(value, suspicious);
  return suspicious;
}

/** Cuts without halving a character. */
function bounded(value: string): string {
  return value.length <= most.value ? value : value.slice(0, most.value).toWellFormed();
}
