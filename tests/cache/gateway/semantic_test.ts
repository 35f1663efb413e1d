import { expect } from "expect";
import { join } from "node:path";
import { judged, policiesOn } from "@/tests/cache/semantic/policies.ts";
import { embeddingAnswer } from "./embedding_answer.ts";
import { chatAnswer, json, post, projectKey, runUpstream } from "@/tests/gateway/fixture.ts";
import { noOnnxModels, openOnnxModels } from "@/core/cache/semantic/embed/onnx/models.ts";
import { fetchOnnxRuntime } from "@/core/cache/semantic/embed/onnx/runtime.ts";
import { lookupModel, pieces } from "@/tests/cache/semantic/onnx_models.ts";
import { cacheProblems, createEmbedders } from "@/core/gateway/caching/embedders.ts";
import { cacheSettingsSchema } from "@/core/cache/settings.ts";
import { type Cached, cachedGateway, cacheOf } from "./fixture.ts";

const providerKeys = { openai: "sk-1" };
const question = "How do I reset my password?";
const paraphrase = "How can I reset my password?";
const ask = (text: string, more: Record<string, unknown> = {}) => ({
  model: "gpt-4o",
  messages: [{ role: "user", content: text }],
  ...more,
});
const says = (content: string, id = "c1") => ({
  ...chatAnswer,
  id,
  choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
});

async function send(
  { url }: Cached,
  text: string,
  { headers = {}, ...more }: Record<string, unknown> & { headers?: Record<string, string> } = {},
) {
  const response = await post(`${url}/v1/chat/completions`, ask(text, more), {
    authorization: `Bearer ${projectKey}`,
    ...headers,
  });
  return { response, cache: cacheOf(response), text: await response.text() };
}

/** Outcomes enough for the context to serve. */
async function earn(cached: Cached): Promise<string> {
  await cached.cache.idle();
  const { cache_decision } = cached.running.log.records.at(-1)?.event.data ?? {};
  const partition = cache_decision?.semantic?.partition ?? "";
  const policies = policiesOn(cached.kv);
  for (let i = 0; i < 200; i++) await policies.learn("p1", judged(partition));
  return partition;
}

Deno.test("shadow: a would-be hit goes to the provider, is compared, and is counted", async () => {
  let calls = 0;
  await using upstream = await runUpstream((_, response) =>
    json(response, says(++calls < 3 ? "Use the link." : "Ask somebody else."))
  );
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys,
    settings: { semantic: { mode: "shadow" } },
  });
  expect((await send(cached, question)).cache).toBe("MISS");
  await cached.cache.idle();
  const explained = await send(cached, paraphrase, { headers: { "x-watchllm-explain": "1" } });
  expect(explained.cache).toBe("MISS");
  const told = JSON.parse(explained.response.headers.get("x-watchllm-explain") ?? "{}");
  expect(told.cache.semantic).toMatchObject({ mode: "shadow", entries: 1, threshold: null });
  expect(told.cache.semantic.candidates[0].similarity).toBeGreaterThan(0.8);
  await cached.cache.idle();
  await send(cached, "How should I reset my password?");
  await cached.cache.idle();
  const [standing] = await cached.cache.standing("p1");
  expect(standing).toMatchObject({ outcomes: 2, wrong: 1, threshold: null });
  expect(upstream.seen.length).toBe(3);
});

Deno.test("serve: once earned, a paraphrase is answered without a call, priced and explained", async () => {
  await using upstream = await runUpstream((_, response) => json(response, says("Use the link.")));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys,
    settings: { semantic: { mode: "serve" } },
    random: () => 0.9,
  });
  await send(cached, question);
  // Not before it is earned.
  await cached.cache.idle();
  expect((await send(cached, paraphrase)).cache).toBe("MISS");
  await earn(cached);
  const again = "How would I reset my password?";
  const hit = await send(cached, again);
  expect(hit.cache).toBe("HIT-SEMANTIC");
  expect(JSON.parse(hit.text).choices[0].message.content).toBe("Use the link.");
  expect(Number(hit.response.headers.get("x-watchllm-cache-similarity"))).toBeGreaterThan(0.8);
  expect(upstream.seen.length).toBe(2);
  const { data } = cached.running.log.records.at(-1)?.event ?? {};
  expect(data?.cache_decision).toMatchObject({ reason: "similar", semantic: { mode: "serve" } });
  expect(Number(data?.saved_cost_usd)).toBeGreaterThan(0);
  expect(data?.cost.usd).toBe("0");
  // The answer is given in whichever form is asked for.
  const streamed = await send(cached, again, { stream: true });
  expect(streamed.cache).toBe("HIT-SEMANTIC");
  expect(streamed.text).toContain("data: [DONE]");
  // What a request demands besides goes before.
  const demanding = await send(cached, again, { headers: { "x-watchllm-cache-threshold": "1" } });
  expect(demanding.cache).toBe("MISS");
  // A number that differs is a veto, whatever was earned.
  const other = await send(cached, "How do I reset my password 2 times?");
  expect(other.cache).toBe("MISS");
});

Deno.test("feedback on a semantic hit forgets the question and counts as wrong", async () => {
  await using upstream = await runUpstream((_, response) => json(response, says("Use the link.")));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys,
    settings: { semantic: { mode: "serve" } },
    random: () => 0.9,
  });
  await send(cached, question);
  await earn(cached);
  const hit = await send(cached, paraphrase);
  expect(hit.cache).toBe("HIT-SEMANTIC");
  const event = hit.response.headers.get("x-watchllm-event-id") ?? "";
  const before = (await cached.cache.standing("p1"))[0]?.wrong ?? 0;
  expect(await cached.cache.teach("p2", event, false)).toMatchObject({ outcome: "no_hit" });
  expect(await cached.cache.teach("p1", event, true)).toMatchObject({ outcome: "noted" });
  expect(await cached.cache.teach("p1", event, false)).toMatchObject({ outcome: "evicted" });
  const [after] = await cached.cache.standing("p1");
  expect([after?.wrong, after?.entries]).toEqual([before + 1, 0]);
  expect((await send(cached, paraphrase)).cache).toBe("MISS");
});

Deno.test("feedback on an exact hit removes the answer", async () => {
  await using upstream = await runUpstream((_, response) => json(response, says("Wrong.")));
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  await send(cached, question, { temperature: 0 });
  const hit = await send(cached, question, { temperature: 0 });
  expect(hit.cache).toBe("HIT");
  const event = hit.response.headers.get("x-watchllm-event-id") ?? "";
  expect(await cached.cache.teach("p1", event, false)).toMatchObject({ outcome: "evicted" });
  expect((await send(cached, question, { temperature: 0 })).cache).toBe("MISS");
});

Deno.test("requests that are marked, hold tool results or have another system prompt take no part", async () => {
  await using upstream = await runUpstream((_, response) => json(response, says("Use the link.")));
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys,
    settings: { semantic: { mode: "serve" } },
    random: () => 0.9,
  });
  await send(cached, question);
  await earn(cached);
  const marked = await send(cached, paraphrase, { headers: { "x-watchllm-property-pii": "1" } });
  expect([marked.cache, marked.response.headers.get("x-watchllm-cache-reason")])
    .toEqual(["BYPASS", "temperature"]);
  const messages = [
    { role: "system", content: "You are somebody else" },
    { role: "user", content: paraphrase },
  ];
  expect((await send(cached, "", { messages })).cache).toBe("MISS");
  const tools = [
    { role: "user", content: "x" },
    { role: "tool", tool_call_id: "1", content: "y" },
    { role: "user", content: paraphrase },
  ];
  expect((await send(cached, "", { messages: tools })).cache).toBe("BYPASS");
  expect((await send(cached, paraphrase, { headers: { "x-watchllm-cache-mode": "off" } })).cache)
    .toBe("BYPASS");
});

Deno.test("a provider's embeddings find the question, with the key that the gateway has for it", async () => {
  await using upstream = await runUpstream((seen, response) =>
    json(
      response,
      seen.path.endsWith("/embeddings") ? embeddingAnswer(seen.body) : says("Use the link."),
    )
  );
  const embedders = createEmbedders({
    upstreams: new Map([["openai", new URL(upstream.url)]]),
    providerKeys: new Map([["openai", "sk-env"]]),
    keysOf: () => ({ pick: () => null }),
    rules: { allowPrivate: true },
    onnx: noOnnxModels,
  });
  const settings = cacheSettingsSchema.parse({
    semantic: { mode: "shadow", embedder: { kind: "provider", dimensions: 16 } },
  });
  {
    await using cached = await cachedGateway({
      upstreams: { openai: upstream.url },
      providerKeys,
      settingsOf: () => settings,
      embedder: () => embedders.of("p1", settings.semantic.embedder),
    });
    await send(cached, question);
    await cached.cache.idle();
    await send(cached, question.replace("do I", "can one"));
    await cached.cache.idle();
    const { semantic } = cached.running.log.records.at(-1)?.event.data.cache_decision ?? {};
    expect(semantic?.embedder).toContain("text-embedding-3-small:16");
    expect(semantic?.candidates[0]?.similarity).toBeGreaterThan(0.5);
    const asked = upstream.seen.filter(({ path }) => path.endsWith("/embeddings"));
    expect(asked[0]?.path).toBe("/v1/embeddings");
    expect(asked[0]?.headers.authorization).toBe("Bearer sk-env");
  }
  await embedders.close();
});

Deno.test("a model on disk finds the question, named by the project and placed by the operator", async () => {
  await using upstream = await runUpstream((_, response) => json(response, says("Use the link.")));
  const folder = await Deno.makeTempDir();
  const model = join(folder, "model.onnx");
  await Deno.writeFile(model, lookupModel());
  await Deno.writeTextFile(join(folder, "vocab.txt"), pieces.join("\n"));
  const onnx = await openOnnxModels(new Map([["tiny", { model, vocabulary: null }]]), {
    runtime: fetchOnnxRuntime,
    now: Date.now,
    report: (_, { reason }) => expect(reason).toBeUndefined(),
  });
  const rules = { allowPrivate: true };
  const embedders = createEmbedders({
    upstreams: new Map(),
    providerKeys: new Map(),
    keysOf: () => ({ pick: () => null }),
    rules,
    onnx,
  });
  const settings = cacheSettingsSchema.parse({
    semantic: { mode: "shadow", timeout_ms: 10_000, embedder: { kind: "onnx", model: "tiny" } },
  });
  expect(cacheProblems(settings, rules, onnx)).toEqual([]);
  expect(cacheProblems(settings, rules, noOnnxModels)).toMatchObject([
    { field: "semantic.embedder.model" },
  ]);
  {
    await using cached = await cachedGateway({
      upstreams: { openai: upstream.url },
      providerKeys,
      settingsOf: () => settings,
      embedder: () => embedders.of("p1", settings.semantic.embedder),
    });
    // While it is being opened, calls go to the provider.
    const first = await send(cached, "red red blue");
    expect([first.response.status, first.cache]).toEqual([200, "BYPASS"]);
    await onnx.of("tiny")?.ready();
    await send(cached, "red red blue");
    await cached.cache.idle();
    await send(cached, "blue red red");
    await cached.cache.idle();
    const { semantic } = cached.running.log.records.at(-1)?.event.data.cache_decision ?? {};
    expect(semantic?.embedder).toMatch(/^onnx:tiny:[0-9a-f]{16}$/);
    expect(semantic?.candidates[0]?.similarity).toBeCloseTo(1, 4);
  }
  onnx.close();
  await embedders.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an embedding server that hangs costs a few calls their timeout, and none its answer", async () => {
  await using upstream = await runUpstream((seen, response) => {
    if (!seen.path.endsWith("/embeddings")) json(response, says("Use the link."));
  });
  let now = 1_000;
  const settings = cacheSettingsSchema.parse({
    lookup_timeout_ms: 1_000,
    semantic: {
      mode: "serve",
      timeout_ms: 30,
      embedder: { kind: "http", base_url: `${upstream.url}/v1`, model: "m" },
    },
  });
  const embedders = createEmbedders({
    upstreams: new Map(),
    providerKeys: new Map(),
    keysOf: () => ({ pick: () => null }),
    rules: { allowPrivate: true },
    onnx: noOnnxModels,
  });
  {
    await using cached = await cachedGateway({
      upstreams: { openai: upstream.url },
      providerKeys,
      settingsOf: () => settings,
      ports: { monotonic: () => now },
      embedder: () => embedders.of("p1", settings.semantic.embedder),
    });
    for (let call = 0; call < 5; call++) {
      const { response, cache } = await send(cached, question);
      expect([response.status, cache, response.headers.get("x-watchllm-cache-reason")])
        .toEqual([200, "BYPASS", "store_slow"]);
    }
    // After three in turn it is left alone for a second.
    const embeddings = () =>
      upstream.seen.filter(({ path }) => path.endsWith("/embeddings")).length;
    expect([embeddings(), upstream.seen.length]).toEqual([3, 8]);
    now += 1_001;
    await send(cached, question);
    expect(embeddings()).toBe(4);
    // Where the exact cache takes part, its own outcome stands.
    expect((await send(cached, question, { temperature: 0 })).cache).toBe("MISS");
  }
  await embedders.close();
});
