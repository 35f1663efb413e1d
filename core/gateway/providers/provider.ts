/**
 * What a provider is. Most speak OpenAI's dialect and are five lines (`openaiCompatible`).
 *
 * @module
 */

import type { Credential } from "../../vault/types.ts";

/** The header that carries a provider's key. All but `authorization` hold the bare key. */
export type AuthHeader = "authorization" | "x-api-key" | "x-goog-api-key" | "api-key";

/** A request that a provider answers with 401 or 403 unless the key is right. */
export type KeyCheck =
  | { readonly method: "GET"; readonly path: string; readonly headers?: readonly string[] }
  /** Of a body that is refused as incomplete once the key was found right, unless it is answered. */
  | { readonly method: "POST"; readonly path: string; readonly body: string };

export interface Provider {
  /** As in `/proxy/{name}/`, `provider/model` and `WATCHLLM_UPSTREAM_<NAME>`. */
  readonly name: string;
  readonly title: string;
  /** Scheme and host for a path; null: each customer has an own address, which must be set. */
  readonly origin: (path: string) => string | null;
  /** Where its OpenAI-compatible API begins, e.g. `/openai/v1`; null when it has none. */
  readonly openaiBase: string | null;
  /** Where it speaks Anthropic's Messages API, e.g. `/v1`. @default {nowhere} */
  readonly anthropicBase?: string | null;
  /** Where its Gemini API begins, e.g. `/v1beta`. @default {nowhere} */
  readonly geminiBase?: string | null;
  /** Which header takes the key, given the one that the client used for its project key. */
  readonly auth: (path: string, client: AuthHeader | null) => AuthHeader;
  /** Names under which its key is looked up: `<NAME>_API_KEY`. */
  readonly keyNames: readonly string[];
  /** Whether it can be called without a key. */
  readonly keyOptional?: true;
  /** Is never sent a key. */
  readonly keyless?: true;
  /** What opens it. @default {an API key} */
  readonly credentials?: readonly Credential["kind"][];
  /** What tells whether a key is right and costs nothing. @default {GET of the list of models} */
  readonly check?: KeyCheck;
  /** Sent with every call: names and values in turn. */
  readonly headers?: readonly string[];
  /** A project registered it: its address is not the operator's choice. */
  readonly registered?: true;
  /** Whether a chat stream reports usage only if `stream_options.include_usage` asks for it. */
  readonly usageOnRequest: boolean;
}

interface OpenaiCompatible {
  readonly name: string;
  readonly title: string;
  readonly origin: string;
  /** Default `/v1`. */
  readonly base?: string;
  /** Default true. */
  readonly usageOnRequest?: boolean;
  readonly keyNames?: readonly string[];
  readonly keyOptional?: true;
  readonly check?: KeyCheck;
}

/** A provider that takes `Authorization: Bearer` and OpenAI's requests. */
export function openaiCompatible(options: OpenaiCompatible): Provider {
  const { name, title, origin } = options;
  return {
    name,
    title,
    origin: () => origin,
    openaiBase: options.base ?? "/v1",
    auth: bearer,
    keyNames: options.keyNames ?? [name],
    ...(options.keyOptional && { keyOptional: true }),
    ...(options.check && { check: options.check }),
    usageOnRequest: options.usageOnRequest ?? true,
  };
}

/** Where OpenAI's dialect puts its key: `Authorization: Bearer`. */
export function bearer(): AuthHeader {
  return "authorization";
}
