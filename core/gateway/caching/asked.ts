/**
 * What the cache has to know of a call: its key, the form in which it wants the answer, and what the
 * project and the request allow.
 *
 * @module
 */
import type { CacheReason } from "../../event/cache.ts";
import { parseExactly } from "../../cache/canonical_json.ts";
import { isVersionHeader } from "../../cache/exact/components.ts";
import { isCacheableEndpoint, whyNever, whyNotExact } from "../../cache/exact/eligibility.ts";
import { type ExactKey, keyOf } from "../../cache/exact/key.ts";
import { type Form, servesBothForms } from "../../cache/exact/render/render.ts";
import type { CacheOptions } from "../../cache/options.ts";
import type { SemanticMode, SemanticSettings } from "../../cache/semantic/contract.ts";
import type { CacheSettings } from "../../cache/settings.ts";
import type { Call } from "../call.ts";
import { fields } from "../../json.ts";
import type { Target } from "../target.ts";

export interface Asked {
  readonly call: Call;
  readonly project: string;
  readonly options: CacheOptions;
  readonly settings: CacheSettings;
  readonly key: ExactKey;
  /** The body as the key was made of it: with every digit. */
  readonly body: unknown;
  readonly form: Form;
  /** Whether a stream tells its usage. */
  readonly usage: boolean;
  /** Null when the exact cache takes part; else why it does not. */
  readonly notExact: CacheReason | null;
  readonly semantic: SemanticMode;
  readonly ttlSeconds: number;
  readonly namespace: string;
  /** Which of several answers to one request, and of how many. */
  readonly bucket: number;
  readonly buckets: number;
  /** Where the call goes as it was asked for: another one's answer is not this one's. */
  readonly provider: string;
  readonly model: string;
  /** What the route sets in the body; null for nothing. */
  readonly params: Params | null;
}

type Params = NonNullable<Target["params"]>;

/** A call that the cache takes no part in. */
export interface Passed {
  readonly why: CacheReason;
}

const decoder = new TextDecoder();

/** Whether a call can take part at all, before anything of it is read. */
export function isCacheable({ method, route }: Call): boolean {
  return isCacheableEndpoint(method, route.operation.endpoint);
}

/** @param random from 0 up to 1; chooses among several answers to one request */
export function askedOf(
  call: Call,
  options: CacheOptions,
  settings: CacheSettings,
  random: () => number,
): Asked | Passed {
  const { endpoint, format } = call.route.operation;
  const params = call.target?.params ?? null;
  const sent = asSent(call.json, params);
  const request = { endpoint, format, body: sent, query: call.query, stream: call.stream };
  const never = whyNever(request);
  if (never) return { why: never };
  if (!options.read && !options.store) return { why: "off_by_request" };
  const notExact = whyNotExact({ ...request, model: call.model }, options, settings);
  const semantic = semanticMode(call, options, settings);
  if (notExact && semantic === "off") return { why: notExact };

  const { target, provider, project } = call;
  if (!target || !provider || !project) throw new Error("The call has no target: choose it first");
  const text = decoder.decode(call.body);
  const body = asSent(parseExactly(text, call.json), params);
  const namespace = options.namespace ?? settings.namespace;
  const buckets = options.buckets ?? 1;
  const bucket = buckets > 1 ? Math.floor(random() * buckets) : 0;
  const key = keyOf({
    project: project.project,
    provider: provider.name,
    origin: `${target.base.secure ? "https" : "http"}://${target.base.host}${target.base.prefix}`,
    endpoint: endpointOf(call),
    model: call.model,
    version: versionOf(call, target),
    body,
    // Bytes that are no text were replaced by this sign, whatever they were.
    rawBody: text.includes("\ufffd") ? call.body : undefined,
    bothForms: servesBothForms(format),
    stream: call.stream,
    scope: {
      namespace,
      seed: options.seed,
      bucket,
      ignore: [...settings.ignore, ...options.ignore].sort(),
      customKey: options.customKey,
    },
  });
  return {
    call,
    project: project.project,
    options,
    settings,
    key,
    body,
    form: call.stream ? "sse" : "json",
    usage: target.translation ? asksUsage(call.json) : !target.stripUsage,
    notExact,
    semantic,
    ttlSeconds: options.ttlSeconds ?? settings.ttl_seconds,
    namespace,
    bucket,
    buckets,
    provider: provider.name,
    model: call.model,
    params,
  };
}

/** What the provider is asked: a route may have changed what the client wrote. */
function asSent(body: unknown, params: Params | null): unknown {
  return params ? { ...fields(body), ...params } : body;
}

/** Of a stream that is translated: it tells what its client asked for. */
function asksUsage(body: unknown): boolean {
  return fields(fields(body).stream_options).include_usage === true;
}

/** Embeddings have no turn to compare. */
function semanticMode({ route }: Call, options: CacheOptions, settings: CacheSettings) {
  if (route.operation.endpoint === "embeddings" || options.customKey !== null) return "off";
  return options.semantic ?? settings.semantic.mode;
}

/** The path without what only chooses between JSON and a stream. */
function endpointOf({ route, query }: Call): string {
  const path = route.path.replace(/:(?:streamG|g)enerateContent$/, ":generateContent")
    .replace(/:(?:streamR|r)awPredict$/, ":rawPredict");
  return path + query.replace(/([?&])alt=sse(?:&|$)/, "$1").replace(/[?&]$/, "");
}

function versionOf({ route, json, provider }: Call, { headers }: Target): Record<string, string> {
  const version: Record<string, string> = {};
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? "";
    if (isVersionHeader(name)) version[name] = headers[i + 1] ?? "";
  }
  // What a project has its own provider sent with every request may choose what answers.
  if (provider?.headers) version["provider's headers"] = JSON.stringify(provider.headers);
  // The id of a response that was not kept leads nowhere: who wants to go on from it needs another.
  if (route.operation.endpoint === "responses" && fields(json).store === false) {
    version["kept by the provider"] = "no";
  }
  return version;
}

/** The project's settings as the semantic cache takes them, times in milliseconds. */
export function semanticSettings({ settings: { semantic }, semantic: mode }: Asked) {
  return {
    mode,
    errorTarget: semantic.error_target,
    verifyShare: semantic.verify_share,
    ttlMs: semantic.ttl_seconds * 1_000,
    allow: {
      toolResults: semantic.allow.tool_results,
      images: semantic.allow.images,
      markedPii: semantic.allow.marked_pii,
    },
  } satisfies SemanticSettings;
}
