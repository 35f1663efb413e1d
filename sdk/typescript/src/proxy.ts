/**
 * The addresses that send the providers' own clients through the gateway.
 *
 * @module
 */

/** Providers with a path of their own at the gateway; any other goes by `/proxy/{name}`. */
export type ProviderName = "openai" | "anthropic" | "google" | (string & Record<never, never>);

/** What a provider's client is made with. */
export interface ProxyAddress {
  /** For `baseURL` (OpenAI, Anthropic) or `httpOptions.baseUrl` (Gemini). */
  readonly baseURL: string;
  /** For `apiKey`. */
  readonly apiKey: string;
  /** For `defaultHeaders` (OpenAI, Anthropic) or `httpOptions.headers` (Gemini). */
  readonly headers: Readonly<Record<string, string>>;
}

export function proxy(
  provider: ProviderName,
  { baseUrl, apiKey, headers }: {
    readonly baseUrl: string;
    readonly apiKey: string;
    readonly headers: Readonly<Record<string, string>>;
  },
): ProxyAddress {
  return { baseURL: baseUrl + pathOf(provider), apiKey, headers };
}

const paths: Readonly<Record<string, string>> = { openai: "/v1", anthropic: "", google: "" };

function pathOf(provider: ProviderName): string {
  return paths[provider] ?? `/proxy/${encodeURIComponent(provider)}`;
}
