/**
 * Azure OpenAI and Vertex AI through the gateway.
 */
import { generateKeyPairSync } from "node:crypto";
import { AzureOpenAI } from "openai";
import { expect } from "expect";
import type { NewProviderKey } from "@/core/vault/types.ts";
import {
  chatAnswer,
  json,
  post,
  projectKey,
  runGateway,
  type RunOptions,
  runUpstream,
} from "../gateway/fixture.ts";
import { testVault } from "../vault/fixture.ts";

const chat = { model: "prod-chat", messages: [{ role: "user" as const, content: "Hello" }] };

async function cloud(
  answer: unknown,
  key: (url: string) => NewProviderKey,
  options: (url: string) => RunOptions = () => ({}),
) {
  const vault = await testVault();
  const upstream = await runUpstream((_, response) => json(response, answer));
  await vault.vault.add("p1", key(upstream.url));
  const given = options(upstream.url);
  const running = runGateway({
    ...given,
    ports: {
      vault: vault.vault,
      config: {
        upstreams: new Map(
          Object.entries(given.upstreams ?? {}).map(([name, url]) => [name, new URL(url)]),
        ),
        providerKeys: new Map(),
        allowPrivateUpstreams: true,
        WATCHLLM_DURABILITY: "strict",
        WATCHLLM_MAX_BODY_BYTES: 1_000_000,
        WATCHLLM_UPSTREAM_TIMEOUT_MS: 10_000,
      },
      ...given.ports,
    },
  });
  return {
    upstream,
    running,
    vault: vault.vault,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
      await vault[Symbol.asyncDispose]();
    },
  };
}

const azureKey = (url: string): NewProviderKey => ({
  provider: "azure",
  credential: {
    kind: "azure",
    key: "azure-key-0123456789",
    endpoint: url,
    api_version: "2024-10-21",
    deployments: { "prod-chat": "gpt-4o", "prod-embed": "text-embedding-3-small" },
  },
});

/** What Azure answers for a deployment whose model's name it does not say. */
const nameless = { ...chatAnswer, model: "" };

Deno.test("Azure's classic paths go to the key's resource, with its version, priced by the deployment", async () => {
  await using test = await cloud(nameless, azureKey);
  const path = "/proxy/azure/openai/deployments/prod-chat/chat/completions";
  const answer = await post(test.running.url + path, { messages: chat.messages });
  expect(answer.status).toBe(200);
  await answer.body?.cancel();
  await (await post(`${test.running.url}${path}?api-version=2025-01-01-preview`, {})).body
    ?.cancel();
  expect(test.upstream.seen).toMatchObject([
    {
      path: "/openai/deployments/prod-chat/chat/completions?api-version=2024-10-21",
      headers: { "api-key": "azure-key-0123456789" },
    },
    { path: "/openai/deployments/prod-chat/chat/completions?api-version=2025-01-01-preview" },
  ]);
  expect(test.upstream.seen[0]?.headers).not.toHaveProperty("authorization");
  expect(test.running.log.records[0]?.event.data).toMatchObject({
    provider: "azure",
    model: "gpt-4o",
    path: "/openai/deployments/prod-chat/chat/completions",
    cost: { usd: "0.006125", price: { model: "gpt-4o" } },
  });
});

Deno.test("Azure's v1 paths take the deployment as the model", async () => {
  await using test = await cloud(nameless, azureKey);
  await (await post(`${test.running.url}/proxy/azure/openai/v1/chat/completions`, chat)).body
    ?.cancel();
  expect(test.upstream.seen[0]).toMatchObject({ path: "/openai/v1/chat/completions" });
  expect(test.running.log.only.event.data).toMatchObject({
    model: "gpt-4o",
    cost: { usd: "0.006125" },
  });
});

Deno.test("azure/model on OpenAI's path finds the deployment that holds the model", async () => {
  await using test = await cloud(nameless, azureKey);
  for (const model of ["azure/gpt-4o", "azure/prod-chat"]) {
    await (await post(`${test.running.url}/v1/chat/completions`, { ...chat, model })).body
      ?.cancel();
  }
  for (const { path, body } of test.upstream.seen) {
    expect(path).toBe("/openai/v1/chat/completions");
    expect(JSON.parse(new TextDecoder().decode(body)).model).toBe("prod-chat");
  }
  expect(test.running.log.records.map(({ event }) => event.data.model)).toEqual([
    "gpt-4o",
    "gpt-4o",
  ]);
});

Deno.test("a deployment that nobody named a model for is priced by the answer or not at all", async () => {
  await using test = await cloud(nameless, azureKey);
  const path = "/proxy/azure/openai/deployments/other/chat/completions";
  await (await post(test.running.url + path, { messages: chat.messages })).body?.cancel();
  expect(test.running.log.only.event.data).toMatchObject({
    model: "other",
    cost: { usd: null, price: { match: "none" } },
  });
});

Deno.test("OpenAI's own Azure client talks through the gateway", async () => {
  await using test = await cloud(chatAnswer, azureKey);
  const client = new AzureOpenAI({
    baseURL: `${test.running.url}/proxy/azure/openai`,
    apiKey: projectKey,
    apiVersion: "2024-10-21",
  });
  const answer = await client.chat.completions.create({ ...chat, model: "prod-chat" });
  expect(answer.choices[0]?.message.content).toBe("Hello");
  expect(test.upstream.seen[0]).toMatchObject({
    path: "/openai/deployments/prod-chat/chat/completions?api-version=2024-10-21",
    headers: { "api-key": "azure-key-0123456789" },
  });
});

const gemini = {
  candidates: [{ content: { parts: [{ text: "Hi" }], role: "model" }, finishReason: "STOP" }],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
  modelVersion: "gemini-2.5-flash",
};

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

const accountKey = (): NewProviderKey => ({
  provider: "vertex",
  credential: {
    kind: "service_account",
    client_email: "caller@our.iam.gserviceaccount.com",
    private_key: privateKey,
    project_id: "our",
  },
});

const vertexPath = "/v1/projects/our/locations/europe-west1/publishers/google/models/" +
  "gemini-2.5-flash:generateContent";

/** Google's token endpoint; counts what it is asked for. */
function tokens(status = 200) {
  const asked: string[] = [];
  const fetching: typeof fetch = (url, init) => {
    asked.push(`${url} ${String(init?.body).slice(0, 20)}`);
    const body = status === 200
      ? { access_token: `ya29.token-${asked.length}`, expires_in: 3_600, token_type: "Bearer" }
      : { error: "invalid_grant", error_description: "Invalid JWT Signature." };
    return Promise.resolve(Response.json(body, { status }));
  };
  return { asked, fetching };
}

Deno.test("Vertex is called with a token of the service account, which is asked for once", async () => {
  const { asked, fetching } = tokens();
  await using test = await cloud(
    gemini,
    accountKey,
    (url) => ({ upstreams: { vertex: url }, ports: { fetch: fetching } }),
  );
  for (let i = 0; i < 2; i++) {
    const answer = await post(`${test.running.url}/proxy/vertex${vertexPath}`, { contents: [] });
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
  }
  expect(asked).toEqual(["https://oauth2.googleapis.com/token grant_type=urn%3Aiet"]);
  expect(test.upstream.seen.map(({ path, headers }) => [path, headers.authorization])).toEqual([
    [vertexPath, "Bearer ya29.token-1"],
    [vertexPath, "Bearer ya29.token-1"],
  ]);
  expect(test.running.log.records[0]?.event.data).toMatchObject({
    provider: "vertex",
    model: "gemini-2.5-flash",
    usage: { buckets: { input: 10, output: 5 } },
    cost: { price: { match: "exact" } },
  });
});

Deno.test("a service account that Google refuses is a told error, and rests", async () => {
  const { fetching } = tokens(400);
  await using test = await cloud(
    gemini,
    accountKey,
    (url) => ({ upstreams: { vertex: url }, ports: { fetch: fetching } }),
  );
  const answer = await post(`${test.running.url}/proxy/vertex${vertexPath}`, { contents: [] });
  expect(answer.status).toBe(502);
  const text = await answer.text();
  expect(text).toContain("provider_sign_in_failed");
  expect(text).not.toContain("Invalid JWT");
  expect(test.upstream.seen).toHaveLength(0);
  expect(await test.vault.list("p1")).toMatchObject([{ health: { state: "refused" } }]);
  expect(test.running.log.only.event).toMatchObject({
    type: "call.failed",
    data: { error: { code: "provider_sign_in_failed" } },
  });
});

Deno.test("Claude on Vertex is read as Claude, by the model of the path", async () => {
  const answer = {
    id: "msg_vrtx_1",
    type: "message",
    model: "claude-sonnet-4-5-20250929",
    content: [{ type: "text", text: "Hi" }],
    stop_reason: "end_turn",
    usage: { input_tokens: 10, output_tokens: 5 },
  };
  await using test = await cloud(
    answer,
    () => ({ provider: "vertex", credential: { kind: "api_key", key: "ya29.given" } }),
    (url) => ({ upstreams: { vertex: url } }),
  );
  const path = "/proxy/vertex/v1/projects/our/locations/us-east5/publishers/anthropic/models/" +
    "claude-sonnet-4-5@20250929:rawPredict";
  await (await post(test.running.url + path, { anthropic_version: "vertex-2023-10-16" })).body
    ?.cancel();
  expect(test.upstream.seen[0]?.headers.authorization).toBe("Bearer ya29.given");
  expect(test.running.log.only.event.data).toMatchObject({
    endpoint: "messages",
    model: "claude-sonnet-4-5@20250929",
    usage: { buckets: { input: 10, output: 5 } },
    cost: { price: { match: "alias" } },
  });
});
