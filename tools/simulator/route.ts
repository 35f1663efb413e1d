/**
 * Which provider a request is for and what it asks. A first path segment may name the provider
 * (`/groq/openai/v1/…`), so that one simulator can stand in for all of them.
 *
 * @module
 */

export type Family = "openai" | "anthropic" | "google";

export type Operation =
  | "chat"
  | "completions"
  | "responses"
  | "embeddings"
  | "models"
  | "messages"
  | "count_tokens"
  | "generate"
  | "stream"
  | "embed"
  | "embed_batch"
  | "count";

export interface Route {
  readonly provider: string;
  readonly family: Family;
  readonly operation: Operation;
  /** The model when the path names it, with its controls. */
  readonly pathModel: string | null;
}

const named = new Set([
  "openai",
  "anthropic",
  "google",
  "groq",
  "mistral",
  "deepseek",
  "openrouter",
  "xai",
  "together",
  "fireworks",
  "perplexity",
  "cerebras",
  "ollama",
  "azure",
  "vertex",
  "zai",
  "huggingface",
]);

const patterns: readonly (readonly [RegExp, Family, Operation])[] = [
  [/\/chat\/completions$/, "openai", "chat"],
  [/\/completions$/, "openai", "completions"],
  [/\/responses$/, "openai", "responses"],
  [/\/messages\/count_tokens$/, "anthropic", "count_tokens"],
  [/\/messages$/, "anthropic", "messages"],
  [/\/models\/(?<model>[^/:]+):generateContent$/, "google", "generate"],
  [/\/models\/(?<model>[^/:]+):streamGenerateContent$/, "google", "stream"],
  [/\/models\/(?<model>[^/:]+):embedContent$/, "google", "embed"],
  [/\/models\/(?<model>[^/:]+):batchEmbedContents$/, "google", "embed_batch"],
  [/\/models\/(?<model>[^/:]+):countTokens$/, "google", "count"],
  [/\/embeddings$/, "openai", "embeddings"],
];

/** Finds the route; null when no provider has such a path. */
export function routeOf(request: Request): Route | null {
  const { pathname } = new URL(request.url);
  const first = pathname.split("/")[1] ?? "";
  const provider = named.has(first) ? first : null;
  for (const [pattern, family, operation] of patterns) {
    const match = pattern.exec(pathname);
    if (!match) continue;
    const model = match.groups?.model;
    return {
      provider: provider ?? family,
      family,
      operation,
      pathModel: model === undefined ? null : decodeURIComponent(model),
    };
  }
  const models = /\/models(?:\/(?<model>[^/]+))?$/.exec(pathname);
  if (!models) return null;
  const family = familyOfModels(request, provider);
  const model = models.groups?.model;
  return {
    provider: provider ?? family,
    family,
    operation: "models",
    pathModel: model === undefined ? null : decodeURIComponent(model),
  };
}

function familyOfModels(request: Request, provider: string | null): Family {
  if (provider === "anthropic" || request.headers.has("anthropic-version")) return "anthropic";
  const google = provider === "google" || request.headers.has("x-goog-api-key") ||
    request.url.includes("/v1beta/");
  return google ? "google" : "openai";
}
