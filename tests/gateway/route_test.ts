import { expect } from "expect";
import { Addresses } from "@/core/gateway/addresses.ts";
import { readHeaders } from "@/core/gateway/headers.ts";
import { openai } from "@/core/gateway/providers/openai.ts";
import { providers } from "@/core/gateway/providers/table.ts";
import { vertex } from "@/core/gateway/providers/vertex.ts";
import { isGatewayPath, routeOf } from "@/core/gateway/route.ts";

function route(path: string, headers: Record<string, string> = {}, query = "") {
  expect(isGatewayPath(path)).toBe(true);
  const { provider, operation, dialect } = routeOf(path, query, readHeaders(new Headers(headers)));
  return {
    provider: provider?.name,
    endpoint: operation.endpoint,
    model: operation.model,
    dialect,
  };
}

const cases: readonly (readonly [string, string, string, string | null])[] = [
  ["/v1/chat/completions", "openai", "chat", null],
  ["/v1/completions", "openai", "text_completion", null],
  ["/v1/responses", "openai", "responses", null],
  ["/v1/responses/resp_1", "openai", "responses", null],
  ["/v1/responses/resp_1/cancel", "openai", "responses", null],
  ["/v1/responses/compact", "openai", "responses", null],
  ["/v1/responses/input_tokens", "openai", "count_tokens", null],
  ["/v1/embeddings", "openai", "embeddings", null],
  ["/v1/audio/speech", "openai", "other", null],
  ["/v1/assistants", "openai", "other", null],
  ["/v1/threads/t/runs", "openai", "other", null],
  ["/v1/videos/v/content", "openai", "other", null],
  ["/v1/realtime/client_secrets", "openai", "other", null],
  ["/upload/v1beta/files", "google", "other", null],
  ["/upload/v1/files", "google", "other", null],
  ["/v1/interactions", "google", "other", null],
  ["/v1/cachedContents/c1", "google", "other", null],
  ["/v1/models", "openai", "models", null],
  ["/v1/models/gpt-4o", "openai", "models", "gpt-4o"],
  ["/v1/models/ft:gpt-4o:org::id", "openai", "models", "ft:gpt-4o:org::id"],
  ["/v1/messages", "anthropic", "messages", null],
  ["/v1/messages/count_tokens", "anthropic", "count_tokens", null],
  ["/v1beta/models/gemini-2.5-pro:generateContent", "google", "generate_content", "gemini-2.5-pro"],
  [
    "/v1/models/gemini-2.5-pro:streamGenerateContent",
    "google",
    "generate_content",
    "gemini-2.5-pro",
  ],
  ["/v1beta/models/text-embedding:batchEmbedContents", "google", "embeddings", "text-embedding"],
  ["/v1beta/models/g:countTokens", "google", "count_tokens", "g"],
  ["/proxy/groq/openai/v1/chat/completions", "groq", "chat", null],
  ["/proxy/gemini/v1beta/models/g:generateContent", "google", "generate_content", "g"],
  [
    "/proxy/vertex/v1/projects/p/locations/l/publishers/google/models/g:generateContent",
    "vertex",
    "generate_content",
    "g",
  ],
  [
    "/proxy/bedrock/model/us.anthropic.claude-v1%3A0/converse",
    "bedrock",
    "chat",
    "us.anthropic.claude-v1:0",
  ],
  ["/proxy/azure/openai/deployments/my-gpt/chat/completions", "azure", "chat", "my-gpt"],
  ["/proxy/cohere/v2/chat", "cohere", "chat", null],
];
for (const [path, provider, endpoint, model] of cases) {
  Deno.test(`${path} is ${provider}'s ${endpoint}`, () => {
    expect(route(path)).toMatchObject({ provider, endpoint, model });
  });
}

Deno.test("/v1/models belongs to the provider whose SDK asks", () => {
  expect(route("/v1/models", { "anthropic-version": "2023-06-01" }).provider).toBe("anthropic");
  expect(route("/v1/models", { "x-goog-api-key": "k" }).provider).toBe("google");
  expect(route("/v1/models", {}, "?key=k").provider).toBe("google");
});

Deno.test("files, batches and skills belong to the provider whose SDK asks", () => {
  for (const path of ["/v1/files", "/v1/files/f1/content", "/v1/skills"]) {
    expect(route(path, { "anthropic-version": "2023-06-01" })).toMatchObject({
      provider: "anthropic",
      dialect: "anthropic",
    });
    expect(route(path)).toMatchObject({ provider: "openai", dialect: "openai" });
  }
  for (const path of ["/v1/files", "/v1/files/f1:download", "/v1/batches/b1:cancel"]) {
    expect(route(path, { "x-goog-api-key": "k" })).toMatchObject({
      provider: "google",
      dialect: "gemini",
    });
  }
});

Deno.test("our own API is not the gateway's", () => {
  for (
    const path of [
      "/",
      "/v1/events",
      "/v1/analytics/stats",
      "/v1/providers",
      "/v1/projects",
      "/healthz",
      "/v1/logs",
      "/dashboard",
    ]
  ) {
    expect(isGatewayPath(path)).toBe(false);
  }
});

Deno.test("errors take the dialect of the SDK that calls", () => {
  expect(route("/proxy/anthropic/v1/messages").dialect).toBe("anthropic");
  expect(route("/proxy/anthropic/v1/models").dialect).toBe("anthropic");
  expect(route("/proxy/google/v1beta/files").dialect).toBe("gemini");
  expect(route("/proxy/google/v1beta/openai/chat/completions").dialect).toBe("openai");
  expect(route("/proxy/nobody/v1/chat/completions").dialect).toBe("openai");
});

Deno.test("the table has every promised provider, under its own name", () => {
  const promised =
    "openai anthropic google vertex azure bedrock groq mistral deepseek openrouter cohere xai together fireworks perplexity cerebras ollama voyage zai huggingface";
  expect([...providers.keys()].sort()).toEqual(promised.split(" ").sort());
  for (const [name, provider] of providers) expect(provider.name).toBe(name);
});

Deno.test("an upstream replaces the host; vertex finds its region in the path", () => {
  const addresses = new Addresses(new Map([["openai", new URL("http://[::1]:9/base/")]]));
  expect(addresses.baseFor(openai, "/v1/models")).toEqual({
    secure: false,
    hostname: "::1",
    port: 9,
    host: "[::1]:9",
    prefix: "/base",
  });
  expect(addresses.baseFor(vertex, "/v1/projects/p/locations/europe-west4/x")?.hostname)
    .toBe("europe-west4-aiplatform.googleapis.com");
});
