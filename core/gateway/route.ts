/**
 * Which API a path belongs to. Three providers' own paths are served at the root, so that an SDK
 * needs nothing but another base URL; `/proxy/{provider}/…` reaches every provider.
 *
 * @module
 */
import type { Dialect } from "./error_shape.ts";
import type { ReadHeaders } from "./headers.ts";
import { type Operation, operationOf } from "./operation.ts";
import { anthropic } from "./providers/anthropic.ts";
import { google } from "./providers/google.ts";
import { openai } from "./providers/openai.ts";
import type { Provider } from "./providers/provider.ts";
import { providerNamed } from "./providers/table.ts";

export interface Route {
  /** The provider; null when the path names one that we do not know. */
  readonly provider: Provider | null;
  /** The provider's name as the path gives it. */
  readonly providerName: string;
  /** The provider's own path. */
  readonly path: string;
  /** The query with its question mark, as it came. */
  readonly query: string;
  readonly operation: Operation;
  /** How errors are told. */
  readonly dialect: Dialect;
  /** Whether the model in the body may name another provider. */
  readonly modelChooses: boolean;
}

const proxyPrefix = "/proxy/";

/** OpenAI's resources under `/v1/`. The rest of `/v1/` is our own API. */
const openaiResources = new Set([
  "chat",
  "completions",
  "responses",
  "embeddings",
  "models",
  "audio",
  "images",
  "moderations",
  "files",
  "uploads",
  "batches",
  "fine_tuning",
  "vector_stores",
  "conversations",
  "assistants",
  "threads",
  "realtime",
  "videos",
  "containers",
  "evals",
  "skills",
  "chatkit",
]);

/** Of these Anthropic has its own, under the same names. */
const anthropicToo = new Set(["models", "files", "skills"]);

/** Of these Google has. */
const googleToo = new Set(["models", "files", "batches"]);

/** Google's resources under `/v1/` that nobody else has. */
const googleResources = new Set([
  "cachedContents",
  "fileSearchStores",
  "tunedModels",
  "interactions",
  "auth_tokens",
]);

/** Google's paths, and those where its SDK uploads files. */
const googlePrefixes = ["/v1beta/", "/upload/v1beta/", "/upload/v1/"];

/**
 * Whether a path is the gateway's.
 *
 * @example
 * ```ts
 * import { isGatewayPath } from "@/core/gateway/route.ts";
 * import { expect } from "expect";
 *
 * expect(isGatewayPath("/v1/chat/completions")).toBe(true);
 * expect(isGatewayPath("/v1/analytics/stats")).toBe(false);
 * ```
 */
export function isGatewayPath(path: string): boolean {
  if (path.startsWith(proxyPrefix) || isGooglePath(path)) return true;
  if (!path.startsWith("/v1/")) return false;
  const resource = firstSegment(path, 4);
  return resource === "messages" || openaiResources.has(resource) || googleResources.has(resource);
}

/** The route of a gateway path (`isGatewayPath`). */
export function routeOf(path: string, query: string, headers: ReadHeaders): Route {
  if (path.startsWith(proxyPrefix)) return proxyRoute(path, query);
  const provider = rootProvider(path, query, headers);
  return {
    provider,
    providerName: provider.name,
    path,
    query,
    operation: operationOf(path),
    dialect: provider === openai ? "openai" : provider === anthropic ? "anthropic" : "gemini",
    modelChooses: provider === openai || provider === anthropic,
  };
}

function rootProvider(path: string, query: string, headers: ReadHeaders): Provider {
  if (isGooglePath(path)) return google;
  const resource = firstSegment(path, 4);
  if (resource === "messages") return anthropic;
  if (googleResources.has(resource)) return google;
  // Some names several of them have: then the SDK that asks is told by its headers.
  const asGoogle = headers.credentials["x-goog-api-key"] !== undefined || hasKeyParameter(query);
  if (asGoogle && googleToo.has(resource)) return google;
  if (headers.anthropicVersion && anthropicToo.has(resource)) return anthropic;
  if (resource !== "models") return openai;
  // Google's calls stand under it, whoever makes them.
  if (/:[a-zA-Z]+$/.test(path) && headers.contentLength !== 0 && !path.includes("/ft:")) {
    return google;
  }
  return openai;
}

function isGooglePath(path: string): boolean {
  return googlePrefixes.some((prefix) => path.startsWith(prefix));
}

function proxyRoute(path: string, query: string): Route {
  const providerName = firstSegment(path, proxyPrefix.length);
  const provider = providerNamed(providerName) ?? null;
  const own = path.slice(proxyPrefix.length + providerName.length) || "/";
  const operation = operationOf(own);
  return {
    provider,
    providerName: provider?.name ?? providerName.slice(0, 64),
    path: own,
    query,
    operation,
    dialect: dialectOf(provider?.name ?? "", own, operation),
    modelChooses: false,
  };
}

function dialectOf(provider: string, path: string, { format }: Operation): Dialect {
  if (format === "anthropic") return "anthropic";
  if (format === "gemini") return "gemini";
  if (format !== "opaque") return "openai";
  if (provider === "anthropic") return "anthropic";
  const google = provider === "google" || provider === "vertex";
  return google && !path.includes("/openai/") ? "gemini" : "openai";
}

function firstSegment(path: string, from: number): string {
  const end = path.indexOf("/", from);
  return end === -1 ? path.slice(from) : path.slice(from, end);
}

/** Whether a query has Google's `key` parameter. */
export function hasKeyParameter(query: string): boolean {
  return query.startsWith("?key=") || query.includes("&key=");
}
