/** The official clients over the simulator, recorded by the SDK: what was asked, answered and used. */
import Anthropic from "@anthropic-ai/sdk";
import { expect } from "expect";
import OpenAI from "openai";
import { type PromptCallEvent, WatchLLM } from "@watchllm/sdk";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { serveEvents, type TestServer } from "./server.ts";

const messages = [{ role: "user" as const, content: "Why does this query get slow?" }];
const weather = {
  type: "function" as const,
  function: {
    name: "get_weather",
    description: "Weather of a city",
    strict: true,
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
  },
};

interface Parts extends AsyncDisposable {
  readonly server: TestServer;
  readonly watch: WatchLLM;
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  /** The recorded calls, once they are there. */
  calls(): Promise<PromptCallEvent[]>;
}

function parts(): Parts {
  const simulator = serveSimulator({ seed: 7 });
  const server = serveEvents();
  const watch = new WatchLLM({ apiKey: "k", baseUrl: server.url });
  return {
    server,
    watch,
    openai: watch.wrapOpenAI(
      new OpenAI({ apiKey: "sk", baseURL: `${simulator.url}/openai/v1`, maxRetries: 0 }),
    ),
    anthropic: watch.wrapAnthropic(
      new Anthropic({ apiKey: "sk", baseURL: `${simulator.url}/anthropic`, maxRetries: 0 }),
    ),
    async calls() {
      await watch.flush();
      return [...server.taken.values()] as PromptCallEvent[];
    },
    async [Symbol.asyncDispose]() {
      await watch.close();
      await server[Symbol.asyncDispose]();
      await simulator.close();
    },
  };
}

Deno.test("openai: an answer is recorded with its usage; all ways of asking for it still work", async () => {
  await using all = parts();
  const create = () => all.openai.chat.completions.create({ model: "gpt-4o", messages });
  const answer = await create();
  const { data, response } = await create().withResponse();
  expect(response.status).toBe(200);
  const raw = await create().asResponse();
  await raw.body?.cancel();
  const [first, second, ...others] = await all.calls();
  expect(first).toMatchObject({
    type: "prompt_call",
    provider: "openai",
    model: "gpt-4o",
    input: messages,
    response_id: answer.id,
    usage: { prompt_tokens: answer.usage?.prompt_tokens },
    finish_reason: "stop",
    status: "success",
  });
  expect(first?.output.content).toBe(answer.choices[0]?.message.content);
  expect(second?.response_id).toBe(data.id);
  // Who takes the raw response reads it alone: nothing is known of that call's answer.
  expect(others).toEqual([]);
});

Deno.test("openai: a stream is the caller's; usage is asked for and not shown", async () => {
  await using all = parts();
  const stream = await all.openai.chat.completions.create({
    model: "gpt-4o",
    messages,
    stream: true,
  });
  let text = "";
  for await (const chunk of stream) {
    expect(chunk.choices).not.toEqual([]);
    text += chunk.choices[0]?.delta.content ?? "";
  }
  const [call] = await all.calls();
  expect(call).toMatchObject({ stream: true, finish_reason: "stop", model: "gpt-4o" });
  expect(call?.output.content).toBe(text);
  expect(call?.usage.completion_tokens).toBeGreaterThan(0);
  expect(call?.ttft_ms).toBeGreaterThan(0);
});

Deno.test("openai: tool calls of a stream are put together, and parse() is one call, not two", async () => {
  await using all = parts();
  const asked = {
    model: "gpt-4o",
    messages,
    tools: [weather],
    tool_choice: "required" as const,
  };
  const stream = await all.openai.chat.completions.create({ ...asked, stream: true });
  for await (const _ of stream);
  await all.openai.chat.completions.parse(asked);
  const calls = await all.calls();
  expect(calls).toHaveLength(2);
  for (const call of calls) {
    expect(call.tool_calls).toEqual([
      expect.objectContaining({ name: "get_weather", id: expect.any(String) }),
    ]);
    expect(JSON.parse(call.tool_calls?.[0]?.arguments)).toEqual(expect.any(Object));
  }
});

Deno.test("openai: stream(), responses and embeddings are recorded too", async () => {
  await using all = parts();
  const runner = all.openai.chat.completions.stream({ model: "gpt-4o", messages });
  const final = await runner.finalChatCompletion();
  await all.openai.responses.create({ model: "gpt-4o", input: "Hello" });
  const stream = await all.openai.responses.create({ model: "gpt-4o", input: "Hi", stream: true });
  for await (const _ of stream);
  await all.openai.embeddings.create({ model: "text-embedding-3-small", input: "Hello" });
  const calls = await all.calls();
  expect(calls.map(({ model }) => model)).toEqual([
    "gpt-4o",
    "gpt-4o",
    "gpt-4o",
    "text-embedding-3-small",
  ]);
  expect(calls[0]?.output.content).toBe(final.choices[0]?.message.content);
  for (const call of calls.slice(1)) expect(call.usage).toEqual(expect.any(Object));
  expect(calls[3]?.output).toBeUndefined();
});

Deno.test("openai: a reader that leaves early, and a call that fails, are one event each", async () => {
  await using all = parts();
  const stream = await all.openai.chat.completions.create({
    model: "gpt-4o",
    messages,
    stream: true,
  });
  for await (const _ of stream) break;
  const broken = new OpenAI({ apiKey: "k", baseURL: "http://127.0.0.1:1/v1", maxRetries: 0 });
  all.watch.wrapOpenAI(broken);
  await expect(broken.chat.completions.create({ model: "gpt-4o", messages })).rejects.toThrow();
  const [left, failed, ...others] = await all.calls();
  expect(left).toMatchObject({ stream: true, status: "success" });
  expect(failed).toMatchObject({ status: "error", error: { message: "Connection error." } });
  expect(others).toEqual([]);
});

Deno.test("anthropic: answers, streams and tools are recorded with their usage", async () => {
  await using all = parts();
  const asked = { model: "claude-sonnet-4-5", max_tokens: 200, messages, system: "Be brief." };
  const answer = await all.anthropic.messages.create(asked);
  const stream = await all.anthropic.messages.create({ ...asked, stream: true });
  for await (const _ of stream);
  const streamed = await all.anthropic.messages.stream(asked).finalMessage();
  const tooled = await all.anthropic.messages.create({
    ...asked,
    tools: [{ name: "get_weather", input_schema: { type: "object", properties: {} } }],
    tool_choice: { type: "any" },
    stream: true,
  });
  for await (const _ of tooled);
  const calls = await all.calls();
  expect(calls).toHaveLength(4);
  expect(calls[0]).toMatchObject({
    provider: "anthropic",
    model: "claude-sonnet-4-5",
    input: [{ role: "system", content: "Be brief." }, ...messages],
    output: answer.content,
    response_id: answer.id,
    usage: { output_tokens: answer.usage.output_tokens },
  });
  for (const call of calls) expect(call.usage.output_tokens).toBeGreaterThan(0);
  expect(calls[2]?.output).toEqual(streamed.content);
  expect(calls[3]?.tool_calls).toEqual([
    expect.objectContaining({ name: "get_weather", arguments: expect.any(Object) }),
  ]);
});

Deno.test("calls inside a trace belong to it; wrapping twice records once", async () => {
  await using all = parts();
  const again = all.watch.wrapOpenAI(all.watch.wrapOpenAI(all.openai));
  const trace = await all.watch.trace("t", { userId: "u" }, async (span) => {
    await again.chat.completions.create({ model: "gpt-4o", messages });
    return span;
  });
  const events = await all.calls();
  expect(events).toHaveLength(2);
  expect(events.find(({ type }) => type === "prompt_call")).toMatchObject({
    trace_id: trace.traceId,
    parent_span_id: trace.spanId,
    user_id: "u",
  });
});

Deno.test("a client that goes through the gateway is not recorded twice, but made part of the trace", async () => {
  const seen: Headers[] = [];
  const gateway = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    seen.push(request.headers);
    return Response.json({ id: "1", choices: [], model: "gpt-4o" });
  });
  const watch = new WatchLLM({ apiKey: "k", baseUrl: `http://127.0.0.1:${gateway.addr.port}` });
  const { baseURL, apiKey } = watch.proxy("openai");
  const openai = watch.wrapOpenAI(new OpenAI({ baseURL, apiKey }));
  await watch.trace("t", { sessionId: "s", userId: "u" }, async (span) => {
    await openai.chat.completions.create({ model: "gpt-4o", messages });
    expect(seen[0]?.get("traceparent")).toBe(span.traceparent);
  });
  expect(seen[0]?.get("x-watchllm-session")).toBe("s");
  expect(seen[0]?.get("authorization")).toBe("Bearer k");
  expect(watch.counts.queued).toBe(1);
  await watch.close(0);
  await gateway.shutdown();
});
