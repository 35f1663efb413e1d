import { expect } from "expect";
import { chatAnswer, json, post, projectKey, runUpstream } from "@/tests/gateway/fixture.ts";
import { type Cached, cachedGateway, cacheOf } from "./fixture.ts";

/** A request with numbers and spaces that a parse and a print would change. */
const body = (cache: string, more = "") =>
  `{"model":"gpt-4o" ,${cache} "temperature":0.0,"seed":12345678901234567890,${more}` +
  `"messages":[{"role":"user","content":"Hi"}]}`;

async function send({ url }: Cached, text: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${projectKey}`,
      ...headers,
    },
    body: text,
  });
  return { response, cache: cacheOf(response), text: await response.text() };
}

async function withGateway(
  use: (cached: Cached, seen: () => string[]) => Promise<void>,
  more: Parameters<typeof cachedGateway>[0] = {},
): Promise<void> {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: { openai: "sk-1" },
    ...more,
  });
  await use(cached, () => upstream.seen.map(({ body }) => new TextDecoder().decode(body)));
}

Deno.test("LiteLLM's cache in the body is obeyed, and taken out before the provider sees it", () =>
  withGateway(async (cached, seen) => {
    expect((await send(cached, body(""))).cache).toBe("MISS");
    // It is no part of the key.
    const hit = await send(cached, body('"cache":{"ttl":60},'));
    expect(hit.cache).toBe("HIT");
    expect(hit.response.headers.get("x-litellm-cache-key")).toMatch(/^[0-9a-f]{64}$/);
    const anew = await send(cached, body('"cache" : { "no-cache": true } ,'));
    expect(anew.cache).toBe("MISS");
    expect(anew.response.headers.get("x-watchllm-cache-reason")).toBeNull();
    expect(seen()[1]).toBe(body(""));
    expect(seen()).toHaveLength(2);
  }));

Deno.test("its namespace, its no-store and its age divide, pass by and refuse", async () => {
  let clock = Date.UTC(2026, 10, 23);
  await withGateway(async (cached) => {
    const own = '"cache":{"namespace":"own"},';
    expect((await send(cached, body(own))).cache).toBe("MISS");
    expect((await send(cached, body(own))).cache).toBe("HIT");
    expect((await send(cached, body(""))).cache).toBe("MISS");
    clock += 20_000;
    expect((await send(cached, body('"cache":{"s-maxage":10},'))).cache).toBe("MISS");
    expect((await send(cached, body('"cache":{"s-max-age":10},'))).cache).toBe("HIT");
    for (const never of ['{"no-store":true,"namespace":"n"}', '{"ttl":0,"namespace":"n"}']) {
      expect((await send(cached, body(`"cache":${never},`))).cache).toBe("MISS");
      expect((await send(cached, body(`"cache":${never},`))).cache).toBe("MISS");
    }
  }, { clock: () => clock });
});

Deno.test("it turns the cache on where the project has not, and a header holds against it", () =>
  withGateway(async (cached) => {
    const on = body('"cache":{"use-cache":true},', '"temperature":1,');
    expect((await send(cached, on)).cache).toBe("MISS");
    expect((await send(cached, on)).cache).toBe("HIT");
    expect((await send(cached, on, { "x-watchllm-cache-mode": "off" })).cache).toBe("BYPASS");
    expect((await send(cached, body('"cache":null,'))).cache).toBe("BYPASS");
  }, { settings: { enabled: false } }));

Deno.test("a member that cannot be read is refused with its name, never passed over", () =>
  withGateway(async (cached, seen) => {
    for (
      const [cache, field] of [
        ['{"ttl":"soon"}', "cache.ttl"],
        ['{"ttl":-1}', "cache.ttl"],
        ['{"no-cache":"perhaps"}', "cache.no-cache"],
        ['{"namespace":""}', "cache.namespace"],
        ['{"s-maxage":{}}', "cache.s-maxage"],
      ]
    ) {
      const refused = await send(cached, body(`"cache":${cache},`));
      expect(refused.response.status).toBe(400);
      // SDKs show the message alone.
      expect(JSON.parse(refused.text).error.message).toContain(`${field} must be`);
    }
    expect(seen()).toHaveLength(0);
  }));

Deno.test("a cache that is not LiteLLM's is the provider's, and stays", () =>
  withGateway(async (cached, seen) => {
    for (const cache of ['{"type":"ephemeral"}', "true", "[]", '{"ttl":5,"id":"c1"}']) {
      await send(cached, body(`"cache":${cache},`));
      expect(seen().at(-1)).toBe(body(`"cache":${cache},`));
    }
    await post(`${cached.url}/v1/chat/completions`, { model: "gpt-4o", messages: [], cache: {} })
      .then((response) => response.body?.cancel());
    expect(JSON.parse(seen().at(-1) ?? "")).toEqual({ model: "gpt-4o", messages: [] });
  }));
