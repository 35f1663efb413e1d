import { expect } from "expect";
import { cacheDecisionSchema } from "@/core/event/cache.ts";
import { chatAnswer, json, post, projectKey, runUpstream } from "@/tests/gateway/fixture.ts";
import { cacheSettingsSchema } from "@/core/cache/settings.ts";
import { cachedGateway, cacheOf } from "./fixture.ts";

const keys = { openai: "sk-1", anthropic: "sk-2", google: "g-3" };
const ask = (more: Record<string, unknown> = {}) => ({
  model: "gpt-4o",
  temperature: 0,
  messages: [{ role: "user", content: "Hi" }],
  ...more,
});
const auth = (headers: Record<string, string>) => ({
  authorization: `Bearer ${projectKey}`,
  ...headers,
});

Deno.test("the same request is answered again without a call, and its event says what was saved", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
  });
  const first = await post(`${cached.url}/v1/chat/completions`, ask());
  expect([cacheOf(first), first.status]).toEqual(["MISS", 200]);
  const body = await first.json();
  const second = await post(`${cached.url}/v1/chat/completions`, ask({ user: "someone else" }));
  expect(cacheOf(second)).toBe("HIT");
  expect(await second.json()).toEqual(body);
  expect(second.headers.get("x-watchllm-cache-age")).toBe("0");
  expect(second.headers.get("x-watchllm-cost-usd")).toBe("0");
  expect(upstream.seen.length).toBe(1);

  const [miss, hit] = cached.running.log.records.map(({ event }) => event);
  expect([miss?.data.cache, hit?.data.cache]).toEqual(["MISS", "HIT"]);
  expect(Number(miss?.data.cost.usd)).toBeGreaterThan(0);
  expect(hit?.data.cost.usd).toBe("0");
  expect(hit?.data.saved_cost_usd).toBe(miss?.data.cost.usd);
  expect(hit?.data.usage).toEqual(miss?.data.usage);
  expect(hit?.data.saved_latency_ms).toBeGreaterThanOrEqual(0);
  expect(hit?.data.cache_decision).toMatchObject({ reason: "stored", source_event: miss?.id });
  expect(hit?.id).toBe(second.headers.get("x-watchllm-event-id"));
  expect(cacheDecisionSchema.parse(miss?.data.cache_decision)).toMatchObject({ reason: "absent" });
  expect(JSON.stringify(miss?.data.cache_decision)).not.toContain("Hi");
});

Deno.test("a hit is on record before it is answered", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
  });
  await (await post(`${cached.url}/v1/chat/completions`, ask())).text();
  cached.running.log.hold();
  let answered = false;
  const hit = post(`${cached.url}/v1/chat/completions`, ask()).then((response) => {
    answered = true;
    return response.text();
  });
  while (cached.running.log.pending.events === 0) await new Promise((go) => setTimeout(go, 2));
  expect(answered).toBe(false);
  cached.running.log.release();
  await hit;
  expect(cached.running.log.records.length).toBe(2);
});

Deno.test("temperature above zero, or unsaid, is cached only when the project says so", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  const ports = { upstreams: { openai: upstream.url }, providerKeys: keys };
  await using careful = await cachedGateway(ports);
  for (const temperature of [0.7, undefined, 0.7]) {
    const response = await post(`${careful.url}/v1/chat/completions`, ask({ temperature }));
    await response.text();
    expect(cacheOf(response)).toBe("BYPASS");
    expect(response.headers.get("x-watchllm-cache-reason")).toBe("temperature");
  }
  await using willing = await cachedGateway({ ...ports, settings: { temperature: "any" } });
  await (await post(`${willing.url}/v1/chat/completions`, ask({ temperature: 0.7 }))).text();
  const again = await post(`${willing.url}/v1/chat/completions`, ask({ temperature: 0.7 }));
  await again.text();
  expect(cacheOf(again)).toBe("HIT");
});

Deno.test("embeddings are cached without being asked", async () => {
  const answer = {
    object: "list",
    data: [{ object: "embedding", index: 0, embedding: [0.1, 0.2] }],
    model: "text-embedding-3-small",
    usage: { prompt_tokens: 3, total_tokens: 3 },
  };
  await using upstream = await runUpstream((_, response) => json(response, answer));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
  });
  const body = { model: "text-embedding-3-small", input: "Hi" };
  await (await post(`${cached.url}/v1/embeddings`, body)).text();
  const again = await post(`${cached.url}/v1/embeddings`, body);
  expect([cacheOf(again), await again.json()]).toEqual(["HIT", answer]);
});

Deno.test("errors, cut answers and refusals are never stored", async () => {
  const answers: ((response: import("node:http").ServerResponse) => void)[] = [
    (response) => json(response, { error: { message: "no" } }, 500),
    (response) => json(response, { error: { message: "slow down" } }, 429),
    (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": 500 });
      response.write(JSON.stringify(chatAnswer).slice(0, 50));
      setTimeout(() => response.destroy(), 20);
    },
    (response) =>
      json(response, {
        ...chatAnswer,
        choices: [{ ...chatAnswer.choices[0], finish_reason: "content_filter" }],
      }),
    (response) => json(response, { ...chatAnswer, error: { message: "late" } }),
  ];
  let turn = 0;
  await using upstream = await runUpstream((_, response) =>
    (answers[turn++] ?? ((last) => json(last, chatAnswer)))(response)
  );
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
  });
  for (const _ of answers) {
    const response = await post(`${cached.url}/v1/chat/completions`, ask());
    await response.text().catch(() => {});
    expect(cacheOf(response)).not.toBe("HIT");
  }
  const whole = await post(`${cached.url}/v1/chat/completions`, ask());
  expect([cacheOf(whole), (await whole.json()).id]).toEqual(["MISS", chatAnswer.id]);
  const hit = await post(`${cached.url}/v1/chat/completions`, ask());
  await hit.text();
  expect(cacheOf(hit)).toBe("HIT");
});

Deno.test("a stream that ends without its last event is never stored", async () => {
  const pieces = [
    `data: {"id":"c","object":"chat.completion.chunk","model":"gpt-4o","choices":[{"index":0,"delta":{"role":"assistant","content":"He"}}]}\n\n`,
    `data: {"id":"c","object":"chat.completion.chunk","model":"gpt-4o","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`,
    `data: [DONE]\n\n`,
  ];
  // Every way to be cut, the proper end of the connection included.
  const cuts: { readonly pieces: number; readonly proper: boolean }[] = [
    { pieces: 1, proper: true },
    { pieces: 2, proper: true },
    { pieces: 1, proper: false },
    { pieces: 2, proper: false },
    { pieces: 3, proper: true },
  ];
  let turn = 0;
  await using upstream = await runUpstream((_, response) => {
    const cut = cuts[turn++] ?? { pieces: 3, proper: true };
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(pieces.slice(0, cut.pieces).join(""));
    if (cut.proper) response.end();
    else setTimeout(() => response.destroy(), 10);
  });
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
  });
  for (const _ of cuts) {
    const response = await post(`${cached.url}/v1/chat/completions`, ask({ stream: true }));
    await response.text().catch(() => {});
    expect(cacheOf(response)).toBe("MISS");
  }
  const hit = await post(`${cached.url}/v1/chat/completions`, ask({ stream: true }));
  expect([cacheOf(hit), await hit.text()]).toEqual(["HIT", pieces.join("")]);
});

Deno.test("headers: modes, TTL, seed, namespace, buckets, ignored keys", async () => {
  let calls = 0;
  await using upstream = await runUpstream((_, response) =>
    json(response, { ...chatAnswer, id: `c${++calls}` })
  );
  let now = Date.UTC(2026, 0, 1);
  const draws = [0.1, 0.9, 0.1, 0.9];
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
    clock: () => now,
    random: () => draws.shift() ?? 0,
  });
  const send = async (headers: Record<string, string>, more: Record<string, unknown> = {}) => {
    const response = await post(`${cached.url}/v1/chat/completions`, ask(more), auth(headers));
    const body = await response.json();
    return { cache: cacheOf(response), status: response.status, id: body.id, body, response };
  };
  const absent = await send({ "x-watchllm-cache-mode": "only-if-cached" });
  expect(absent).toMatchObject({
    status: 504,
    cache: "MISS",
    body: { error: { code: "not_cached" } },
  });
  expect(absent.response.headers.get("x-watchllm-provider")).toBe("openai");
  expect(absent.response.headers.get("server-timing")).toMatch(/^gateway;dur=\d+\.\d\d$/);
  expect(cached.running.log.records.at(-1)?.event.data).toMatchObject({
    cache: "MISS",
    cache_decision: { reason: "absent" },
  });
  expect(await send({ "cache-control": "only-if-cached" })).toMatchObject({ status: 504 });
  expect(await send({})).toMatchObject({ cache: "MISS", id: "c1" });
  expect(await send({ "x-watchllm-cache-mode": "only-if-cached" })).toMatchObject({ id: "c1" });
  expect(await send({ "x-watchllm-cache-mode": "off" })).toMatchObject({
    cache: "BYPASS",
    id: "c2",
  });
  expect(await send({ "cache-control": "no-store" })).toMatchObject({ cache: "BYPASS", id: "c3" });
  const stored = await send({});
  expect(stored).toMatchObject({ cache: "HIT", id: "c1" });
  // No provider was asked: the time is the gateway's.
  expect(stored.response.headers.get("server-timing")).toMatch(/^gateway;dur=\d+\.\d\d$/);
  expect(await send({ "cache-control": "no-cache" })).toMatchObject({ cache: "MISS", id: "c4" });
  expect(await send({})).toMatchObject({ cache: "HIT", id: "c4" });
  expect(await send({ "x-watchllm-cache-mode": "refresh" })).toMatchObject({ id: "c5" });
  expect(await send({ "x-portkey-cache-force-refresh": "true" })).toMatchObject({ id: "c6" });
  expect(await send({})).toMatchObject({ cache: "HIT", id: "c6" });
  now += 60_000;
  expect(await send({ "cache-control": "max-age=30" })).toMatchObject({ cache: "MISS", id: "c7" });
  expect(await send({ "cache-control": "max-age=30" })).toMatchObject({ cache: "HIT", id: "c7" });
  now += 31_000;
  // Kept for thirty seconds, as it was asked.
  expect(await send({ "x-watchllm-cache-ttl": "5" })).toMatchObject({ cache: "MISS", id: "c8" });
  now += 4_999;
  expect(await send({})).toMatchObject({ cache: "HIT", id: "c8" });
  now += 1;
  expect(await send({})).toMatchObject({ cache: "MISS", id: "c9" });

  expect(await send({ "x-watchllm-cache-seed": "s" })).toMatchObject({ cache: "MISS" });
  expect(await send({ "helicone-cache-seed": "s" })).toMatchObject({ cache: "HIT" });
  expect(await send({ "x-portkey-cache-namespace": "n" })).toMatchObject({ cache: "MISS" });
  expect(await send({ "x-watchllm-cache-namespace": "n" })).toMatchObject({ cache: "HIT" });
  expect(await send({ "cf-aig-cache-key": "k" })).toMatchObject({ cache: "MISS" });
  expect(await send({ "cf-aig-cache-key": "k" }, { messages: [] })).toMatchObject({ cache: "HIT" });

  const buckets = { "helicone-cache-enabled": "true", "helicone-cache-bucket-max-size": "2" };
  const several = { top_p: 0.5 };
  const first = await send(buckets, several);
  const second = await send(buckets, several);
  expect([first.cache, second.cache]).toEqual(["MISS", "MISS"]);
  expect(await send(buckets, several)).toMatchObject({ cache: "HIT", id: first.id });
  const last = await send(buckets, several);
  expect(last).toMatchObject({ cache: "HIT", id: second.id });
  expect(last.response.headers.get("helicone-cache")).toBe("HIT");
  expect(last.response.headers.get("helicone-cache-bucket-idx")).toBe("1");

  const ignoring = { "helicone-cache-ignore-keys": "request_id,extra.at" };
  const once = { request_id: "1", extra: { at: 1, kept: true } };
  const again = { request_id: "2", extra: { at: 2, kept: true } };
  expect(await send(ignoring, once)).toMatchObject({ cache: "MISS" });
  expect(await send(ignoring, again)).toMatchObject({ cache: "HIT" });
  expect(await send({ "helicone-cache-ignore-keys": '["request_id","extra.at"]' }, again))
    .toMatchObject({ cache: "HIT" });
  expect(await send({}, again)).toMatchObject({ cache: "MISS" });
});

Deno.test("a cache header that cannot be read is refused by name", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url, anthropic: upstream.url },
    providerKeys: keys,
  });
  const bad: Record<string, string> = {
    "x-watchllm-cache-mode": "maybe",
    "x-watchllm-cache-ttl": "soon",
    "x-watchllm-cache-buckets": "99",
    "cache-control": "max-age=soon",
    "helicone-cache-enabled": "perhaps",
    "helicone-cache-bucket-max-size": "0",
    "helicone-cache-ignore-keys": "[1]",
    "cf-aig-cache-ttl": "-1",
    "x-portkey-cache": "fuzzy",
    "x-portkey-config": "{not json",
    "x-bf-cache-ttl": "5 parsecs",
    "x-bf-cache-threshold": "1.5",
    "x-watchllm-explain": "why",
  };
  for (const [name, value] of Object.entries(bad)) {
    const response = await post(
      `${cached.url}/v1/chat/completions`,
      ask(),
      auth({ [name]: value }),
    );
    const { error } = await response.json();
    expect([name, response.status, error.code]).toEqual([name, 400, "invalid_header"]);
    expect(error.details.header).toBe(name);
  }
  const anthropic = await post(`${cached.url}/v1/messages`, ask(), {
    "x-api-key": projectKey,
    "anthropic-version": "2023-06-01",
    "x-watchllm-cache-ttl": "soon",
  });
  expect(await anthropic.json()).toMatchObject({
    type: "error",
    error: { type: "invalid_request_error", code: "invalid_header" },
  });
  expect(upstream.seen.length).toBe(0);
});

Deno.test("what a request says of caches does not reach the provider", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
  });
  const headers = {
    "cache-control": "no-cache",
    "x-watchllm-cache-ttl": "5",
    "x-watchllm-explain": "1",
  };
  await (await post(`${cached.url}/v1/chat/completions`, ask(), auth(headers))).text();
  const sent = Object.keys(upstream.seen[0]?.headers ?? {});
  expect(sent.filter((name) => name.includes("cache") || name.includes("watchllm"))).toEqual([]);
});

Deno.test("peers are told in their own words", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
  });
  const send = async (headers: Record<string, string>) => {
    const response = await post(
      `${cached.url}/v1/chat/completions`,
      ask({ temperature: 1 }),
      auth(headers),
    );
    await response.text();
    return response.headers;
  };
  const told: [Record<string, string>, string, string, string][] = [
    [{ "helicone-cache-enabled": "true" }, "helicone-cache", "MISS", "HIT"],
    [{ "cf-aig-cache-ttl": "60", "cf-aig-cache-key": "a" }, "cf-aig-cache-status", "MISS", "HIT"],
    [
      { "x-portkey-cache": "simple", "x-portkey-cache-namespace": "b" },
      "x-portkey-cache-status",
      "MISS",
      "HIT",
    ],
    [{ "cf-cache-ttl": "60", "cf-aig-cache-key": "c" }, "cf-aig-cache-status", "MISS", "HIT"],
    [
      { "x-portkey-cache": "semantic", "x-portkey-cache-namespace": "d" },
      "x-portkey-cache-status",
      "SEMANTIC MISS",
      "HIT",
    ],
  ];
  for (const [headers, name, miss, hit] of told) {
    expect((await send(headers)).get(name)).toBe(miss);
    expect((await send(headers)).get(name)).toBe(hit);
  }
  expect((await send({ "cf-aig-skip-cache": "true" })).get("cf-aig-cache-status")).toBe("BYPASS");
});

Deno.test("a store that hangs or fails costs no answer: BYPASS with the reason", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  const hanging = new Promise<never>(() => {});
  const ports = { upstreams: { openai: upstream.url }, providerKeys: keys };
  await using slow = await cachedGateway({
    ...ports,
    settings: { lookup_timeout_ms: 25 },
    wrapKv: (kv) => ({
      ...bound(kv),
      get: () => hanging,
      getMany: () => hanging,
    }),
  });
  const first = await post(`${slow.url}/v1/chat/completions`, ask());
  expect((await first.json()).id).toBe(chatAnswer.id);
  expect([cacheOf(first), first.headers.get("x-watchllm-cache-reason")])
    .toEqual(["BYPASS", "store_slow"]);
  await using down = await cachedGateway({
    ...ports,
    wrapKv: (kv) => ({ ...bound(kv), get: () => Promise.reject(new Error("down")) }),
  });
  const second = await post(`${down.url}/v1/chat/completions`, ask());
  await second.text();
  expect([cacheOf(second), second.headers.get("x-watchllm-cache-reason")])
    .toEqual(["BYPASS", "store_failed"]);
  await using unset = await cachedGateway({ ...ports, settingsOf: () => hanging });
  const third = await post(`${unset.url}/v1/chat/completions`, ask());
  await third.text();
  expect(third.headers.get("x-watchllm-cache-reason")).toBe("store_slow");
});

Deno.test("a store that is slow three times in turn is left alone for a second", async () => {
  expect(cacheSettingsSchema.parse({}).lookup_timeout_ms).toBe(100);
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  let now = 1_000;
  let reads = 0;
  await using slow = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
    settings: { lookup_timeout_ms: 20, coalesce: false },
    ports: { monotonic: () => now },
  });
  Object.assign(slow.store, { read: () => (reads++, new Promise<never>(() => {})) });
  const send = async (seed: number) => {
    const response = await post(`${slow.url}/v1/chat/completions`, ask({ seed }));
    await response.text();
    return [cacheOf(response), response.headers.get("x-watchllm-cache-reason")];
  };
  for (let n = 0; n < 6; n++) expect(await send(n)).toEqual(["BYPASS", "store_slow"]);
  expect(reads).toBe(3);
  now += 1_001;
  expect(await send(6)).toEqual(["BYPASS", "store_slow"]);
  expect(reads).toBe(4);
});

function bound(kv: import("@/core/log/kv.ts").KvPort): import("@/core/log/kv.ts").KvPort {
  return {
    get: kv.get.bind(kv),
    getMany: kv.getMany.bind(kv),
    list: kv.list.bind(kv),
    set: kv.set.bind(kv),
    delete: kv.delete.bind(kv),
    atomic: kv.atomic.bind(kv),
    commitVersionstamp: kv.commitVersionstamp.bind(kv),
    close: kv.close.bind(kv),
  };
}

Deno.test("a hit comes from KV when another process stored it", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  const kv = await Deno.openKv(":memory:");
  const ports = { upstreams: { openai: upstream.url }, providerKeys: keys, kv };
  await using one = await cachedGateway(ports);
  await (await post(`${one.url}/v1/chat/completions`, ask())).text();
  await one.store.idle();
  await using other = await cachedGateway(ports);
  const hit = await post(`${other.url}/v1/chat/completions`, ask());
  expect([cacheOf(hit), (await hit.json()).id]).toEqual(["HIT", chatAnswer.id]);
  expect(upstream.seen.length).toBe(1);
  await other.store.idle();
  kv.close();
});

Deno.test("a miss names the entry it was most alike and what differed", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
  });
  const body = (at: number, top_p = 1) => ask({ top_p, extra: { trace: { at } } });
  const first = await post(`${cached.url}/v1/chat/completions`, body(1));
  await first.text();
  const second = await post(
    `${cached.url}/v1/chat/completions`,
    body(2),
    auth({ "x-watchllm-explain": "1" }),
  );
  await second.text();
  const told = JSON.parse(second.headers.get("x-watchllm-explain") ?? "{}");
  const nearest = {
    event: first.headers.get("x-watchllm-event-id"),
    differs: ["other"],
    paths: ["extra.trace.at"],
  };
  expect(told.cache).toMatchObject({ reason: "absent", nearest });
  expect(second.headers.get("x-watchllm-event")).toBe(second.headers.get("x-watchllm-event-id"));
  await (await post(`${cached.url}/v1/chat/completions`, body(2, 0.5))).text();
  const hit = await post(
    `${cached.url}/v1/chat/completions`,
    body(2),
    auth({ "x-watchllm-explain": "1" }),
  );
  await hit.text();
  expect(JSON.parse(hit.headers.get("x-watchllm-explain") ?? "{}").cache).toMatchObject({
    reason: "stored",
    components: told.cache.components,
    saved_cost_usd: expect.stringMatching(/^0\.\d+$/),
  });
  const decisions = cached.running.log.records.map(({ event }) => event.data.cache_decision);
  expect(decisions[1]?.nearest).toEqual(nearest);
  expect(decisions[2]?.nearest).toMatchObject({ differs: ["sampling"], paths: ["top_p"] });
  expect(decisions[2]?.components).toMatchObject({
    sampling: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
});

Deno.test("what the key leaves out is not told as a difference", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
    settings: { ignore: ["extra.at"] },
  });
  const nearest = async (headers: Record<string, string>, content: string, at: number) => {
    const body = ask({ messages: [{ role: "user", content }], extra: { at } });
    const response = await post(
      `${cached.url}/v1/chat/completions`,
      body,
      auth({ ...headers, "x-watchllm-explain": "1" }),
    );
    await response.text();
    return JSON.parse(response.headers.get("x-watchllm-explain") ?? "{}").cache.nearest;
  };
  await nearest({}, "Hi", 1);
  expect(await nearest({}, "Hello", 2)).toMatchObject({
    differs: ["messages"],
    paths: ["messages[0].content"],
  });
  await nearest({ "x-watchllm-cache-key": "a" }, "Hi", 3);
  expect(await nearest({ "x-watchllm-cache-key": "b" }, "Hello", 4))
    .toMatchObject({ paths: [] });
});

Deno.test("of two requests that differ in one part each, the one with the same question is the nearest", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
  });
  const send = async (content: string, day: string) => {
    const messages = [{ role: "user", content }];
    const body = ask({ messages, extra: { day } });
    await (await post(`${cached.url}/v1/chat/completions`, body)).text();
    return cached.running.log.records.at(-1)?.event;
  };
  const monday = await send("Who are you?", "monday");
  await send("Where are you?", "tuesday");
  const asked = await send("Who are you?", "tuesday");
  expect(asked?.data.cache_decision?.nearest).toEqual({
    event: monday?.id,
    differs: ["other"],
    paths: ["extra.day"],
  });
});

Deno.test("a stream can be given again with the pauses it came with, whole either way", async () => {
  const pieces = [
    `data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"He"}}]}\n\n`,
    `data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"y"},"finish_reason":"stop"}]}\n\n`,
    `data: {"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}\n\n`,
    "data: [DONE]\n\n",
  ];
  await using upstream = await runUpstream(async (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const piece of pieces) {
      response.write(piece);
      await new Promise((go) => setTimeout(go, 20));
    }
    response.end();
  });
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
    settings: { replay: "recorded" },
  });
  const send = async (usage: boolean) => {
    const response = await post(
      `${cached.url}/v1/chat/completions`,
      ask({ stream: true, ...(usage && { stream_options: { include_usage: true } }) }),
    );
    const received: string[] = [];
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) received.push(decoder.decode(bytes));
    return { cache: cacheOf(response), received };
  };
  expect((await send(true)).cache).toBe("MISS");
  const again = await send(true);
  expect([again.cache, again.received.join("")]).toEqual(["HIT", pieces.join("")]);
  expect(again.received.length).toBeGreaterThan(1);
  const plain = await send(false);
  expect(plain.cache).toBe("HIT");
  expect(plain.received.join("")).toBe(pieces.filter((piece) => !piece.includes("usage")).join(""));
});

Deno.test("an answer that the provider compressed all the same passes, and is not stored", async () => {
  const { gzipSync } = await import("node:zlib");
  await using upstream = await runUpstream((seen, response) => {
    expect(seen.headers["accept-encoding"]).toBe("identity");
    const bytes = gzipSync(JSON.stringify(chatAnswer));
    response.writeHead(200, {
      "content-type": "application/json",
      "content-encoding": "gzip",
      "content-length": bytes.length,
    });
    response.end(bytes);
  });
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys: keys,
  });
  for (const _ of [1, 2]) {
    const response = await post(`${cached.url}/v1/chat/completions`, ask());
    expect([cacheOf(response), (await response.json()).id]).toEqual(["MISS", chatAnswer.id]);
  }
});
