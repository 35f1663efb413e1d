/**
 * What opens a provider for a call: the request's own credentials, where its project key came in a header
 * of its own; else a key of the project's vault; else the environment's.
 *
 * Guarantees: the request's own credentials go to the provider that the request named and to no other;
 * a vault's key goes where its project stored it for.
 *
 * @module
 */
import type { AwsKeys } from "../config.ts";
import { AppError } from "../error.ts";
import type { Credential, UsableKey } from "../vault/types.ts";
import type { Addresses } from "./addresses.ts";
import type { Call } from "./call.ts";
import type { AuthHeader, Provider } from "./providers/provider.ts";
import { signatureHeaders, signAws } from "./signing/aws.ts";
import type { GoogleTokens } from "./signing/google.ts";
import type { Base, Target } from "./target.ts";

export interface CredentialSources {
  readonly addresses: Addresses;
  /** Provider keys by name: `openai` of `OPENAI_API_KEY`. */
  readonly providerKeys: ReadonlyMap<string, string>;
  /** AWS keys of the environment. */
  readonly aws: AwsKeys | null;
  readonly tokens: GoogleTokens;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** What opens a provider. */
export interface Opening {
  /** The vault's key. */
  readonly key: UsableKey | null;
  /** The vault's, or the environment's; null when the request brings its own, or none is needed. */
  readonly credential: Credential | null;
  /** The request's own credentials: names and values in turn. */
  readonly own: readonly string[];
}

const nothing: Opening = { key: null, credential: null, own: [] };

/**
 * Chooses what opens a provider.
 *
 * @param except ids of the vault's keys that this call has tried; they are taken again only when there is
 * no other
 * @param apiKey a key that the request's own route brings for this provider
 * @throws {AppError} `provider_key_missing` or `signature_not_forwarded` when nothing does
 */
export function openingOf(
  call: Call,
  provider: Provider,
  sources: CredentialSources,
  { except, apiKey }: { readonly except?: ReadonlySet<string>; readonly apiKey?: string } = {},
): Opening {
  if (provider.keyless) return nothing;
  if (apiKey !== undefined) return { ...nothing, credential: { kind: "api_key", key: apiKey } };
  const own = ownCredentials(call, provider);
  if (own) return { ...nothing, own };
  const { keys } = call;
  const key = keys && (keys.pick(provider.name, except) ?? keys.pick(provider.name));
  if (key) return { key, credential: key.credential, own: [] };
  const credential = environmentCredential(provider, sources);
  if (credential) return { ...nothing, credential };
  // A server that someone put in the provider's place may need no key, and will say so if it does.
  if (provider.keyOptional || sources.addresses.isReplaced(provider)) return nothing;
  if (isSigned(call)) throw new AppError("signature_not_forwarded");
  throw new AppError("provider_key_missing", {
    provider: provider.name,
    ...(!provider.registered && {
      variable: `${(provider.keyNames[0] ?? provider.name).toUpperCase()}_API_KEY`,
    }),
  });
}

/**
 * Where a provider is, for a path and for the credential that opens it.
 *
 * @throws {AppError} `provider_address_missing` when nothing says it
 */
export function baseOf(
  provider: Provider,
  credential: Credential | null,
  path: string,
  addresses: Addresses,
): Base {
  const named = addressOf(credential, provider);
  // Azure's keys belong to a resource; AWS's regions can be replaced, by a private endpoint say.
  if (named !== null && (credential?.kind === "azure" || !addresses.isReplaced(provider))) {
    return addresses.named(named);
  }
  const base = addresses.baseFor(provider, path);
  if (base) return base;
  throw new AppError("provider_address_missing", {
    variable: `WATCHLLM_UPSTREAM_${provider.name.toUpperCase()}`,
  });
}

/** The address that a credential brings with it, or null. */
function addressOf(credential: Credential | null, provider: Provider): string | null {
  if (credential?.kind === "azure") return credential.endpoint;
  if (credential?.kind === "aws" && credential.region && provider.name === "bedrock") {
    return `https://bedrock-runtime.${credential.region}.amazonaws.com`;
  }
  return null;
}

/** The headers that carry a credential as it is: names and values in turn. */
export function credentialHeaders(
  { own, credential }: Pick<Opening, "own" | "credential">,
  provider: Provider,
  path: string,
  clientAuth: AuthHeader | null = null,
): readonly string[] {
  if (credential === null) return own;
  if (credential.kind === "azure") return ["api-key", credential.key];
  if (credential.kind !== "api_key") return [];
  const header = provider.auth(path, clientAuth);
  return [header, header === "authorization" ? `Bearer ${credential.key}` : credential.key];
}

/** A signature is over the path in one spelling, which AWS's own clients use. */
export function signable(path: string, credential: Credential | null): string {
  return credential?.kind === "aws" ? path.replaceAll(":", "%3A") : path;
}

/** A client's own signature: another takes its place, or none is wanted. */
export function isSignatureHeader(name: string): boolean {
  return signatureHeaders.has(name);
}

/** What signs a request, or undefined for a credential that is sent as it is. */
export function signerOf(
  { credential, key }: Pick<Opening, "credential" | "key">,
  request: {
    readonly method: string;
    readonly base: Base;
    readonly path: string;
    readonly contentType: string | null;
    readonly body: Uint8Array | null;
  },
  { aws, tokens, clock }: Pick<CredentialSources, "aws" | "tokens" | "clock">,
): Target["sign"] {
  if (credential?.kind === "aws") {
    const region = credential.region ?? regionOf(request.base.hostname) ?? aws?.region ??
      "us-east-1";
    return () =>
      signAws({ ...request, host: request.base.host }, {
        credential,
        region,
        service: "bedrock",
        at: new Date(clock()),
      });
  }
  if (credential?.kind !== "service_account") return undefined;
  return async () => {
    try {
      return ["authorization", `Bearer ${await tokens.token(credential)}`];
    } catch (error) {
      key?.report(401, null);
      throw new AppError("provider_sign_in_failed", undefined, { cause: error });
    }
  };
}

/** The request's own, when they are for this provider; null when there are none. */
function ownCredentials(call: Call, provider: Provider): readonly string[] | null {
  if (!call.ownCredentials || provider !== call.credentialsFor) return null;
  // A signature holds for the host that it was made for, which is ours.
  if (isSigned(call)) return null;
  const own = Object.entries(call.headers.credentials).flat();
  return own.length > 0 ? own : null;
}

function isSigned({ headers }: Call): boolean {
  return headers.credentials.authorization?.startsWith("AWS4-HMAC-") ?? false;
}

function environmentCredential(
  provider: Provider,
  { providerKeys, aws }: CredentialSources,
): Credential | null {
  for (const name of provider.keyNames) {
    const key = providerKeys.get(name);
    if (key !== undefined) return { kind: "api_key", key };
  }
  return aws && provider.credentials?.includes("aws") ? { kind: "aws", ...aws } : null;
}

/** `us-west-2` of `bedrock-runtime.us-west-2.amazonaws.com`. */
function regionOf(hostname: string): string | null {
  return /\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:vpce\.)?(?:amazonaws\.com|api\.aws)/.exec(hostname)
    ?.[1] ?? null;
}
