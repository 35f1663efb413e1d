/**
 * Providers that a project registers, and headers that name a provider by its address.
 */
import { expect } from "expect";
import { type ProviderSettings, providersSection } from "@/core/gateway/providers/custom.ts";
import {
  chatAnswer,
  json,
  post,
  projectKey,
  runGateway,
  runUpstream,
  type Upstream,
} from "../gateway/fixture.ts";
import { apiKey, testVault } from "../vault/fixture.ts";

const chat = { model: "llama3", messages: [{ role: "user", content: "Hello" }] };

const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "local-claude",
  content: [{ type: "text", text: "Hi" }],
  stop_reason: "end_turn",
  usage: { input_tokens: 10, output_tokens: 5 },
};

interface Options {
  readonly settings: (url: string) => unknown;
  readonly allowPrivate?: boolean;
  readonly answer?: unknown;
  readonly keys?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

async function registered(
  { settings, allowPrivate = true, answer = chatAnswer, keys = {}, env = {} }: Options,
) {
  const vault = await testVault();
  for (const [provider, key] of Object.entries(keys)) {
    await vault.vault.add("p1", { provider, credential: apiKey(key) });
  }
  const upstream = await runUpstream((_, response) => json(response, answer));
  const read: ProviderSettings = providersSection.schema.parse(settings(upstream.url));
  const running = runGateway({
    ports: {
      vault: vault.vault,
      providers: () => read,
      config: {
        upstreams: new Map(),
        providerKeys: new Map(Object.entries(env)),
        allowPrivateUpstreams: allowPrivate,
        WATCHLLM_DURABILITY: "strict",
        WATCHLLM_MAX_BODY_BYTES: 1_000_000,
        WATCHLLM_UPSTREAM_TIMEOUT_MS: 10_000,
      },
    },
  });
  return {
    upstream,
    running,
    async call(path: string, body: unknown = chat, headers: Record<string, string> = {}) {
      const sent = await post(running.url + path, body, {
        authorization: `Bearer ${projectKey}`,
        ...headers,
      });
      return { status: sent.status, text: await sent.text() };
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
      await vault[Symbol.asyncDispose]();
    },
  };
}

const paths = ({ seen }: Upstream) => seen.map(({ path }) => path);

const local = (more: Readonly<Record<string, unknown>> = {}) => (url: string) => ({
  custom: [{ name: "local", base_url: `${url}/v1`, auth: "none", ...more }],
});

Deno.test("a registered provider is reached by its path and by the model's prefix", async () => {
  await using test = await registered({ settings: local() });
  await test.call("/proxy/local/v1/chat/completions");
  await test.call("/proxy/local/chat/completions");
  await test.call("/v1/chat/completions", { ...chat, model: "local/llama3" });
  await test.call("/v1/embeddings", { model: "local/org/embed", input: "x" });
  expect(paths(test.upstream)).toEqual([
    "/v1/chat/completions",
    "/v1/chat/completions",
    "/v1/chat/completions",
    "/v1/embeddings",
  ]);
  const models = test.upstream.seen.map(({ body }) => JSON.parse(new TextDecoder().decode(body)));
  expect(models.map(({ model }) => model)).toEqual(["llama3", "llama3", "llama3", "org/embed"]);
  for (const { headers } of test.upstream.seen) expect(headers.authorization).toBeUndefined();
  expect(test.running.log.records[0]?.event.data).toMatchObject({
    provider: "local",
    model: "llama3",
    endpoint: "chat",
    usage: { source: "provider", buckets: { input: 500, cache_read: 1_500, output: 300 } },
  });
});

Deno.test("its key comes from the vault alone, in the header that was chosen", async () => {
  const cases = [
    ["bearer", "authorization", "Bearer local-secret-key"],
    ["x-api-key", "x-api-key", "local-secret-key"],
    ["x-goog-api-key", "x-goog-api-key", "local-secret-key"],
    ["api-key", "api-key", "local-secret-key"],
  ] as const;
  for (const [auth, header, value] of cases) {
    await using test = await registered({
      settings: local({ auth }),
      keys: { local: "local-secret-key" },
    });
    await test.call("/proxy/local/v1/chat/completions");
    expect(test.upstream.seen[0]?.headers[header]).toBe(value);
  }
  // A project must not lead the operator's keys anywhere by a name.
  await using test = await registered({
    settings: local({ auth: "bearer" }),
    env: { local: "operators-key" },
  });
  const refused = await test.call("/proxy/local/v1/chat/completions");
  expect([refused.status, test.upstream.seen.length]).toEqual([401, 0]);
  expect(refused.text).toContain("provider_key_missing");
});

Deno.test("its headers are sent with every call, in the place of the client's", async () => {
  await using test = await registered({ settings: local({ headers: { "X-Tenant": "ours" } }) });
  await test.call("/proxy/local/v1/chat/completions", chat, { "x-tenant": "theirs" });
  const { rawHeaders } = test.upstream.seen[0] ?? { rawHeaders: [] };
  const at = rawHeaders.findIndex((name) => name.toLowerCase() === "x-tenant");
  expect(rawHeaders[at + 1]).toBe("ours");
  expect(rawHeaders.filter((name) => name.toLowerCase() === "x-tenant")).toHaveLength(1);
});

Deno.test("one that speaks Anthropic's dialect is a prefix on Anthropic's path", async () => {
  await using test = await registered({
    settings: (url) => ({
      custom: [{ name: "claudish", base_url: url, format: "anthropic", auth: "none" }],
    }),
    answer: message,
  });
  await test.call("/v1/messages", { model: "claudish/local-claude", messages: [] });
  expect(paths(test.upstream)).toEqual(["/v1/messages"]);
  expect(test.running.log.records[0]?.event.data).toMatchObject({
    provider: "claudish",
    model: "local-claude",
    endpoint: "messages",
    usage: { buckets: { input: 10, output: 5 } },
  });
  // On OpenAI's path it is translated for.
  const chatted = await test.call("/v1/chat/completions", { ...chat, model: "claudish/x" });
  expect(JSON.parse(chatted.text)).toMatchObject({ object: "chat.completion" });
  expect(paths(test.upstream)).toEqual(["/v1/messages", "/v1/messages"]);
});

Deno.test("an address that is no longer allowed is no provider any more", async () => {
  await using test = await registered({ settings: local(), allowPrivate: false });
  const answer = await test.call("/proxy/local/v1/chat/completions");
  expect([answer.status, test.upstream.seen.length]).toEqual([404, 0]);
  expect(answer.text).toContain("provider_unknown");
});

const addressHeaders = ["helicone-target-url", "helicone-openai-api-base", "x-portkey-custom-host"];

for (const header of addressHeaders) {
  Deno.test(`${header} leads to a registered provider and nowhere else`, async () => {
    await using test = await registered({ settings: local() });
    for (const address of [`${test.upstream.url}/v1`, test.upstream.url, `${test.upstream.url}/`]) {
      const answer = await test.call("/v1/chat/completions", chat, { [header]: address });
      expect([address, answer.status]).toEqual([address, 200]);
    }
    expect(new Set(paths(test.upstream))).toEqual(new Set(["/v1/chat/completions"]));
    expect(test.running.log.records[0]?.event.data.provider).toBe("local");
    for (
      const address of [
        "http://169.254.169.254/",
        "https://evil.example/v1",
        "http://api.openai.com/v1",
        "https://api.openai.com:8443/v1",
        "https://api.openai.com@evil.example/",
        `${test.upstream.url.replace("127.0.0.1", "127.0.0.2")}/v1`,
        "not an address",
      ]
    ) {
      const answer = await test.call("/v1/chat/completions", chat, { [header]: address });
      expect([address, answer.status]).toEqual([address, 400]);
      expect(answer.text).toContain(header);
      expect(answer.text).toContain("target_unknown");
    }
    expect(test.upstream.seen).toHaveLength(3);
  });
}

Deno.test("an address of a known provider chooses that provider, with its own key and path", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using running = runGateway({
    upstreams: { groq: upstream.url, deepseek: upstream.url },
    providerKeys: { groq: "pk-groq", deepseek: "pk-deepseek" },
  });
  const send = async (address: string, path = "/v1/chat/completions") => {
    const answer = await post(running.url + path, chat, {
      authorization: `Bearer ${projectKey}`,
      "helicone-target-url": address,
    });
    await answer.body?.cancel();
    return answer.status;
  };
  expect(await send("https://api.groq.com/openai/v1")).toBe(200);
  expect(await send("https://api.deepseek.com")).toBe(200);
  expect(upstream.seen.map(({ path, headers }) => [path, headers.authorization])).toEqual([
    ["/openai/v1/chat/completions", "Bearer pk-groq"],
    ["/chat/completions", "Bearer pk-deepseek"],
  ]);
  // A path that names one provider is not led to another.
  expect(await send("https://api.groq.com", "/proxy/deepseek/chat/completions")).toBe(400);
  expect(await send("https://api.deepseek.com", "/proxy/deepseek/chat/completions")).toBe(200);
});
