/**
 * What a provider is. Most speak OpenAI's dialect and are five lines (`openaiCompatible`).
 *
 * @module
 */

/** The header that carries a provider's key. All but `authorization` hold the bare key. */
export type AuthHeader = "authorization" | "x-api-key" | "x-goog-api-key" | "api-key";

export interface Provider {
  /** As in `/proxy/{name}/`, `provider/model` and `WATCHLLM_UPSTREAM_<NAME>`. */
  readonly name: string;
  readonly title: string;
  /** Scheme and host for a path; null: each customer has an own address, which must be set. */
  readonly origin: (path: string) => string | null;
  /** Where its OpenAI-compatible API begins, e.g. `/openai/v1`; null when it has none. */
  readonly openaiBase: string | null;
  /** Which header takes the key, given the one that the client used for its project key. */
  readonly auth: (path: string, client: AuthHeader | null) => AuthHeader;
  /** Names under which its key is looked up: `<NAME>_API_KEY`. */
  readonly keyNames: readonly string[];
  /** Whether it can be called without a key. */
  readonly keyOptional?: true;
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
    usageOnRequest: options.usageOnRequest ?? true,
  };
}

export function bearer(): AuthHeader {
  return "authorization";
}
