/**
 * The gateway's routes for the OpenAPI document. They speak the providers' own formats, which the
 * providers document; here stands what is ours.
 *
 * @module
 */
import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";
import { cacheStatusSchema } from "@/core/event/call.ts";

const yes = z.enum(["true", "false"]).optional();

const headers = z.object({
  "X-WatchLLM-Key": z.string().optional()
    .describe("The project key, when Authorization carries the provider's own."),
  "X-WatchLLM-User": z.string().optional(),
  "X-WatchLLM-Session": z.string().optional(),
  "traceparent": z.string().optional().describe("W3C trace context that the call belongs to."),
  "X-WatchLLM-Cache-Mode": z.enum(["on", "off", "refresh", "only-if-cached", "shadow", "serve"])
    .optional(),
  "X-WatchLLM-Cache-TTL": z.string().optional().describe("Seconds that the answer is kept."),
  "Cache-Control": z.string().optional()
    .describe("no-store, no-cache, only-if-cached, max-age, s-maxage."),
  "X-WatchLLM-Omit-Request": yes.describe("true: the request's body is not kept."),
  "X-WatchLLM-Omit-Response": yes.describe("true: the answer's body is not kept."),
  "X-WatchLLM-Explain": z.enum(["0", "1"]).optional()
    .describe("1: the answer's head tells the cache's decision."),
});

/** What every answer's head says, that of an error as far as the call came. */
const answerHeaders = z.object({
  "X-WatchLLM-Event-Id": z.string().describe("The call's event."),
  "X-WatchLLM-Cache": cacheStatusSchema,
  "X-WatchLLM-Provider": z.string().describe("Who answered."),
  "X-WatchLLM-Cost-USD": z.string().optional()
    .describe("The cost, where it is known before the body."),
  "Server-Timing": z.string()
    .describe("gateway: ours until the call went out; upstream: the provider's until its head."),
});

const body = { content: { "application/json": { schema: z.looseObject({}) } } };

const withBody = new Set(["post", "put", "patch"]);

function gatewayPath(
  method: "get" | "post" | "put" | "patch" | "delete",
  path: string,
  summary: string,
  params?: z.ZodObject,
): RouteConfig {
  return {
    method,
    path,
    tags: ["Gateway"],
    summary,
    description: "X-WatchLLM-Property-<Name> headers become properties of the call; peers' names " +
      "for all of these headers are taken as well.",
    security: [{ projectKey: [] }],
    request: { headers, ...(params && { params }), ...(withBody.has(method) && { body }) },
    responses: {
      200: {
        description: "The provider's answer, byte for byte. X-WatchLLM-Event-Id names its event.",
        headers: answerHeaders,
        content: {
          "application/json": { schema: z.looseObject({}) },
          "text/event-stream": { schema: z.string() },
        },
      },
      default: {
        description: "An error in the shape that the provider's SDK reads.",
        headers: answerHeaders.partial(),
      },
    },
  };
}

const proxied = z.object({ provider: z.string(), path: z.string() });
const geminiMethod = z.object({ model_and_method: z.string() });

export const gatewayPaths: readonly RouteConfig[] = [
  gatewayPath("post", "/v1/chat/completions", "OpenAI chat; the model may be provider/model"),
  gatewayPath("post", "/v1/completions", "OpenAI text completions"),
  gatewayPath("post", "/v1/responses", "OpenAI responses"),
  gatewayPath("post", "/v1/embeddings", "OpenAI embeddings"),
  gatewayPath("get", "/v1/models", "The list of models of OpenAI, Anthropic or Gemini, by the key"),
  gatewayPath("post", "/v1/messages", "Anthropic messages"),
  gatewayPath("post", "/v1/messages/count_tokens", "Anthropic's token count"),
  gatewayPath("get", "/v1beta/models", "Gemini's list of models"),
  gatewayPath(
    "post",
    "/v1beta/models/{model_and_method}",
    "Gemini, e.g. gemini-2.5-flash:generateContent",
    geminiMethod,
  ),
  gatewayPath(
    "post",
    "/v1/models/{model_and_method}",
    "Gemini's stable API, e.g. gemini-2.5-flash:generateContent",
    geminiMethod,
  ),
  ...(["get", "post", "put", "patch", "delete"] as const).map((method) =>
    gatewayPath(
      method,
      "/proxy/{provider}/{path}",
      "Any known provider, at its own path, of any depth",
      proxied,
    )
  ),
];
