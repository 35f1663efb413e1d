import { expect } from "expect";
import * as zlib from "node:zlib";
import type { CallData } from "@/core/event/call.ts";
import type { SpanData } from "@/core/event/span.ts";
import { bearer } from "@/tests/api/fixture.ts";
import { type IngestApi, ingestApi } from "./fixture.ts";
import { exportBody, type SpanParts, trace } from "./span_bodies.ts";

async function sent(t: IngestApi, ...spans: readonly SpanParts[]) {
  const answer = await t.post("/v1/traces", exportBody(spans));
  expect(answer).toMatchObject({ status: 200, body: {} });
  return await t.events();
}

function jsonOr(text: string | null) {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return text;
  }
}

async function callOf(attributes: SpanParts["attributes"], more: Partial<SpanParts> = {}) {
  await using t = await ingestApi();
  const [event] = await sent(t, {
    spanId: "00f067aa0ba902b7",
    attributes: attributes ?? {},
    ...more,
  });
  if (!event) throw new Error("It was stored");
  return {
    type: event.type,
    data: event.data as CallData,
    request: jsonOr(await t.payload(event, "request")),
    response: jsonOr(await t.payload(event, "response")),
  };
}

Deno.test("a span keeps its place, its time, what it says and where it comes from", async () => {
  await using t = await ingestApi();
  const [event] = await sent(t, {
    spanId: "00f067aa0ba902b7",
    parentSpanId: "b7ad6b7169203331",
    name: "fetch user",
    durationMs: 12,
    attributes: { queue: "high", "http.request.method": "GET", retries: 2, ok: true },
    status: { code: 2, message: "no such user" },
    events: [{ name: "exception", attributes: { "exception.type": "NotFound" } }],
  });
  expect(event).toMatchObject({
    id: `${trace}-00f067aa0ba902b7`,
    type: "span.recorded",
    at: "2026-03-04T09:00:00.000Z",
  });
  expect(event?.data as SpanData).toMatchObject({
    kind: "span",
    name: "fetch user",
    trace_id: trace,
    span_id: "00f067aa0ba902b7",
    parent_span_id: "b7ad6b7169203331",
    start_us: 1_772_614_800_000_123,
    duration_ms: 12,
    status: "error",
    status_message: "no such user",
    source: "otel",
    service: "shop",
    scope: "my-scope",
    attributes: { queue: "high", "http.request.method": "GET", retries: "2", ok: "true" },
    unmapped: ["queue", "retries", "ok"],
  });
});

Deno.test("gen_ai: a call in the present names, cached tokens inside the input", async () => {
  const { type, data, request, response } = await callOf({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.usage.input_tokens": 2_000,
    "gen_ai.usage.cache_read.input_tokens": 1_500,
    "gen_ai.usage.output_tokens": 300,
    "gen_ai.conversation.id": "s-1",
    "gen_ai.request.temperature": 0.5,
    "gen_ai.response.time_to_first_chunk": 0.25,
    "user.id": "u-1",
    "gen_ai.system_instructions": '[{"type":"text","content":"Be brief."}]',
    "gen_ai.input.messages": JSON.stringify([
      { role: "user", parts: [{ type: "text", content: "Weather?" }] },
      {
        role: "assistant",
        parts: [{ type: "tool_call", id: "c1", name: "w", arguments: { c: "P" } }],
      },
      { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: "rain" }] },
    ]),
    "gen_ai.output.messages": JSON.stringify([
      { role: "assistant", parts: [{ type: "text", content: "Rain." }], finish_reason: "stop" },
    ]),
    shelf: "top",
  });
  expect(type).toBe("call.completed");
  expect(data).toMatchObject({
    provider: "openai",
    endpoint: "chat",
    model: "gpt-4o",
    response_model: "gpt-4o-2024-08-06",
    response_id: "chatcmpl-1",
    finish_reason: "stop",
    source: "otel",
    usage: { buckets: { input: 500, cache_read: 1_500, output: 300 }, consistent: true },
    cost: { usd: "0.006125" },
    latency_ms: 100,
    ttft_ms: 250,
    session_id: "s-1",
    user_id: "u-1",
    trace_id: trace,
    span: {
      kind: "call",
      attributes: { shelf: "top", "gen_ai.request.temperature": "0.5" },
      unmapped: ["shelf"],
    },
  });
  expect(request.messages).toEqual([
    { role: "system", content: "Be brief." },
    { role: "user", content: "Weather?" },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c1", type: "function", function: { name: "w", arguments: '{"c":"P"}' } }],
    },
    { role: "tool", content: "rain", tool_call_id: "c1" },
  ]);
  expect(response.choices[0].message).toEqual({ role: "assistant", content: "Rain." });
});

Deno.test("gen_ai: former names, messages as events", async () => {
  const { data, request, response } = await callOf({
    "gen_ai.system": "openai",
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.prompt_tokens": 100,
    "gen_ai.usage.completion_tokens": 20,
  }, {
    events: [
      { name: "gen_ai.user.message", attributes: { content: "Hi" } },
      {
        name: "gen_ai.choice",
        attributes: {
          index: 0,
          finish_reason: "stop",
          message: '{"content":"Ho","role":"assistant"}',
        },
      },
    ],
  });
  expect(data).toMatchObject({
    usage: { buckets: { input: 100, output: 20 } },
    finish_reason: "stop",
  });
  expect(request.messages).toEqual([{ role: "user", content: "Hi" }]);
  expect(response.choices[0].message).toEqual({ role: "assistant", content: "Ho" });
});

Deno.test("Anthropic beside the input: cached tokens that the sum or the size betrays", async () => {
  const bySize = await callOf({
    "gen_ai.operation.name": "chat",
    "gen_ai.system": "anthropic",
    "gen_ai.request.model": "claude-sonnet-4-5",
    "gen_ai.usage.input_tokens": 500,
    "gen_ai.usage.cache_read_input_tokens": 1_500,
    "gen_ai.usage.output_tokens": 300,
  });
  expect(bySize.data.usage.buckets).toMatchObject({ input: 500, cache_read: 1_500, output: 300 });
  expect(bySize.data.cost.usd).toBe("0.00645");
  const bySum = await callOf({
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "claude-sonnet-4-5",
    "gen_ai.usage.input_tokens": 2_000,
    "gen_ai.usage.cache_creation.input_tokens": 100,
    "gen_ai.usage.output_tokens": 300,
    "gen_ai.usage.total_tokens": 2_400,
  });
  expect(bySum.data.usage.buckets).toMatchObject({ input: 2_000, cache_write: 100, output: 300 });
  expect(bySum.data.usage.consistent).toBe(true);
});

Deno.test("OpenInference: spread messages, tool calls, details of tokens", async () => {
  const { data, request, response } = await callOf({
    "openinference.span.kind": "LLM",
    "llm.model_name": "gpt-4o",
    "llm.provider": "openai",
    "llm.input_messages.0.message.role": "system",
    "llm.input_messages.0.message.content": "Be brief.",
    "llm.input_messages.1.message.role": "user",
    "llm.input_messages.1.message.contents.0.message_content.type": "text",
    "llm.input_messages.1.message.contents.0.message_content.text": "Weather?",
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "w",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"c":"P"}',
    "llm.token_count.prompt": 100,
    "llm.token_count.completion": 20,
    "llm.token_count.total": 120,
    "llm.token_count.prompt_details.cache_read": 40,
    "session.id": "s",
    "user.id": "u",
    "metadata": '{"team":"search"}',
    "tag.tags": ["a", "b"],
    "input.value": "ignored for messages",
  });
  expect(data).toMatchObject({
    usage: { buckets: { input: 60, cache_read: 40, output: 20 }, consistent: true },
    tool_calls: [{ id: "c1", name: "w", arguments: '{"c":"P"}' }],
    session_id: "s",
    user_id: "u",
    properties: { team: "search", tags: "a,b", service: "shop" },
    span: { unmapped: [] },
  });
  expect(request.messages).toEqual([
    { role: "system", content: "Be brief." },
    { role: "user", content: "Weather?" },
  ]);
  expect(response.choices[0].message.tool_calls).toHaveLength(1);
});

Deno.test("OpenLLMetry: prompts and completions spread over attributes", async () => {
  const { data, request, response } = await callOf({
    "llm.request.type": "chat",
    "gen_ai.system": "OpenAI",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.prompt.0.role": "user",
    "gen_ai.prompt.0.content": "Weather?",
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.content": "Rain.",
    "gen_ai.completion.0.finish_reason": "stop",
    "gen_ai.usage.prompt_tokens": 10,
    "gen_ai.usage.completion_tokens": 2,
    "llm.usage.total_tokens": 12,
    "traceloop.association.properties.user_id": "u",
    "traceloop.association.properties.plan": "pro",
    "traceloop.workflow.name": "joke",
  });
  expect(data).toMatchObject({
    provider: "openai",
    usage: { buckets: { input: 10, output: 2 }, reported_total: 12, consistent: true },
    user_id: "u",
    finish_reason: "stop",
    properties: { plan: "pro" },
  });
  expect(request).toEqual({ model: "gpt-4o", messages: [{ role: "user", content: "Weather?" }] });
  expect(response.choices[0].message.content).toBe("Rain.");
});

Deno.test("Vercel AI SDK: the inner span is the call, the outer one and tools are not", async () => {
  await using t = await ingestApi();
  const [outer, inner, tool] = await sent(
    t,
    {
      spanId: "0000000000000001",
      name: "ai.generateText",
      attributes: {
        "ai.operationId": "ai.generateText",
        "operation.name": "ai.generateText my-function",
        "ai.model.id": "gpt-4o",
        "ai.usage.promptTokens": 100,
        "ai.usage.completionTokens": 20,
        "ai.prompt": '{"prompt":"Weather?"}',
        "ai.response.text": "Rain.",
      },
    },
    {
      spanId: "0000000000000002",
      parentSpanId: "0000000000000001",
      name: "ai.generateText.doGenerate",
      attributes: {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.id": "gpt-4o",
        "ai.model.provider": "openai.chat",
        "ai.prompt.messages": '[{"role":"user","content":[{"type":"text","text":"Weather?"}]}]',
        "ai.response.text": "Rain.",
        "ai.response.toolCalls": '[{"toolCallId":"c1","toolName":"w","args":{"c":"P"}}]',
        "ai.response.finishReason": "tool-calls",
        "ai.usage.inputTokens": 100,
        "ai.usage.outputTokens": 20,
        "ai.usage.cachedInputTokens": 40,
        "ai.telemetry.metadata.userId": "u",
        "ai.telemetry.metadata.plan": "pro",
        "gen_ai.system": "openai.chat",
        "gen_ai.usage.input_tokens": 100,
      },
    },
    {
      spanId: "0000000000000003",
      parentSpanId: "0000000000000001",
      name: "ai.toolCall",
      attributes: {
        "ai.operationId": "ai.toolCall",
        "ai.toolCall.name": "w",
        "ai.toolCall.id": "c1",
        "ai.toolCall.args": '{"c":"P"}',
        "ai.toolCall.result": '"rain"',
      },
    },
  );
  expect(outer).toMatchObject({ type: "span.recorded", data: { kind: "chain" } });
  expect(inner).toMatchObject({
    type: "call.completed",
    data: {
      provider: "openai",
      finish_reason: "tool-calls",
      usage: { buckets: { input: 60, cache_read: 40, output: 20 } },
      tool_calls: [{ id: "c1", name: "w" }],
      user_id: "u",
      properties: { plan: "pro" },
    },
  });
  expect(tool).toMatchObject({
    type: "span.recorded",
    data: { kind: "tool", tool_name: "w", tool_call_id: "c1" },
  });
  if (!tool) throw new Error("It is there");
  expect(await t.payload(tool, "input")).toBe('{"c":"P"}');
});

Deno.test("Langfuse: generations with usage and cost details of their own", async () => {
  const { data, request, response } = await callOf({
    "langfuse.observation.type": "generation",
    "langfuse.observation.model.name": "my-model",
    "langfuse.observation.input": '[{"role":"user","content":"Weather?"}]',
    "langfuse.observation.output": "Rain.",
    "langfuse.observation.usage_details":
      '{"input":500,"output":300,"cache_read_input_tokens":1500,"total":2300}',
    "langfuse.observation.cost_details": '{"input":0.001,"output":0.002,"total":0.003}',
    "langfuse.user.id": "u",
    "langfuse.session.id": "s",
    "langfuse.environment": "staging",
    "langfuse.trace.tags": ["a"],
    "langfuse.trace.metadata.plan": "pro",
  });
  expect(data).toMatchObject({
    model: "my-model",
    usage: { buckets: { input: 500, cache_read: 1_500, output: 300 }, consistent: true },
    cost: { usd: "0.003", price: { source: "reported" } },
    provider_cost_usd: "0.003",
    user_id: "u",
    session_id: "s",
    properties: { plan: "pro", environment: "staging", tags: "a" },
  });
  expect(request.messages).toEqual([{ role: "user", content: "Weather?" }]);
  expect(response).toBe("Rain.");
});

Deno.test("a reported cost stands beside our own price, not in its place", async () => {
  const { data } = await callOf({
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.input_tokens": 1_000,
    "gen_ai.usage.output_tokens": 0,
    "gen_ai.usage.cost": 0.9,
  });
  expect(data.cost.usd).toBe("0.0025");
  expect(data.provider_cost_usd).toBe("0.9");
});

Deno.test("what failed is a failed call, with credentials masked", async () => {
  const { type, data } = await callOf({
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o",
    "error.type": "401",
  }, { status: { code: 2, message: "Incorrect API key provided: sk-proj-abcdefgh1234" } });
  expect(type).toBe("call.failed");
  expect(data.error).toEqual({
    code: "401",
    message: "Incorrect API key provided: [key]",
    origin: "provider",
  });
});

Deno.test("spans that cannot be taken are counted, the others are stored", async () => {
  await using t = await ingestApi();
  const good = { spanId: "00f067aa0ba902b7" };
  const answer = await t.post(
    "/v1/traces",
    exportBody([
      good,
      { spanId: "abc" },
      { spanId: "0000000000000000" },
      { spanId: "00f067aa0ba902b8", traceId: "nonsense" },
    ]),
  );
  expect(answer.status).toBe(200);
  expect(answer.body.partialSuccess.rejectedSpans).toBe("3");
  expect(answer.body.partialSuccess.errorMessage).toContain("a span's id is not 8 bytes");
  expect(await t.events()).toHaveLength(1);
});

Deno.test("a span that is sent again is stored once", async () => {
  await using t = await ingestApi();
  const body = exportBody([{ spanId: "00f067aa0ba902b7" }]);
  for (let i = 0; i < 3; i++) expect((await t.post("/v1/traces", body)).body).toEqual({});
  expect(await t.events()).toHaveLength(1);
});

Deno.test("errors are google.rpc.Status in the request's encoding; keys as Basic and Bearer", async () => {
  await using t = await ingestApi();
  const path = "/api/public/otel/v1/traces";
  const body = exportBody([{ spanId: "00f067aa0ba902b7" }]);
  const basic = { authorization: `Basic ${btoa(`pk-lf-1:${t.api.own.key}`)}` };
  expect((await t.post(path, body, basic)).status).toBe(200);
  expect(await t.post(path, body, bearer("wl_live_wrong"))).toMatchObject({
    status: 401,
    body: { code: 16 },
  });
  expect(await t.post(path, "{", {})).toMatchObject({ status: 400, body: { code: 3 } });
  expect(await t.post(path, { resourceSpans: 5 })).toMatchObject({ status: 400 });
  const csv = await t.post(path, body, { "content-type": "text/csv" });
  expect(csv.status).toBe(415);
  expect(csv.body.message).toContain('["application/json","application/x-protobuf"]');
  const packed = new Uint8Array(zlib.gzipSync(JSON.stringify(body)));
  expect((await t.post(path, packed, { "content-encoding": "gzip" })).status).toBe(200);
  const cut = await t.api.app.request(`http://w.example${path}`, {
    method: "POST",
    headers: { ...bearer(t.api.own.key), "content-type": "application/x-protobuf" },
    body: new Uint8Array([10, 200]),
  });
  expect(cut.status).toBe(400);
  expect(cut.headers.get("content-type")).toBe("application/x-protobuf");
  expect(new TextDecoder().decode(await cut.bytes())).toContain("OTLP");
});

Deno.test("metrics and logs of OpenTelemetry are refused with what to do, whatever they hold", async () => {
  await using t = await ingestApi();
  for (const path of ["/v1/metrics", "/v1/logs", "/api/public/otel/v1/metrics"]) {
    // As large as exporters' bodies are, in a form of theirs, with or without a key.
    const answer = await t.api.send(path, {
      method: "POST",
      headers: { "content-type": "application/x-protobuf" },
      body: "\n".repeat(200_000),
    });
    expect(answer.status).toBe(501);
    const { error } = await answer.json();
    expect(error).toMatchObject({
      code: "otlp_signal",
      message: expect.stringContaining("OTEL_METRICS_EXPORTER=none"),
      request_id: expect.any(String),
    });
  }
  expect((await t.api.send("/v1/metrics")).status).toBe(405);
  expect(t.api.reported).toEqual([]);
});
