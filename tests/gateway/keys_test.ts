import { expect } from "expect";
import { json, projectKey, runGateway, runUpstream } from "./fixture.ts";

const bearer = `Bearer ${projectKey}`;

interface Case {
  readonly name: string;
  readonly path: string;
  readonly query?: string;
  readonly headers: Record<string, string>;
  /** Credentials that the provider must see, and no others. */
  readonly seen: Record<string, string>;
}

const chat = "/v1/chat/completions";
const messages = "/v1/messages";
const generate = "/v1beta/models/g:generateContent";

const cases: readonly Case[] = [
  {
    name: "Authorization",
    path: chat,
    headers: { authorization: bearer },
    seen: { authorization: "Bearer pk-openai" },
  },
  {
    name: "authorization in lower case",
    path: chat,
    headers: { authorization: `bearer ${projectKey}` },
    seen: { authorization: "Bearer pk-openai" },
  },
  {
    name: "x-api-key for OpenAI",
    path: chat,
    headers: { "x-api-key": projectKey },
    seen: { authorization: "Bearer pk-openai" },
  },
  {
    name: "?key= for OpenAI",
    path: chat,
    query: `?key=${projectKey}`,
    headers: {},
    seen: { authorization: "Bearer pk-openai" },
  },
  {
    name: "x-api-key",
    path: messages,
    headers: { "x-api-key": projectKey },
    seen: { "x-api-key": "pk-anthropic" },
  },
  {
    name: "Authorization, kept as the client's style",
    path: messages,
    headers: { authorization: bearer },
    seen: { authorization: "Bearer pk-anthropic" },
  },
  {
    name: "x-goog-api-key",
    path: generate,
    headers: { "x-goog-api-key": projectKey },
    seen: { "x-goog-api-key": "pk-google" },
  },
  {
    name: "?key=, never sent on in the query",
    path: generate,
    query: `?alt=sse&key=${projectKey}`,
    headers: {},
    seen: { "x-goog-api-key": "pk-google" },
  },
  {
    name: "Authorization for Google",
    path: generate,
    headers: { authorization: bearer },
    seen: { "x-goog-api-key": "pk-google" },
  },
  {
    name: "X-WatchLLM-Key alone",
    path: chat,
    headers: { "x-watchllm-key": projectKey },
    seen: { authorization: "Bearer pk-openai" },
  },
  {
    name: "X-WatchLLM-Key beside the provider's key",
    path: chat,
    headers: { "x-watchllm-key": projectKey, authorization: "Bearer own" },
    seen: { authorization: "Bearer own" },
  },
  {
    name: "X-WatchLLM-Key beside Anthropic's key",
    path: messages,
    headers: { "x-watchllm-key": projectKey, "x-api-key": "own" },
    seen: { "x-api-key": "own" },
  },
  {
    name: "X-WatchLLM-Key beside itself",
    path: chat,
    headers: { "x-watchllm-key": projectKey, authorization: bearer },
    seen: { authorization: "Bearer pk-openai" },
  },
  {
    name: "X-WatchLLM-Key beside a Gemini key in the query",
    path: generate,
    query: "?key=own",
    headers: { "x-watchllm-key": projectKey },
    seen: { "x-goog-api-key": "own" },
  },
  {
    name: "Helicone-Auth beside the provider's key",
    path: chat,
    headers: { "helicone-auth": bearer, authorization: "Bearer own" },
    seen: { authorization: "Bearer own" },
  },
  {
    name: "cf-aig-authorization beside the provider's key",
    path: chat,
    headers: { "cf-aig-authorization": bearer, authorization: "Bearer own" },
    seen: { authorization: "Bearer own" },
  },
  {
    name: "Authorization, whose other credentials are not trusted",
    path: chat,
    headers: { authorization: bearer, "x-api-key": "stray" },
    seen: { authorization: "Bearer pk-openai" },
  },
  {
    name: "api-key for Azure",
    path: "/proxy/azure/openai/v1/chat/completions",
    headers: { "api-key": projectKey },
    seen: { "api-key": "pk-azure" },
  },
];

const credentialNames = ["authorization", "x-api-key", "x-goog-api-key", "api-key"];

for (const { name, path, query = "", headers, seen } of cases) {
  Deno.test(`a project key is taken from ${name}`, async () => {
    await using upstream = await runUpstream((_, response) => json(response, {}));
    await using running = runGateway({
      upstreams: {
        openai: upstream.url,
        anthropic: upstream.url,
        google: upstream.url,
        azure: upstream.url,
      },
      providerKeys: {
        openai: "pk-openai",
        anthropic: "pk-anthropic",
        google: "pk-google",
        azure: "pk-azure",
      },
    });
    const response = await fetch(running.url + path + query, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: "{}",
    });
    await response.text();
    expect(response.status).toBe(200);
    const [request] = upstream.seen;
    const credentials = Object.fromEntries(
      credentialNames.filter((header) => request?.headers[header] !== undefined)
        .map((header) => [header, request?.headers[header]]),
    );
    expect(credentials).toEqual(seen);
    expect(request?.path).not.toContain("key=");
    expect(JSON.stringify(request)).not.toContain(projectKey);
    expect(JSON.stringify(running.log.only.event)).not.toContain(projectKey);
    expect(JSON.stringify(running.log.only.event)).not.toContain("pk-");
  });
}

Deno.test("`key` in a query is a key for Google and for the project, and anything for others", async () => {
  await using upstream = await runUpstream((_, response) => json(response, {}));
  await using running = runGateway({
    upstreams: { groq: upstream.url, google: upstream.url },
    providerKeys: { groq: "pk-groq", google: "pk-google" },
  });
  const paths = [
    `/proxy/groq/v1/search?key=price&x=%2F&key=${projectKey}&key=name`,
    "/proxy/google/v1beta/files?key=own&x=1",
  ];
  for (const path of paths) {
    const headers = { authorization: `Bearer ${projectKey}` };
    await (await fetch(running.url + path, { headers })).text();
  }
  expect(upstream.seen.map(({ path }) => path)).toEqual([
    "/v1/search?key=price&x=%2F&key=name",
    "/v1beta/files?x=1",
  ]);
});

Deno.test("nothing that is meant for a gateway, nor the client's network, reaches a provider", async () => {
  await using upstream = await runUpstream((_, response) => json(response, {}));
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const dropped = {
    "x-watchllm-user": "CANARY",
    "x-watchllm-anything": "CANARY",
    "helicone-property-a": "CANARY",
    "cf-aig-metadata": '{"a":"CANARY"}',
    "x-portkey-config": "CANARY",
    "x-litellm-anything": "CANARY",
    "x-bf-vk-x": "CANARY",
    "cookie": "session=CANARY",
    "x-forwarded-for": "CANARY",
    "forwarded": "for=CANARY",
    "via": "1.1 CANARY",
    "x-real-ip": "CANARY",
    "true-client-ip": "CANARY",
    "x-client-ip": "CANARY",
    "cf-connecting-ip": "CANARY",
    "cf-ray": "CANARY",
    "cdn-loop": "CANARY",
    "proxy-authorization": "CANARY",
    "te": "trailers",
  };
  const kept = {
    "user-agent": "OpenAI/JS 7.57.0",
    "accept": "application/json",
    "openai-organization": "org",
    "openai-beta": "assistants=v2",
    "anthropic-version": "2026-10-21",
    "idempotency-key": "i1",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "x-custom": "stays",
    "accept-encoding": "gzip, br",
  };
  const response = await fetch(`${running.url}/v1/chat/completions`, {
    method: "POST",
    headers: { ...dropped, ...kept, "x-watchllm-key": projectKey },
    body: "{}",
  });
  await response.text();
  const headers: Record<string, unknown> = upstream.seen[0]?.headers ?? {};
  expect(JSON.stringify(headers)).not.toContain("CANARY");
  expect(headers).toMatchObject(kept);
  expect(headers.host).toBe(new URL(upstream.url).host);
  expect(headers["content-length"]).toBe("2");
  expect(headers["transfer-encoding"]).toBeUndefined();
});

Deno.test("a provider without a key says which variable to set", async () => {
  await using running = runGateway();
  const response = await fetch(`${running.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: bearer },
    body: '{"model":"gpt-4o"}',
  });
  expect(response.status).toBe(401);
  expect(JSON.stringify(await response.json())).toContain("OPENAI_API_KEY");
  expect(running.log.only.event).toMatchObject({
    type: "call.failed",
    data: { error: { code: "provider_key_missing", origin: "gateway" }, model: "gpt-4o" },
  });
});
