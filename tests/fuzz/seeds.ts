/** A right body of every ingest route: what the fuzz begins with. `$id` becomes a new id each time. */

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";

const call = {
  type: "prompt_call",
  event_id: "$id",
  timestamp: "2026-03-04T09:00:00.000Z",
  trace_id: trace,
  span_id: "00f067aa0ba902b7",
  parent_span_id: "b7ad6b7169203331",
  provider: "openai",
  model: "gpt-4o",
  messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
  response: {
    id: "chatcmpl-1",
    choices: [{
      message: {
        content: "Ho",
        tool_calls: [{ id: "c1", function: { name: "w", arguments: "{}" } }],
      },
      finish_reason: "stop",
    }],
    usage: { prompt_tokens: 5, completion_tokens: 3 },
  },
  usage: {
    prompt_tokens: 2_000,
    completion_tokens: 300,
    prompt_tokens_details: { cached_tokens: 5 },
  },
  tokens_input: 5,
  cost_usd: "0.5",
  latency_ms: 812,
  status: "success",
  error: { message: "m", type: "t", code: 5 },
  tool_calls: [{ tool_id: "c1", tool_name: "w", input: {}, output: "rain", latency_ms: 5 }],
  tags: ["a"],
  properties: { plan: "pro", n: 5 },
  metadata: { deep: { a: [1] } },
  user_id: "u",
  session_id: "s",
};

const span = {
  type: "span",
  event_id: "$id",
  name: "answer",
  kind: "agent",
  timestamp: 1_772_614_800_000,
  end_time: "2026-03-04T09:00:01.000Z",
  trace_id: trace,
  input: { q: "x" },
  output: "y",
  attributes: { queue: "high", list: [1, 2] },
};

const score = { type: "score", id: "$id", name: "faith", value: 0.5, target_event_id: "e" };
const feedback = { event_id: "call", id: "$id", rating: "up", comment: "Right.", correction: {} };

const text = (value: string) => ({ stringValue: value });
const attribute = (name: string, value: unknown) => ({ key: name, value });

const otlp = (attributes: readonly unknown[], events: readonly unknown[] = []) => ({
  resourceSpans: [{
    resource: { attributes: [attribute("service.name", text("shop"))] },
    scopeSpans: [{
      scope: { name: "fuzz", version: "1" },
      spans: [{
        traceId: trace,
        spanId: "$span",
        parentSpanId: "00f067aa0ba902b7",
        name: "chat gpt-4o",
        kind: 3,
        startTimeUnixNano: "1772614800000000000",
        endTimeUnixNano: "1772614801000000000",
        attributes,
        events,
        status: { code: 2, message: "m" },
      }],
    }],
  }],
});

const spans = [
  otlp([
    attribute("gen_ai.operation.name", text("chat")),
    attribute("gen_ai.provider.name", text("openai")),
    attribute("gen_ai.request.model", text("gpt-4o")),
    attribute("gen_ai.usage.input_tokens", { intValue: "2000" }),
    attribute("gen_ai.usage.output_tokens", { intValue: 300 }),
    attribute("gen_ai.usage.cache_read.input_tokens", { doubleValue: 1_500 }),
    attribute("gen_ai.usage.cost", { doubleValue: 0.5 }),
    attribute("gen_ai.input.messages", text('[{"role":"user","parts":[{"type":"text"}]}]')),
    attribute("gen_ai.output.messages", {
      arrayValue: { values: [{ kvlistValue: { values: [attribute("role", text("assistant"))] } }] },
    }),
    attribute("gen_ai.response.finish_reasons", { arrayValue: { values: [text("stop")] } }),
  ], [{
    name: "gen_ai.choice",
    timeUnixNano: "1772614800500000000",
    attributes: [attribute("message", text('{"content":"Ho"}'))],
  }]),
  otlp([
    attribute("openinference.span.kind", text("LLM")),
    attribute("llm.model_name", text("gpt-4o")),
    attribute("llm.input_messages.0.message.role", text("user")),
    attribute("llm.input_messages.0.message.contents.0.message_content.text", text("Hi")),
    attribute("llm.output_messages.0.message.tool_calls.0.tool_call.function.name", text("w")),
    attribute("llm.tools.0.tool.json_schema", text('{"name":"w"}')),
    attribute("llm.token_count.prompt", { intValue: "5" }),
    attribute("metadata", text('{"plan":"pro"}')),
  ]),
  otlp([
    attribute("ai.operationId", text("ai.generateText.doGenerate")),
    attribute("ai.model.id", text("gpt-4o")),
    attribute(
      "ai.prompt.messages",
      text('[{"role":"user","content":[{"type":"image","image":"A"}]}]'),
    ),
    attribute("ai.response.toolCalls", text('[{"toolCallId":"c","toolName":"w","input":"{}"}]')),
    attribute("ai.response.providerMetadata", text('{"anthropic":{"usage":{"input_tokens":5}}}')),
    attribute("ai.usage.promptTokens", { intValue: 5 }),
  ], [{ name: "exception", attributes: [attribute("exception.message", text("m"))] }]),
  otlp([
    attribute("langfuse.observation.type", text("generation")),
    attribute("langfuse.observation.usage_details", text('{"input":5,"output":3,"total":8}')),
    attribute("langfuse.observation.cost_details", text('{"input":0.1,"output":0.2}')),
    attribute("gen_ai.prompt.0.content", text("Hi")),
    attribute("traceloop.association.properties.user_id", text("u")),
  ]),
];

const helicone = {
  providerRequest: {
    url: "custom-model-nopath",
    json: { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }], stream: true },
    meta: { "Helicone-User-Id": "u", "Helicone-Request-Id": "$id", "Helicone-Property-A": "b" },
  },
  providerResponse: {
    status: 200,
    headers: {},
    json: {},
    textBody:
      'data: {"choices":[{"delta":{"content":"Ho"}}],"usage":{"prompt_tokens":5}}\n\ndata: [DONE]',
  },
  timing: {
    startTime: { seconds: 1_772_614_800, milliseconds: 250 },
    endTime: { seconds: 1_772_614_801, milliseconds: 0 },
    timeToFirstToken: 5,
  },
};

const heliconeTool = {
  providerRequest: { json: { _type: "tool", toolName: "w", input: 1 }, meta: {} },
  providerResponse: { status: 500, json: { x: 2, _type: "tool" } },
};

const heliconeLog = {
  authorization: "x",
  heliconeMeta: { modelOverride: "gpt-4o", gatewayProvider: "openai" },
  log: {
    request: {
      id: "$id",
      userId: "u",
      properties: { "Helicone-Session-Id": "s" },
      targetUrl: "https://api.openai.com/v1/chat/completions",
      provider: "OPENAI",
      requestCreatedAt: "2026-03-04T09:00:00.000Z",
      isStream: false,
    },
    response: {
      status: 200,
      responseCreatedAt: "2026-03-04T09:00:01.000Z",
      delayMs: 1_000,
      promptTokens: 5,
      body: '{"usage":{"prompt_tokens":5}}',
    },
  },
};

const langfuse = {
  batch: [
    { id: "$id", type: "trace-create", body: { id: "t1", name: "chat", userId: "u", tags: ["a"] } },
    {
      id: "$id2",
      type: "generation-create",
      timestamp: "2026-03-04T09:00:00.000Z",
      body: {
        id: "g1",
        traceId: "t1",
        model: "gpt-4o",
        startTime: "2026-03-04T09:00:00.000Z",
        endTime: "2026-03-04T09:00:01.000Z",
        input: [{ role: "user", content: "Hi" }],
        usageDetails: { input: 5, output: 3 },
        costDetails: { total: 0.5 },
        level: "ERROR",
        metadata: { a: 1 },
      },
    },
    { id: "$id3", type: "score-create", body: { traceId: "t1", name: "faith", value: 0.5 } },
  ],
  metadata: {},
};

export interface FuzzRoute {
  readonly path: string;
  readonly type: "application/json" | "application/x-protobuf";
  readonly seeds: readonly unknown[];
}

export const routes: readonly FuzzRoute[] = [
  { path: "/v1/events", type: "application/json", seeds: [call, span, score] },
  { path: "/v1/events/batch", type: "application/json", seeds: [{ events: [call, span, score] }] },
  { path: "/v1/feedback", type: "application/json", seeds: [feedback] },
  {
    path: "/v1/projects/fuzz/events",
    type: "application/json",
    seeds: [call, [span, score], { events: [span] }],
  },
  { path: "/v1/traces", type: "application/json", seeds: spans },
  { path: "/v1/traces", type: "application/x-protobuf", seeds: spans },
  { path: "/api/public/otel/v1/traces", type: "application/json", seeds: spans },
  { path: "/api/public/ingestion", type: "application/json", seeds: [langfuse] },
  ...["/custom/v1/log", "/v1/trace/custom/v1/log", "/oai/v1/log", "/anthropic/v1/log"].map(
    (path) => ({ path, type: "application/json" as const, seeds: [helicone, heliconeTool] }),
  ),
  { path: "/v1/log/request", type: "application/json", seeds: [heliconeLog, helicone] },
];
