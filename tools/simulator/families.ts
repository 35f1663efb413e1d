/**
 * What differs between the families outside an answer's body: key forms, error shapes, headers.
 *
 * @module
 */
import { anthropicError } from "./anthropic/errors.ts";
import { countMessageTokens } from "./anthropic/count_tokens.ts";
import { messages } from "./anthropic/messages.ts";
import { anthropicModels } from "./anthropic/models.ts";
import { countContentTokens } from "./google/count_tokens.ts";
import { embedContent } from "./google/embed.ts";
import { googleError } from "./google/errors.ts";
import { generateContent } from "./google/generate.ts";
import { googleModels } from "./google/models.ts";
import { chatCompletion } from "./openai/chat.ts";
import { completion } from "./openai/completions.ts";
import { embeddings } from "./openai/embeddings.ts";
import { openaiError } from "./openai/errors.ts";
import { openaiModels } from "./openai/models.ts";
import { response } from "./openai/responses.ts";
import type { Reply, WireCall } from "./reply.ts";
import type { Family, Operation } from "./route.ts";

export const operations: Readonly<Record<Operation, (call: WireCall, family: Family) => Reply>> = {
  chat: chatCompletion,
  completions: completion,
  responses: response,
  embeddings,
  messages,
  count_tokens: countMessageTokens,
  generate: (call) => generateContent(call, false),
  stream: (call) => generateContent(call, true),
  embed: (call) => embedContent(call, false),
  embed_batch: (call) => embedContent(call, true),
  count: countContentTokens,
  models: (call, family) =>
    ({ openai: openaiModels, anthropic: anthropicModels, google: googleModels })[family](call),
};

/** The key that the request brings, wherever the family's clients put it. */
export function keyOf(request: Request): string | null {
  const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  return bearer ?? request.headers.get("x-api-key") ?? request.headers.get("x-goog-api-key") ??
    request.headers.get("api-key") ?? new URL(request.url).searchParams.get("key");
}

const keyForms: Readonly<Record<Family, RegExp>> = {
  openai: /^(sk-|gsk_|xai-)[\w-]{8,}$/,
  anthropic: /^sk-ant-[\w-]{8,}$/,
  google: /^AIza[\w-]{20,}$/,
};

export function keyLooksRight(family: Family, key: string | null): boolean {
  return key !== null && keyForms[family].test(key);
}

/** The status that the family gives to a wrong key. */
export const wrongKeyStatus: Readonly<Record<Family, number>> = {
  openai: 401,
  anthropic: 401,
  google: 400,
};

/** The body of an error. */
export function errorBody(
  family: Family,
  status: number,
  requestId: string,
  message?: string,
  param: string | null = null,
): string {
  if (family === "anthropic") return anthropicError(status, requestId, message);
  if (family === "openai") return openaiError(status, message, param);
  return `${JSON.stringify(googleError(status, message), null, 2)}\n`;
}

/** Headers that the family's answers carry. */
export function familyHeaders(
  family: Family,
  requestId: string,
  processingMs: number,
): Record<string, string> {
  if (family === "anthropic") {
    return {
      "request-id": requestId,
      "anthropic-organization-id": "3f0cf0a2-8a55-4c53-9e04-51a4ab1f1a10",
      "anthropic-ratelimit-requests-limit": "4000",
      "anthropic-ratelimit-requests-remaining": "3999",
    };
  }
  if (family === "openai") {
    return {
      "x-request-id": requestId,
      "openai-organization": "simulated",
      "openai-processing-ms": String(Math.round(processingMs)),
      "openai-version": "2020-10-01",
      "x-ratelimit-limit-requests": "10000",
      "x-ratelimit-remaining-requests": "9999",
    };
  }
  return {
    "server-timing": `gfet4t7; dur=${Math.round(processingMs)}`,
    "x-gemini-service-tier": "standard",
    vary: "Origin, X-Origin, Referer",
  };
}
