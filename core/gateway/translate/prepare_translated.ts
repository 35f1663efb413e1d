/**
 * The request for a provider that speaks another format than the call: translated body, the provider's
 * own path and headers. Nothing that the client's SDK says to its own provider goes along.
 *
 * @module
 */
import type { Credential } from "../../vault/types.ts";
import { joinPath } from "../addresses.ts";
import type { Call } from "../call.ts";
import {
  baseOf,
  credentialHeaders,
  type CredentialSources,
  openingOf,
  signerOf,
} from "../credentials.ts";
import { deploymentOf } from "../deployment.ts";
import type { Provider } from "../providers/provider.ts";
import { keptBytes } from "../kept_bodies.ts";
import { headersThat } from "../raw_headers.ts";
import type { Target } from "../target.ts";
import type { Dialect } from "./request.ts";
import { translateRequest } from "./translate_request.ts";
import { createTranslation } from "./translation.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface TranslatedAim {
  readonly provider: Provider;
  /** The model's name as the provider knows it. */
  readonly model: string;
  /** The vault's keys that this call has tried. */
  readonly except?: ReadonlySet<string>;
  /** The key that opens it, brought by the request's own route. */
  readonly apiKey?: string;
}

/** @throws {AppError} `translation_impossible`, or as `prepare()` does */
export function prepareTranslated(
  call: Call,
  aim: TranslatedAim,
  { from, to }: { readonly from: Dialect; readonly to: Dialect },
  sources: CredentialSources,
): Target {
  const { route, body } = call;
  const { provider } = aim;
  const opening = openingOf(call, provider, sources, aim);
  const model = deploymentOf(opening.credential, aim.model);
  const recipient = { provider: provider.name, model };
  const source = decoder.decode(body);
  const translated = translateRequest(source, from, to, recipient, route.operation.stream);
  const { stream, streamUsage } = translated.request;
  const path = pathOf(provider, opening.credential, to, model, stream);
  const base = baseOf(provider, opening.credential, path, sources.addresses);
  const bytes = encoder.encode(JSON.stringify(translated.body));
  const target = joinPath(base.prefix, path);
  const headers = [
    ...forwarded(call, provider),
    "host",
    base.host,
    "content-type",
    "application/json",
    "accept",
    stream ? "text/event-stream" : "application/json",
    // It is read on the way.
    "accept-encoding",
    "identity",
    ...(to === "anthropic" ? ["anthropic-version", "2023-06-01"] : []),
    ...credentialHeaders(opening, provider, path, null),
  ];
  const sign = signerOf(
    opening,
    { method: "POST", base, path: target, contentType: "application/json", body: bytes },
    sources,
  );
  const translation = createTranslation(
    {
      from: to,
      to: from,
      stream,
      streamUsage,
      callId: call.id,
      model,
      created: Math.floor(call.at / 1_000),
      asList: from === "gemini" && stream && !/[?&]alt=sse\b/.test(call.query),
    },
    translated.left,
    keptBytes,
  );
  return {
    base,
    path: target,
    headers,
    body: bytes,
    stripUsage: false,
    ...(opening.key && { key: opening.key }),
    ...(sign && { sign }),
    translation,
  };
}

/** Who the client is and which trace the call belongs to; the rest speaks to another provider. */
const goesAlong = new Set(["user-agent", "traceparent", "tracestate", "accept-language"]);

function forwarded({ headers }: Call, provider: Provider): string[] {
  const along = headersThat(headers.forward, (name) => goesAlong.has(name));
  return [...along, ...provider.headers ?? []];
}

function pathOf(
  provider: Provider,
  credential: Credential | null,
  to: Dialect,
  model: string,
  stream: boolean,
): string {
  if (to === "openai-chat") return `${provider.openaiBase ?? "/v1"}/chat/completions`;
  if (to === "anthropic") return `${provider.anthropicBase ?? "/v1"}/messages`;
  const verb = stream ? "streamGenerateContent?alt=sse" : "generateContent";
  // With a service account Vertex is asked on behalf of its project.
  const base = credential?.kind === "service_account"
    ? `/v1/projects/${credential.project_id}/locations/global/publishers/google`
    : provider.geminiBase ?? "/v1beta";
  return `${base}/models/${encodeURIComponent(model)}:${verb}`;
}
