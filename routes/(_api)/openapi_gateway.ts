/**
 * The gateway's routes for the OpenAPI document. They speak the providers' own formats, which the
 * providers document; here stands what is ours.
 *
 * @module
 */
import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";

const headers = z.object({
  "X-WatchLLM-User": z.string().optional(),
  "X-WatchLLM-Session": z.string().optional(),
  "X-WatchLLM-Cache-Mode": z.enum(["on", "off", "refresh", "only-if-cached", "shadow", "serve"])
    .optional(),
  "X-WatchLLM-Cache-TTL": z.string().optional().describe("Seconds that the answer is kept."),
  "X-WatchLLM-Explain": z.enum(["0", "1"]).optional()
    .describe("1: the answer's head tells the cache's decision."),
});

const body = { content: { "application/json": { schema: z.looseObject({}) } } };

function gatewayPath(
  method: "get" | "post",
  path: string,
  summary: string,
  params?: z.ZodObject,
): RouteConfig {
  return {
    method,
    path,
    tags: ["Gateway"],
    summary,
    security: [{ projectKey: [] }],
    request: { headers, ...(params && { params }), ...(method === "post" && { body }) },
    responses: {
      200: {
        description: "The provider's answer, byte for byte. X-WatchLLM-Event-Id names its event.",
        content: {
          "application/json": { schema: z.looseObject({}) },
          "text/event-stream": { schema: z.string() },
        },
      },
      default: { description: "An error in the shape that the provider's SDK reads." },
    },
  };
}

export const gatewayPaths: readonly RouteConfig[] = [
  gatewayPath("post", "/v1/chat/completions", "OpenAI chat; the model may be provider/model"),
  gatewayPath("post", "/v1/completions", "OpenAI text completions"),
  gatewayPath("post", "/v1/responses", "OpenAI responses"),
  gatewayPath("post", "/v1/embeddings", "OpenAI embeddings"),
  gatewayPath("get", "/v1/models", "OpenAI's list of models"),
  gatewayPath("post", "/v1/messages", "Anthropic messages"),
  gatewayPath("post", "/v1/messages/count_tokens", "Anthropic's token count"),
  gatewayPath(
    "post",
    "/v1beta/models/{model_and_method}",
    "Gemini, e.g. gemini-2.5-flash:generateContent",
    z.object({ model_and_method: z.string() }),
  ),
  gatewayPath(
    "post",
    "/proxy/{provider}/{path}",
    "Any known provider, at its own path",
    z.object({ provider: z.string(), path: z.string() }),
  ),
];
