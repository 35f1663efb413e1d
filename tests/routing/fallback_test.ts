import { expect } from "expect";
import OpenAI from "openai";
import { routingSection } from "@/core/gateway/routing/settings.ts";
import { createSectionBook } from "@/core/settings/settings.ts";
import {
  chatAnswer,
  eventually,
  json,
  MemoryLog,
  projectKey,
  runUpstream,
} from "../gateway/fixture.ts";
import {
  answers,
  ask,
  attemptsOf,
  breaks,
  callOf,
  chat,
  fails,
  ok,
  runRouted,
  scripted,
  silent,
  statusOf,
} from "./fixture.ts";

const decoder = new TextDecoder();
const claude = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5-20250929",
  content: [{ type: "text", text: "Hello from Claude" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 5 },
};
const toClaude = {
  strategy: { mode: "fallback" },
  targets: [
    { provider: "openai" },
    { name: "backup", provider: "anthropic", override_params: { model: "claude-sonnet-4-5" } },
  ],
};

Deno.test("a failing provider's call is answered by another one, in the client's own format", async () => {
  for (const failure of [fails(500), fails(429), fails(401), breaks]) {
    await using openai = await scripted(failure);
    await using anthropic = await scripted(answers(claude));
    await using running = runRouted({
      route: toClaude,
      upstreams: { openai: openai.url, anthropic: anthropic.url },
    });
    const response = await ask(running);
    expect(response.status).toBe(200);
    expect(response.headers.get("x-watchllm-attempts")).toBe("2");
    expect(response.headers.get("x-watchllm-target")).toBe("backup");
    expect(response.headers.get("x-watchllm-provider")).toBe("anthropic");
    expect(await response.json()).toMatchObject({
      object: "chat.completion",
      choices: [{ message: { content: "Hello from Claude" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 10, completion_tokens: 5 },
    });
    const [seen] = anthropic.seen;
    expect(seen?.path).toBe("/v1/messages");
    expect(seen?.headers["x-api-key"]).toBe("sk-anthropic");
    expect(JSON.stringify(seen?.rawHeaders)).not.toContain("sk-openai");
    expect(callOf(running).data).toMatchObject({
      provider: "anthropic",
      model: "claude-sonnet-4-5",
      usage: { buckets: { input: 10, output: 5 } },
      route: { mode: "fallback", target: "backup", path: "targets[1]", attempts: 2 },
      translation: { client: "openai-chat", provider: "anthropic", left_out: [] },
    });
    expect(attemptsOf(running)).toMatchObject([
      { provider: "openai", target: "openai" },
      { provider: "anthropic", target: "backup", status: 200, next_because: null },
    ]);
  }
});

const named = (value: { type: string }) =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
const claudeEvents: readonly { type: string; [name: string]: unknown }[] = [
  { type: "message_start", message: { ...claude, content: [], stop_reason: null } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello " } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "there" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } },
  { type: "message_stop" },
];

Deno.test("OpenAI's SDK streams through a fallback to Anthropic when OpenAI is silent after its head", async () => {
  await using openai = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
  });
  await using anthropic = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of claudeEvents) response.write(named(event));
    response.end();
  });
  await using running = runRouted({
    route: { ...toClaude, first_byte_timeout: 1_000 },
    upstreams: { openai: openai.url, anthropic: anthropic.url },
  });
  const client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: projectKey, maxRetries: 0 });
  const stream = await client.chat.completions.create({
    model: "gpt-4o",
    messages: [{ role: "user", content: "Hi" }],
    stream: true,
  });
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  expect(text).toBe("Hello there");
  await eventually(() => running.log.records.length === 3, "the events");
  expect(attemptsOf(running)).toMatchObject([
    { provider: "openai", status: 200, error: "upstream_timeout" },
    { provider: "anthropic", status: 200, error: null },
  ]);
  expect(openai.left).toBe(1);
});

Deno.test("a stream does not fall back after its first byte", async () => {
  await using openai = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write('data: {"choices":[{"delta":{"content":"a"}}]}\n\n');
    setTimeout(() => response.destroy(), 10);
  });
  await using anthropic = await scripted(answers(claude));
  await using running = runRouted({
    route: toClaude,
    upstreams: { openai: openai.url, anthropic: anthropic.url },
  });
  const response = await ask(running, {}, { ...chat, stream: true });
  await expect(response.text()).rejects.toThrow();
  expect(anthropic.seen.length).toBe(0);
  await eventually(() => running.log.records.length === 1, "the event");
});

Deno.test("only the listed statuses lead to the next target", async () => {
  await using openai = await scripted(fails(400));
  await using groq = await scripted(ok);
  const route = {
    strategy: { mode: "fallback", on_status_codes: [429, 503] },
    targets: [{ provider: "openai" }, { provider: "groq" }],
  };
  await using running = runRouted({ route, upstreams: { openai: openai.url, groq: groq.url } });
  expect(await statusOf(ask(running))).toBe(400);
  expect(groq.seen.length).toBe(0);
});

Deno.test("a request that is too long goes to the next target whatever the provider's words", async () => {
  const words: readonly [number, unknown][] = [
    [400, { error: { code: "context_length_exceeded", message: "too big", type: "x" } }],
    [400, {
      type: "error",
      error: { type: "invalid_request_error", message: "prompt is too long: 9 tokens > 8 maximum" },
    }],
    [400, {
      error: {
        code: 400,
        status: "INVALID_ARGUMENT",
        message: "The input token count (9) exceeds the maximum number of tokens allowed (8).",
      },
    }],
    [413, { error: { type: "request_too_large", message: "Request exceeds the maximum size" } }],
    [400, { message: "Input is too long for requested model." }],
    [422, { message: "too many tokens: total number of tokens in this prompt is 9" }],
  ];
  for (const [status, body] of words) {
    await using openai = await runUpstream((_, response) => json(response, body, status));
    await using groq = await scripted(ok);
    const route = {
      strategy: { mode: "fallback", on_status_codes: [503] },
      targets: [{ provider: "openai" }, { provider: "groq" }],
    };
    await using running = runRouted({ route, upstreams: { openai: openai.url, groq: groq.url } });
    expect(await statusOf(ask(running))).toBe(200);
    expect(attemptsOf(running)[0]?.next_because).toContain("the request is too long");
    await using off = runRouted({
      route: { ...route, strategy: { ...route.strategy, on_context_length: false } },
      upstreams: { openai: openai.url, groq: groq.url },
    });
    expect(await statusOf(ask(off))).toBe(status);
  }
});

Deno.test("a target that cannot be asked is passed over, and why is on record", async () => {
  await using openai = await scripted(fails(503));
  await using groq = await scripted(ok);
  const route = {
    strategy: { mode: "fallback" },
    targets: [{ provider: "openai" }, { provider: "anthropic" }, { provider: "nobody" }, {
      provider: "groq",
    }],
  };
  await using running = runRouted({
    route,
    upstreams: { openai: openai.url, groq: groq.url, anthropic: "http://127.0.0.1:9" },
  });
  // Anthropic's format has no place for two answers.
  const response = await ask(running, {}, { ...chat, n: 2 });
  expect(response.status).toBe(200);
  await response.text();
  expect(callOf(running).data.route).toMatchObject({
    target: "groq",
    path: "targets[3]",
    attempts: 2,
    skipped: [
      { target: "anthropic", because: "translation_impossible: n" },
      { target: "nobody", because: "provider_unknown: nobody" },
    ],
  });
});

Deno.test("a route whose only target cannot be asked says why", async () => {
  await using running = runRouted({
    route: { targets: [{ provider: "anthropic" }] },
    upstreams: { anthropic: "http://127.0.0.1:9" },
  });
  const response = await ask(running, {}, { ...chat, n: 2 });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { code: "translation_impossible", details: { field: "n" } },
  });
});

Deno.test("when all have failed the client has the last one's answer", async () => {
  await using openai = await scripted(fails(503));
  await using groq = await scripted(silent);
  await using running = runRouted({
    route: {
      strategy: { mode: "fallback" },
      first_byte_timeout: 50,
      targets: [{ provider: "openai" }, { provider: "groq" }],
    },
    upstreams: { openai: openai.url, groq: groq.url },
  });
  const response = await ask(running);
  expect(response.status).toBe(504);
  expect(response.headers.get("x-watchllm-attempts")).toBe("2");
  expect((await response.json()).error.code).toBe("upstream_timeout");
  expect(callOf(running)).toMatchObject({ type: "call.failed", data: { provider: "groq" } });
  expect(attemptsOf(running).length).toBe(2);
});

Deno.test("a fallback within a fallback, and retries that are inherited", async () => {
  await using openai = await scripted(fails(500));
  await using groq = await scripted(fails(500));
  await using mistral = await scripted(ok);
  await using running = runRouted({
    route: {
      strategy: { mode: "fallback" },
      retry: { attempts: 1 },
      targets: [
        {
          strategy: { mode: "fallback" },
          targets: [{ provider: "openai" }, { provider: "groq", retry: { attempts: 0 } }],
        },
        { provider: "mistral" },
      ],
    },
    upstreams: { openai: openai.url, groq: groq.url, mistral: mistral.url },
  });
  expect(await statusOf(ask(running))).toBe(200);
  expect([openai.seen.length, groq.seen.length, mistral.seen.length]).toEqual([2, 1, 1]);
  expect(mistral.seen[0]?.path).toBe("/v1/chat/completions");
});

Deno.test("a call below /proxy/ goes to the same path of another provider", async () => {
  await using openai = await scripted(fails(500));
  await using groq = await scripted(answers({ ...chatAnswer, model: "llama" }));
  await using running = runRouted({
    route: {
      strategy: { mode: "fallback" },
      targets: [{ provider: "openai" }, {
        provider: "groq",
        override_params: { model: "llama", temperature: 0 },
      }],
    },
    upstreams: { openai: openai.url, groq: groq.url },
  });
  const response = await ask(running, {}, chat, "/proxy/openai/v1/chat/completions");
  expect(response.status).toBe(200);
  await response.text();
  expect(groq.seen[0]?.path).toBe("/openai/v1/chat/completions");
  expect(JSON.parse(decoder.decode(groq.seen[0]?.body))).toEqual({
    ...chat,
    model: "llama",
    temperature: 0,
  });
  expect(JSON.parse(decoder.decode(openai.seen[0]?.body))).toEqual(chat);
});

Deno.test("Gemini's and Anthropic's clients fall back as well", async () => {
  await using google = await scripted(fails(503));
  await using anthropic = await scripted(fails(529));
  await using openai = await scripted(ok);
  await using running = runRouted({
    route: {
      strategy: { mode: "fallback" },
      targets: [{}, { provider: "openai", override_params: { model: "gpt-4o" } }],
    },
    upstreams: { google: google.url, anthropic: anthropic.url, openai: openai.url },
  });
  const gemini = await ask(
    running,
    { "x-goog-api-key": projectKey },
    { contents: [{ role: "user", parts: [{ text: "Hi" }] }] },
    "/v1beta/models/gemini-2.5-pro:generateContent",
  );
  expect(await gemini.json()).toMatchObject({
    candidates: [{ content: { role: "model", parts: [{ text: "Hello" }] }, finishReason: "STOP" }],
    usageMetadata: { promptTokenCount: 2_000, cachedContentTokenCount: 1_500 },
  });
  const messages = await ask(
    running,
    {},
    { model: "claude-sonnet-4-5", max_tokens: 9, messages: [{ role: "user", content: "Hi" }] },
    "/v1/messages",
  );
  expect(await messages.json()).toMatchObject({
    type: "message",
    content: [{ type: "text", text: "Hello" }],
    stop_reason: "end_turn",
    usage: { input_tokens: 500, cache_read_input_tokens: 1_500, output_tokens: 300 },
  });
  expect(openai.seen.map(({ path }) => path)).toEqual([
    "/v1/chat/completions",
    "/v1/chat/completions",
  ]);
});

Deno.test("what one provider's answers were given with does not reach another that refuses it", async () => {
  await using openai = await scripted(ok);
  await using anthropic = await scripted(answers(claude));
  await using running = runRouted({
    route: { retry: { attempts: 1 } },
    upstreams: { openai: openai.url, anthropic: anthropic.url },
  });
  const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };
  await statusOf(ask(running, {}, {
    model: "gpt-4o",
    messages: [
      {
        role: "assistant",
        content: null,
        reasoning_content: "Hm.",
        reasoning_details: [{ type: "reasoning.text", text: "Hm.", signature: "s", index: 0 }],
        tool_calls: [{ ...call, extra_content: { google: { thought_signature: "s" } } }],
      },
      { role: "tool", tool_call_id: "c1", content: "x" },
    ],
  }));
  expect(JSON.parse(decoder.decode(openai.seen[0]?.body)).messages).toEqual([
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: "c1", content: "x" },
  ]);
  const thought = (signature: string) => ({ type: "thinking", thinking: "Hm.", signature });
  const body = (signature: string) => ({
    model: "claude-sonnet-4-5",
    max_tokens: 9,
    messages: [{
      role: "assistant",
      content: [thought(signature), { type: "text", text: "Hi" }],
    }],
  });
  await statusOf(ask(running, {}, body(""), "/v1/messages"));
  await statusOf(ask(running, {}, body("c2ln"), "/v1/messages"));
  const sent = anthropic.seen.map((seen) =>
    JSON.parse(decoder.decode(seen.body)).messages[0].content
  );
  expect(sent).toEqual([
    [{ type: "text", text: "Hi" }],
    [thought("c2ln"), { type: "text", text: "Hi" }],
  ]);
});

Deno.test("a project's route is kept in its settings and obeyed from there", async () => {
  const kv = await Deno.openKv(":memory:");
  const log = new MemoryLog();
  const book = createSectionBook(routingSection, {
    kv,
    log,
    now: () => 0,
    newId: () => `id-${log.records.length}`,
  });
  expect(await book.recent("p1")).toEqual(routingSection.schema.parse({}));
  await book.put("p1", routingSection.schema.parse(toClaude));
  await using openai = await scripted(fails(500));
  await using anthropic = await scripted(answers(claude));
  await using running = runRouted({
    upstreams: { openai: openai.url, anthropic: anthropic.url },
    options: { ports: { routing: book.recent } },
  });
  expect(await statusOf(ask(running))).toBe(200);
  expect(callOf(running).data.route?.target).toBe("backup");
  await book.idle();
  kv.close();
});
