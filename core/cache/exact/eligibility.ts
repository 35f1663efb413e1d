/**
 * Which requests the exact cache answers, and which answers it keeps.
 *
 * @module
 */
import type { Endpoint } from "../../event/call.ts";
import type { CacheReason } from "../../event/cache.ts";
import type { AnswerFacts, FormatName } from "../../gateway/formats/format.ts";
import { fields, objects } from "../../json.ts";
import type { CacheOptions } from "../options.ts";
import type { CacheSettings } from "../settings.ts";

/** Operations whose answer follows from the request alone. */
const cacheable: ReadonlySet<Endpoint> = new Set([
  "chat",
  "text_completion",
  "responses",
  "embeddings",
  "messages",
  "generate_content",
]);

/** Whether calls of a kind can be answered from the cache at all, whatever they say. */
export function isCacheableEndpoint(method: string, endpoint: Endpoint): boolean {
  return method === "POST" && cacheable.has(endpoint);
}

/** Fields that tie a request to what the provider keeps: the same request means something else later. */
const stateful = ["background", "conversation", "container", "cachedContent", "cached_content"];

export interface AskedRequest {
  readonly endpoint: Endpoint;
  readonly format: FormatName;
  readonly body: unknown;
  readonly query: string;
  readonly stream: boolean;
}

/** Why no stored answer may ever serve a request, whatever the project says; null when one may. */
export function whyNever({ format, body, query, stream }: AskedRequest): CacheReason | null {
  const asked = fields(body);
  if (Object.keys(asked).length === 0) return "not_cacheable";
  const held = stateful.some((name) =>
    asked[name] !== undefined && asked[name] !== null &&
    asked[name] !== false
  );
  if (held || namesTemplate(asked.prompt)) return "stateful";
  // Gemini streams a JSON list unless it is asked for events: nothing tells its end.
  return format === "gemini" && stream && !/[?&]alt=sse(&|$)/.test(query) ? "stream_form" : null;
}

/** OpenAI's prompts: without a version it is whichever the account has made current. */
function namesTemplate(prompt: unknown): boolean {
  const { id, version } = fields(prompt);
  return typeof id === "string" && typeof version !== "string";
}

/** Why the exact cache takes no part in a request; null when it does. */
export function whyNotExact(
  { endpoint, body, model }: Pick<AskedRequest, "endpoint" | "body"> & { readonly model: string },
  options: Pick<CacheOptions, "exact">,
  settings: Pick<CacheSettings, "enabled" | "temperature">,
): CacheReason | null {
  if (options.exact === false) return "off_by_request";
  if (options.exact === true) return null;
  if (!settings.enabled) return "off";
  if (settings.temperature === "any" || endpoint === "embeddings") return null;
  if (temperatureOf(body) !== 0) return "temperature";
  return searching.test(model) || usesLiveTools(body) ? "live_tools" : null;
}

function temperatureOf(body: unknown): unknown {
  const { temperature, generationConfig, generation_config } = fields(body);
  return temperature ?? fields(generationConfig ?? generation_config).temperature;
}

/** Models that search by themselves: OpenAI's, Perplexity's, Groq's, and OpenRouter's suffix. */
const searching = /-search-(?:preview|api)|(?:^|\/)(?:sonar|compound)\b|:online$/i;

/** Tools that the provider runs, whose results change with the world. */
const live = /search|fetch|browse|computer|maps|url_?context|retrieval|mcp|code/i;

function usesLiveTools(body: unknown): boolean {
  const { tools, web_search_options, search_parameters, plugins, ...more } = fields(body);
  if (web_search_options !== undefined) return true;
  // xAI's, OpenRouter's; Anthropic's, Azure's and Cohere's.
  if (search_parameters && fields(search_parameters).mode !== "off") return true;
  if (objects(plugins).some(({ id }) => id === "web")) return true;
  const sources = [more.mcp_servers, more.data_sources, more.connectors];
  if (sources.some((list) => objects(list).length > 0)) return true;
  return objects(tools).some((tool) => {
    if (typeof tool.type === "string") return tool.type !== "function" && live.test(tool.type);
    return Object.keys(tool).some((name) => name !== "functionDeclarations" && live.test(name));
  });
}

/** Finish reasons after which nothing of an answer is missing. */
const final: ReadonlySet<string> = new Set([
  "stop",
  "tool_calls",
  "function_call",
  "eos",
  "end_turn",
  "stop_sequence",
  "tool_use",
  "STOP",
  "completed",
  "COMPLETE",
  "TOOL_CALL",
  "STOP_SEQUENCE",
]);

/** The answer was cut at its limit of tokens. */
const truncated: ReadonlySet<string> = new Set([
  "length",
  "max_tokens",
  "MAX_TOKENS",
  "max_output_tokens",
]);

/** Whether an answer may be given again: whole, without an error, and ended by itself. */
export function isStorable(
  endpoint: Endpoint,
  status: number,
  facts: Pick<AnswerFacts, "complete" | "error" | "finishReason" | "finishReasons" | "refused">,
  settings: Pick<CacheSettings, "keep_truncated">,
): boolean {
  if (status !== 200 || !facts.complete || facts.error || facts.refused) return false;
  if (endpoint === "embeddings") return true;
  return (facts.finishReasons ?? [facts.finishReason]).every((reason) =>
    reason !== null &&
    (final.has(reason) || (settings.keep_truncated && truncated.has(reason)))
  );
}
