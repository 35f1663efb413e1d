/** Requests that the cache takes no part in, and answers that it does not keep. */
import { expect } from "expect";
import { routingSchema } from "@/core/gateway/routing/settings.ts";
import { chatAnswer, json, post, projectKey, runUpstream } from "@/tests/gateway/fixture.ts";
import { type Cached, cachedGateway, cacheOf } from "./fixture.ts";

const providerKeys = { openai: "sk-1", anthropic: "sk-2", google: "g-3", groq: "sk-4" };
const messages = [{ role: "user", content: "Hi" }];
const chat = { model: "gpt-4o", temperature: 0, messages };
const gemini = {
  generationConfig: { temperature: 0 },
  contents: [{ role: "user", parts: [{ text: "Hi" }] }],
};
const streamed = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";

async function send({ url }: Cached, path: string, body: unknown) {
  const response = await post(`${url}${path}`, body, {
    authorization: `Bearer ${projectKey}`,
    "x-watchllm-cache-namespace": "left out",
  });
  await response.text();
  return { cache: cacheOf(response), why: response.headers.get("x-watchllm-cache-reason") };
}

Deno.test("what may mean something else later is bypassed, and says why", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  const { url } = upstream;
  const upstreams = { openai: url, anthropic: url, google: url };
  await using cached = await cachedGateway({ upstreams, providerKeys });
  const left: readonly (readonly [string, unknown, string])[] = [
    [
      "/v1/responses",
      { model: "gpt-4o", temperature: 0, input: "Hi", background: true },
      "stateful",
    ],
    [
      "/v1/responses",
      { model: "gpt-4o", temperature: 0, input: "Hi", conversation: "c" },
      "stateful",
    ],
    ["/v1/responses", { model: "gpt-4o", temperature: 0, prompt: { id: "pmpt_1" } }, "stateful"],
    [
      streamed.replace("stream", "").replace("Gen", "gen"),
      { ...gemini, cachedContent: "c" },
      "stateful",
    ],
    ["/v1/chat/completions", { ...chat, web_search_options: {} }, "live_tools"],
    ["/v1/responses", { ...chat, input: "Hi", tools: [{ type: "web_search" }] }, "live_tools"],
    ["/v1/chat/completions", { ...chat, model: "gpt-4o-search-preview" }, "live_tools"],
    ["/v1/chat/completions", { ...chat, search_parameters: { mode: "auto" } }, "live_tools"],
    ["/v1/chat/completions", { ...chat, plugins: [{ id: "web" }] }, "live_tools"],
    ["/v1/chat/completions", { ...chat, data_sources: [{ type: "azure_search" }] }, "live_tools"],
    [
      "/v1/messages",
      { ...chat, max_tokens: 9, mcp_servers: [{ type: "url", url: "https://mcp.example" }] },
      "live_tools",
    ],
    [
      "/v1/messages",
      { ...chat, max_tokens: 9, tools: [{ type: "web_fetch_20250910", name: "web_fetch" }] },
      "live_tools",
    ],
    [streamed, gemini, "stream_form"],
    ["/v1/chat/completions", {}, "not_cacheable"],
  ];
  for (const [path, body, why] of left) {
    for (const _ of [1, 2]) {
      expect([path, await send(cached, path, body)]).toEqual([path, { cache: "BYPASS", why }]);
    }
  }
  expect(upstream.seen.length).toBe(2 * left.length);
});

Deno.test("a project that switched its cache off is asked for nothing, but by a request that turns it on", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys,
    settings: { enabled: false },
  });
  const path = "/v1/chat/completions";
  expect(await send(cached, path, chat)).toEqual({ cache: "BYPASS", why: "off" });
  const on = { authorization: `Bearer ${projectKey}`, "x-watchllm-cache-mode": "on" };
  for (const outcome of ["MISS", "HIT"]) {
    const response = await post(`${cached.url}${path}`, chat, on);
    await response.text();
    expect(cacheOf(response)).toBe(outcome);
  }
});

Deno.test("an answer over the project's bound is passed on and not kept", async () => {
  const long = "x".repeat(3_000);
  await using upstream = await runUpstream((_, response) =>
    json(response, { ...chatAnswer, system_fingerprint: long })
  );
  const ports = { upstreams: { openai: upstream.url }, providerKeys };
  await using small = await cachedGateway({ ...ports, settings: { max_entry_bytes: 2_048 } });
  await using large = await cachedGateway({ ...ports, settings: { max_entry_bytes: 8_192 } });
  const twice = async (cached: Cached) => [
    (await send(cached, "/v1/chat/completions", chat)).cache,
    (await send(cached, "/v1/chat/completions", chat)).cache,
  ];
  expect(await twice(small)).toEqual(["MISS", "MISS"]);
  expect(await twice(large)).toEqual(["MISS", "HIT"]);
});

Deno.test("the answer of a model that was only fallen back to is not kept for the one that was asked", async () => {
  let fails = true;
  await using first = await runUpstream((_, response) =>
    fails
      ? json(response, { error: { message: "no" } }, 500)
      : json(response, { ...chatAnswer, id: "first" })
  );
  await using second = await runUpstream((_, response) =>
    json(response, { ...chatAnswer, id: "second" })
  );
  const routing = routingSchema.parse({
    strategy: { mode: "fallback" },
    targets: [{ provider: "openai" }, { provider: "groq", override_params: { model: "llama" } }],
  });
  await using cached = await cachedGateway({
    upstreams: { openai: first.url, groq: second.url },
    providerKeys,
    ports: { routing: () => routing },
  });
  const ask = async () => {
    const response = await post(`${cached.url}/v1/chat/completions`, chat);
    return [cacheOf(response), (await response.json()).id];
  };
  expect(await ask()).toEqual(["MISS", "second"]);
  expect(await ask()).toEqual(["MISS", "second"]);
  fails = false;
  expect(await ask()).toEqual(["MISS", "first"]);
  expect(await ask()).toEqual(["HIT", "first"]);
});
