/**
 * Stage: where the call goes, and the exact request that goes there. The body is sent as it came,
 * except for a provider's name before the model and for usage that a stream must be asked for.
 *
 * @module
 */
import { AppError } from "../error.ts";
import { type Addresses, joinPath } from "./addresses.ts";
import type { Call, Stage } from "./call.ts";
import { fields, object, parseJson } from "./formats/json.ts";
import { formats } from "./formats/table.ts";
import { setMember } from "./json_edit.ts";
import type { AuthHeader, Provider } from "./providers/provider.ts";
import { providerNamed } from "./providers/table.ts";
import type { Target } from "./target.ts";

const decoder = new TextDecoder();

export interface ChoiceSources {
  readonly addresses: Addresses;
  /** Provider keys by name: `openai` of `OPENAI_API_KEY`. */
  readonly providerKeys: ReadonlyMap<string, string>;
}

export function choose({ addresses, providerKeys }: ChoiceSources): Stage {
  return function chooseTarget(call) {
    const { route } = call;
    const body = parsedBody(call);
    const { format } = route.operation;
    const facts = formats[format].request(body);
    call.stream = facts.stream || route.operation.stream;
    call.bodyUser = facts.user;
    call.model = facts.model || (route.operation.model ?? "");

    const named = route.modelChooses ? splitModel(call.model) : null;
    const provider = named?.provider ?? route.provider;
    if (!provider) throw new AppError("provider_unknown", { provider: route.providerName });
    call.provider = provider;
    if (named) call.model = named.model;

    const path = ownPath(call, provider);
    const base = addresses.baseFor(provider, path);
    if (!base) {
      throw new AppError("provider_address_missing", {
        variable: `WATCHLLM_UPSTREAM_${provider.name.toUpperCase()}`,
      });
    }
    const askUsage = mustAskForUsage(call, provider, body);
    const headers = call.headers.forward;
    headers.push("host", base.host);
    addCredentials(call, provider, path, headers, { addresses, providerKeys });
    const sent = editedBody(call, named !== null, askUsage ? body : undefined);
    // Usage can only be taken out of a stream that can be read on the way.
    const encoding = sent.askedUsage ? "identity" : call.headers.acceptEncoding;
    if (encoding !== null) headers.push("accept-encoding", encoding);
    call.target = {
      base,
      path: joinPath(base.prefix, path) + call.query,
      headers,
      body: sent.bytes,
      stripUsage: sent.askedUsage,
    };
    return null;
  };
}

function parsedBody({ body, headers, route }: Call): unknown {
  if (body.length === 0) return undefined;
  const isJson = headers.contentType?.includes("json") ?? false;
  if (!isJson && route.operation.format === "opaque") return undefined;
  return parseJson(decoder.decode(body));
}

/** `provider/model` with a provider that we know; a model's own name may hold slashes as well. */
function splitModel(model: string): { provider: Provider; model: string } | null {
  const slash = model.indexOf("/");
  if (slash <= 0) return null;
  const provider = providerNamed(model.slice(0, slash));
  return provider ? { provider, model: model.slice(slash + 1) } : null;
}

/** The path at the provider: OpenAI's root paths stand elsewhere with those that copy its API. */
function ownPath({ route }: Call, provider: Provider): string {
  if (!route.modelChooses || provider === route.provider) return route.path;
  if (provider.openaiBase === null) {
    throw new AppError("provider_dialect", {
      provider: provider.name,
      path: `/proxy/${provider.name}/`,
    });
  }
  return provider.openaiBase + route.path.slice("/v1".length);
}

/** A chat stream tells its usage only when asked to, by some providers. */
function mustAskForUsage(call: Call, provider: Provider, body: unknown): boolean {
  if (!call.stream || !provider.usageOnRequest) return false;
  if (call.route.operation.format !== "openai-chat") return false;
  return fields(fields(body).stream_options).include_usage !== true;
}

/** @param askIn the parsed body, when usage is to be asked for in it */
function editedBody(
  call: Call,
  dropPrefix: boolean,
  askIn: unknown,
): { bytes: Uint8Array | null; askedUsage: boolean } {
  const { body, method } = call;
  if (body.length === 0) {
    const noBody = method === "GET" || method === "HEAD" || method === "DELETE";
    return { bytes: noBody ? null : body, askedUsage: false };
  }
  let bytes = body;
  if (dropPrefix) bytes = setMember(bytes, "model", JSON.stringify(call.model)) ?? bytes;
  const asking = object(askIn);
  if (!asking) return { bytes, askedUsage: false };
  const options = { ...fields(asking.stream_options), include_usage: true };
  const asked = setMember(bytes, "stream_options", JSON.stringify(options));
  return { bytes: asked ?? bytes, askedUsage: asked !== null };
}

function addCredentials(
  call: Call,
  provider: Provider,
  path: string,
  headers: Target["headers"],
  { addresses, providerKeys }: ChoiceSources,
): void {
  const own = Object.entries(call.headers.credentials);
  if (call.ownCredentials && own.length > 0) {
    for (const [name, value] of own) headers.push(name, value);
    return;
  }
  const key = providerKey(provider, providerKeys);
  if (key === null) {
    // A server that someone put in the provider's place may need no key, and will say so if it does.
    if (provider.keyOptional || addresses.isReplaced(provider)) return;
    throw new AppError("provider_key_missing", {
      variable: `${(provider.keyNames[0] ?? provider.name).toUpperCase()}_API_KEY`,
    });
  }
  const header: AuthHeader = provider.auth(path, call.clientAuth);
  headers.push(header, header === "authorization" ? `Bearer ${key}` : key);
}

function providerKey(provider: Provider, keys: ReadonlyMap<string, string>): string | null {
  for (const name of provider.keyNames) {
    const key = keys.get(name);
    if (key !== undefined) return key;
  }
  return null;
}
