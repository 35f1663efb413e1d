/**
 * What a provider's path asks for, and in which wire format. Paths of the known APIs end
 * unmistakably, so one reading serves every provider.
 *
 * @module
 */
import type { Endpoint } from "../event/call.ts";
import type { FormatName } from "./formats/format.ts";

export interface Operation {
  readonly endpoint: Endpoint;
  readonly format: FormatName;
  /** The model that the path names; null when the body does. */
  readonly model: string | null;
  /** Whether the path itself asks for a stream. */
  readonly stream: boolean;
}

/** The ends of paths, the most specific first. */
const byEnd: readonly (readonly [string, Endpoint, FormatName])[] = [
  ["/chat/completions", "chat", "openai-chat"],
  ["/completions", "text_completion", "openai-chat"],
  ["/responses/input_tokens", "count_tokens", "opaque"],
  ["/responses/compact", "responses", "openai-responses"],
  ["/responses", "responses", "openai-responses"],
  ["/embeddings", "embeddings", "openai-embeddings"],
  ["/multimodalembeddings", "embeddings", "openai-embeddings"],
  ["/contextualizedembeddings", "embeddings", "openai-embeddings"],
  ["/rerank", "other", "openai-embeddings"],
  ["/images/generations", "other", "openai-images"],
  ["/images/edits", "other", "openai-images"],
  ["/audio/transcriptions", "other", "openai-audio"],
  ["/audio/translations", "other", "openai-audio"],
  ["/audio/speech", "other", "openai-audio"],
  ["/messages/count_tokens", "count_tokens", "opaque"],
  ["/messages", "messages", "anthropic"],
  ["/v2/chat", "chat", "cohere"],
  ["/v1/chat", "chat", "cohere"],
  ["/v2/embed", "embeddings", "cohere"],
  ["/v1/embed", "embeddings", "cohere"],
  ["/api/chat", "chat", "ollama"],
  ["/api/generate", "text_completion", "ollama"],
  ["/api/embed", "embeddings", "ollama"],
  ["/models", "models", "opaque"],
];

/** Bedrock's verbs, after the model's id or ARN. */
const byBedrockVerb: Readonly<Record<string, readonly [FormatName, boolean]>> = {
  "converse": ["bedrock-converse", false],
  "converse-stream": ["bedrock-converse", true],
  "invoke": ["bedrock-invoke", false],
  "invoke-with-response-stream": ["bedrock-invoke", true],
  "count-tokens": ["opaque", false],
};

const bedrockPrefix = "/model/";

/** Google's verbs, after the model's name and a colon. */
const byVerb: Readonly<Record<string, readonly [Endpoint, FormatName, boolean]>> = {
  generateContent: ["generate_content", "gemini", false],
  streamGenerateContent: ["generate_content", "gemini", true],
  countTokens: ["count_tokens", "opaque", false],
  embedContent: ["embeddings", "gemini", false],
  batchEmbedContents: ["embeddings", "gemini", false],
  rawPredict: ["messages", "anthropic", false],
  streamRawPredict: ["messages", "anthropic", true],
};

/**
 * @example
 * ```ts
 * import { operationOf } from "@/core/gateway/operation.ts";
 * import { expect } from "expect";
 *
 * expect(operationOf("/v1beta/models/gemini-2.5-pro:streamGenerateContent")).toMatchObject({
 *   endpoint: "generate_content",
 *   model: "gemini-2.5-pro",
 *   stream: true,
 * });
 * ```
 */
export function operationOf(path: string): Operation {
  const bedrock = bedrockOperation(path);
  if (bedrock) return bedrock;
  for (const [end, endpoint, format] of byEnd) {
    if (!path.endsWith(end)) continue;
    return { endpoint, format, model: modelOf(path), stream: false };
  }
  const name = path.slice(path.lastIndexOf(":") + 1);
  // `Object.hasOwn`: a path that ends in ":constructor" names no verb.
  const verb = Object.hasOwn(byVerb, name) ? byVerb[name] : undefined;
  if (verb) {
    return { endpoint: verb[0], format: verb[1], model: modelOf(path), stream: verb[2] };
  }
  if (/\/responses\/[^/]+(?:\/cancel)?$/.test(path)) {
    return { endpoint: "responses", format: "openai-stored-response", model: null, stream: false };
  }
  if (/\/models\/[^/]+$/.test(path)) {
    return { endpoint: "models", format: "opaque", model: modelOf(path), stream: false };
  }
  return { endpoint: "other", format: "opaque", model: null, stream: false };
}

/** `/model/{id}/{verb}`; the id may be an ARN, whose slash not every client encodes. */
function bedrockOperation(path: string): Operation | null {
  // No regular expression: every path comes by here, and on a hostile one it would take seconds.
  const end = path.lastIndexOf("/");
  const name = path.slice(end + 1);
  const verb = Object.hasOwn(byBedrockVerb, name) ? byBedrockVerb[name] : undefined;
  const start = path.indexOf(bedrockPrefix) + bedrockPrefix.length;
  if (!verb || start < bedrockPrefix.length || start >= end) return null;
  const model = decoded(path.slice(start, end));
  const [format, stream] = verb;
  return { endpoint: bedrockEndpoint(name, model), format, model, stream };
}

function bedrockEndpoint(verb: string, model: string): Endpoint {
  if (verb === "count-tokens") return "count_tokens";
  if (!verb.startsWith("invoke")) return "chat";
  if (model.includes("embed")) return "embeddings";
  return model.includes("anthropic.") ? "messages" : "chat";
}

/** The model inside a path: Google's `models/…:verb`, Azure's deployment. */
function modelOf(path: string): string | null {
  const named = /\/(?:models?|deployments)\/([^/:][^/]*)/.exec(path)?.[1];
  if (!named) return null;
  const verb = named.lastIndexOf(":");
  // OpenAI's fine-tuned models have colons of their own.
  const google = verb !== -1 && !named.startsWith("ft:") &&
    /^[a-zA-Z]+$/.test(named.slice(verb + 1)) && path.endsWith(named);
  return decoded(google ? named.slice(0, verb) : named);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
