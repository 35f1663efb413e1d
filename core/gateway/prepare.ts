/**
 * The exact request that goes to a provider: address, path, headers, body. The body is sent as it came,
 * except for the model's name where another one is asked for, and for usage that a stream must be asked
 * for.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { Credential } from "../vault/types.ts";
import { joinPath } from "./addresses.ts";
import type { Call } from "./call.ts";
import {
  baseOf,
  credentialHeaders,
  type CredentialSources,
  isSignatureHeader,
  openingOf,
  signable,
  signerOf,
} from "./credentials.ts";
import { deploymentOf } from "./deployment.ts";
import { fields, object } from "../json.ts";
import { setMember } from "./json_edit.ts";
import type { Provider } from "./providers/provider.ts";
import { headersThat } from "./raw_headers.ts";
import type { Target } from "./target.ts";
import { prepareTranslated } from "./translate/prepare_translated.ts";
import { translationFor } from "./translate/speech.ts";

/** Where a call is to go. */
export interface Aim {
  readonly provider: Provider;
  /** The model's name as the provider knows it. */
  readonly model: string;
  /** The vault's keys that this call has tried. */
  readonly except?: ReadonlySet<string>;
  /** The key that opens it, brought by the request's own route. */
  readonly apiKey?: string;
}

/**
 * @throws {AppError} when the provider has no address or no key, or the call cannot be translated for it
 */
export function prepare(call: Call, aim: Aim, sources: CredentialSources): Target {
  const { provider } = aim;
  const formats = translationFor(call, provider);
  if (formats) return prepareTranslated(call, aim, formats, sources);
  const opening = openingOf(call, provider, sources, aim);
  const ownPath = pathAt(call, aim);
  if (leadsOut.test(ownPath)) {
    throw new AppError("bad_request", { path: "must not lead upwards (..)" });
  }
  const base = baseOf(provider, opening.credential, ownPath, sources.addresses);
  const query = queryFor(opening.credential, ownPath, call.query);
  const path = signable(joinPath(base.prefix, ownPath) + query, opening.credential);

  const askUsage = mustAskForUsage(call, provider);
  const sent = editedBody(call, deploymentOf(opening.credential, aim.model), askUsage);

  const headers = forwarded(call, provider);
  headers.push("host", base.host);
  // Usage can only be taken out of a stream that can be read on the way.
  const encoding = sent.askedUsage ? "identity" : call.headers.acceptEncoding;
  if (encoding !== null) headers.push("accept-encoding", encoding);
  headers.push(...credentialHeaders(opening, provider, ownPath, call.clientAuth));
  const { contentType } = call.headers;
  const sign = signerOf(
    opening,
    { method: call.method, base, path, contentType, body: sent.bytes },
    sources,
  );
  return {
    base,
    path,
    headers,
    body: sent.bytes,
    stripUsage: sent.askedUsage,
    ...(opening.key && { key: opening.key }),
    ...(sign && { sign }),
  };
}

/** A segment that servers take for the folder above: what is above is not the provider's, but its host's. */
const leadsOut = /(?:\/|\\|%2f|%5c)(?:\.|%2e){2}(?:\/|\\|%2f|%5c|$)/i;

/** The path at the provider: the root paths of the large dialects stand elsewhere with others. */
function pathAt({ route, askedModel }: Call, { provider, model }: Aim): string {
  const path = route.operation.model === null
    ? route.path
    : otherModel(route.path, askedModel, model);
  if (provider.name === route.providerName || !route.provider) return path;
  if (!route.modelChooses) return movedPath(path, route.provider, provider);
  const base = route.dialect === "anthropic" ? provider.anthropicBase ?? null : provider.openaiBase;
  if (base === null) {
    throw new AppError("provider_dialect", {
      provider: provider.name,
      path: `/proxy/${provider.name}/`,
    });
  }
  return base + path.slice("/v1".length);
}

/** The path of one provider at another who speaks the same format. */
function movedPath(path: string, from: Provider, to: Provider): string {
  for (const name of ["openaiBase", "anthropicBase", "geminiBase"] as const) {
    const [base, other] = [from[name], to[name]];
    if (typeof base !== "string" || typeof other !== "string") continue;
    if (path.startsWith(`${base}/`)) return other + path.slice(base.length);
  }
  throw new AppError("provider_dialect", { provider: to.name, path: `/proxy/${to.name}/` });
}

/** The path with another model in the place of the one that it names. */
function otherModel(path: string, from: string, to: string): string {
  if (from === to || from === "") return path;
  for (const written of [from, encodeURIComponent(from)]) {
    const at = path.lastIndexOf(`/${written}`);
    if (at === -1) continue;
    return `${path.slice(0, at + 1)}${encodeURIComponent(to)}${
      path.slice(at + 1 + written.length)
    }`;
  }
  return path;
}

/** Azure's classic paths want a version in the query. */
function queryFor(credential: Credential | null, path: string, query: string): string {
  if (credential?.kind !== "azure" || credential.api_version === null) return query;
  if (!path.includes("/deployments/") || /[?&]api-version=/.test(query)) return query;
  const version = `api-version=${encodeURIComponent(credential.api_version)}`;
  return query === "" ? `?${version}` : `${query}&${version}`;
}

/** The client's headers without a signature for us, and what a registered provider is always sent. */
function forwarded({ headers }: Call, provider: Provider): string[] {
  const all = provider.credentials?.includes("aws")
    ? headersThat(headers.forward, (name) => !isSignatureHeader(name))
    : [...headers.forward];
  if (!provider.headers) return all;
  const names = new Set(provider.headers.filter((_, i) => i % 2 === 0).map((n) => n.toLowerCase()));
  return [...headersThat(all, (name) => !names.has(name)), ...provider.headers];
}

/** A chat stream tells its usage only when asked to, by some providers. */
function mustAskForUsage({ stream, route, json }: Call, provider: Provider): boolean {
  if (!stream || !provider.usageOnRequest) return false;
  if (route.operation.format !== "openai-chat") return false;
  return fields(fields(json).stream_options).include_usage !== true;
}

/** @param model the model's name for the provider */
function editedBody(
  { body, method, json, askedModel }: Call,
  model: string,
  askUsage: boolean,
): { bytes: Uint8Array | null; askedUsage: boolean } {
  if (body.length === 0) {
    const noBody = method === "GET" || method === "HEAD" || method === "DELETE";
    return { bytes: noBody ? null : body, askedUsage: false };
  }
  let bytes = body;
  if (askedModel !== model && typeof fields(json).model === "string") {
    bytes = setMember(bytes, "model", JSON.stringify(model)) ?? bytes;
  }
  const asking = askUsage ? object(json) : null;
  if (!asking) return { bytes, askedUsage: false };
  const options = { ...fields(asking.stream_options), include_usage: true };
  const asked = setMember(bytes, "stream_options", JSON.stringify(options));
  return { bytes: asked ?? bytes, askedUsage: asked !== null };
}
