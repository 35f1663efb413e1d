/** The conventions in the forms that instrumentations give them: what each becomes. */
import { expect } from "expect";
import { events, mapped } from "./odd_spans.ts";

const chat = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };
const call = { id: "c1", type: "function", function: { name: "w", arguments: '{"c":"P"}' } };

Deno.test("gen_ai: parts of all kinds, reasoning apart, pictures as addresses", () => {
  const { request, response, call: data } = mapped({
    ...chat,
    "gen_ai.input.messages": JSON.stringify([
      {
        role: "user",
        parts: [
          { type: "text", content: "What is it?" },
          { type: "blob", mime_type: "image/png", modality: "image", content: "AAAA" },
          { type: "uri", modality: "image", uri: "https://x.example/a.png" },
          { type: "file", modality: "image", file_id: "f1" },
        ],
      },
    ]),
    "gen_ai.output.messages": JSON.stringify([{
      role: "assistant",
      parts: [
        { type: "reasoning", content: "Let me think." },
        { type: "text", content: "A cat." },
        { type: "tool_call", id: "c1", name: "w", arguments: { c: "P" } },
      ],
      finish_reason: "tool_call",
    }]),
  });
  expect(request.messages[0].content).toEqual([
    { type: "text", text: "What is it?" },
    { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    { type: "image_url", image_url: { url: "https://x.example/a.png" } },
    { type: "file", modality: "image", file_id: "f1" },
  ]);
  expect(response.choices).toEqual([{
    index: 0,
    message: {
      role: "assistant",
      content: "A cat.",
      tool_calls: [call],
      reasoning_content: "Let me think.",
    },
    finish_reason: "tool_call",
  }]);
  expect(data).toMatchObject({
    finish_reason: "tool_call",
    tool_calls: [{ id: "c1", name: "w", arguments: '{"c":"P"}' }],
  });
});

Deno.test("gen_ai: the details event brings system, messages and answer", () => {
  const { request, response } = mapped(
    chat,
    events(
      ["gen_ai.client.inference.operation.details", {
        "gen_ai.system_instructions": [{ type: "text", content: "Be brief." }],
        "gen_ai.input.messages": [{ role: "user", parts: [{ type: "text", content: "Hi" }] }],
        "gen_ai.output.messages": [{
          role: "assistant",
          parts: [{ type: "text", content: "Ho" }],
          finish_reason: "stop",
        }],
      }],
    ),
  );
  expect(request.messages).toEqual([
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hi" },
  ]);
  expect(response.choices[0]).toMatchObject({ message: { content: "Ho" }, finish_reason: "stop" });
});

Deno.test("gen_ai: events of before, with tool calls in the message or beside it", () => {
  const { request, response, call: data } = mapped(
    chat,
    events(
      ["gen_ai.system.message", { content: "Be brief." }],
      ["gen_ai.user.message", { content: "Weather?" }],
      ["gen_ai.assistant.message", { tool_calls: JSON.stringify([call]) }],
      ["gen_ai.tool.message", { id: "c1", content: "rain" }],
      ["gen_ai.choice", {
        index: 0,
        finish_reason: "tool_calls",
        tool_calls: [{ id: "c2", type: "function", function: { name: "v", arguments: "{}" } }],
      }],
      ["gen_ai.choice", { index: 1, finish_reason: "stop", message: { content: "Rain." } }],
    ),
  );
  expect(request.messages).toEqual([
    { role: "system", content: "Be brief." },
    { role: "user", content: "Weather?" },
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", content: "rain", tool_call_id: "c1" },
  ]);
  expect(data.tool_calls).toEqual([{ id: "c2", name: "v", arguments: "{}" }]);
  expect(response.choices[1].message).toEqual({ role: "assistant", content: "Rain." });
});

const providers: readonly (readonly [Record<string, unknown>, string, string])[] = [
  [{ "gen_ai.provider.name": "aws.bedrock" }, "bedrock", "gpt-4o"],
  [{ "gen_ai.provider.name": "azure.ai.openai", "gen_ai.system": "openai" }, "azure", "gpt-4o"],
  [{ "gen_ai.system": "gcp.vertex_ai" }, "vertex", "gpt-4o"],
  [{ "gen_ai.system": "OpenAI" }, "openai", "gpt-4o"],
  [{ "gen_ai.system": "_OTHER" }, "_other", "gpt-4o"],
  [{}, "openai", "gpt-4o"],
  [{ "gen_ai.request.model": "models/gemini-2.5-flash" }, "google", "gemini-2.5-flash"],
  [
    { "ai.model.provider": "gateway", "gen_ai.request.model": "anthropic/claude-sonnet-4" },
    "anthropic",
    "claude-sonnet-4",
  ],
  [
    { "ai.model.provider": "google.generative-ai", "ai.model.id": "gemini-2.5-flash" },
    "google",
    "gpt-4o",
  ],
  [
    { "gen_ai.system": "mistral_ai", "gen_ai.request.model": "mistral-small" },
    "mistral",
    "mistral-small",
  ],
];
for (const [attributes, provider, model] of providers) {
  Deno.test(`a provider of ${JSON.stringify(attributes)} is ${provider}`, () => {
    expect(mapped({ ...chat, ...attributes }).call).toMatchObject({ provider, model });
  });
}

interface Counted {
  readonly name: string;
  readonly attributes: Record<string, unknown>;
  readonly buckets: Record<string, number>;
}

/** A question of 500 new tokens, 1,500 from the cache, 100 written to it, and an answer of 300. */
const usages: readonly Counted[] = [
  {
    name: "gen_ai: everything inside the input, reasoning inside the output",
    attributes: {
      "gen_ai.usage.input_tokens": 2_100,
      "gen_ai.usage.cache_read.input_tokens": 1_500,
      "gen_ai.usage.cache_creation.input_tokens": 100,
      "gen_ai.usage.output_tokens": 300,
      "gen_ai.usage.reasoning.output_tokens": 200,
    },
    buckets: { input: 500, cache_read: 1_500, cache_write: 100, output: 100, reasoning: 200 },
  },
  {
    name: "traceloop: prompt and completion, cache in the name of before",
    attributes: {
      "gen_ai.usage.prompt_tokens": 2_000,
      "gen_ai.usage.completion_tokens": 300,
      "gen_ai.usage.cache_read_input_tokens": 1_500,
      "llm.usage.total_tokens": 2_300,
    },
    buckets: { input: 500, cache_read: 1_500, output: 300 },
  },
  {
    name: "Anthropic beside the input, betrayed by size",
    attributes: {
      "gen_ai.usage.input_tokens": 500,
      "gen_ai.usage.cache_read_input_tokens": 1_500,
      "gen_ai.usage.cache_creation_input_tokens": 100,
      "gen_ai.usage.output_tokens": 300,
    },
    buckets: { input: 500, cache_read: 1_500, cache_write: 100, output: 300 },
  },
  {
    name: "AI SDK 4 with OpenAI: cached and reasoning tokens in the provider's metadata",
    attributes: {
      "ai.usage.promptTokens": 2_000,
      "ai.usage.completionTokens": 300,
      "ai.response.providerMetadata": JSON.stringify({
        openai: { cachedPromptTokens: 1_500, reasoningTokens: 200 },
      }),
    },
    buckets: { input: 500, cache_read: 1_500, output: 100, reasoning: 200 },
  },
  {
    name: "AI SDK 4 with Anthropic: cached tokens beside the input, in the metadata",
    attributes: {
      "ai.usage.promptTokens": 5_000,
      "ai.usage.completionTokens": 300,
      "ai.response.providerMetadata": JSON.stringify({
        anthropic: { cacheReadInputTokens: 1_500, cacheCreationInputTokens: 100 },
      }),
    },
    buckets: { input: 5_000, cache_read: 1_500, cache_write: 100, output: 300 },
  },
  {
    name: "AI SDK 5 with Anthropic: the provider's own usage",
    attributes: {
      "ai.usage.inputTokens": 5_000,
      "ai.usage.outputTokens": 300,
      "ai.usage.totalTokens": 5_300,
      "ai.usage.cachedInputTokens": 1_500,
      "ai.response.providerMetadata": JSON.stringify({
        anthropic: {
          usage: {
            input_tokens: 5_000,
            output_tokens: 300,
            cache_read_input_tokens: 1_500,
            cache_creation_input_tokens: 100,
          },
        },
      }),
    },
    buckets: { input: 5_000, cache_read: 1_500, cache_write: 100, output: 300 },
  },
  {
    name: "AI SDK 6: details of the input and the output",
    attributes: {
      "ai.usage.inputTokens": 2_100,
      "ai.usage.inputTokenDetails.noCacheTokens": 500,
      "ai.usage.inputTokenDetails.cacheReadTokens": 1_500,
      "ai.usage.inputTokenDetails.cacheWriteTokens": 100,
      "ai.usage.outputTokens": 300,
      "ai.usage.outputTokenDetails.textTokens": 100,
      "ai.usage.outputTokenDetails.reasoningTokens": 200,
      "ai.usage.totalTokens": 2_400,
    },
    buckets: { input: 500, cache_read: 1_500, cache_write: 100, output: 100, reasoning: 200 },
  },
  {
    name: "AI SDK with Google: thoughts beside the output, as the sum says",
    attributes: {
      "ai.usage.inputTokens": 2_000,
      "ai.usage.outputTokens": 100,
      "ai.usage.reasoningTokens": 200,
      "ai.usage.totalTokens": 2_300,
    },
    buckets: { input: 2_000, output: 100, reasoning: 200 },
  },
  {
    name: "OpenInference: details of the prompt",
    attributes: {
      "openinference.span.kind": "LLM",
      "llm.token_count.prompt": 2_100,
      "llm.token_count.prompt_details.cache_read": 1_500,
      "llm.token_count.prompt_details.cache_write": 100,
      "llm.token_count.completion": 300,
      "llm.token_count.completion_details.reasoning": 200,
      "llm.token_count.total": 2_400,
    },
    buckets: { input: 500, cache_read: 1_500, cache_write: 100, output: 100, reasoning: 200 },
  },
  {
    name: "Langfuse: disjoint counts, of which some have no bucket",
    attributes: {
      "langfuse.observation.type": "generation",
      "langfuse.observation.usage_details": JSON.stringify({
        input: 400,
        input_audio_tokens: 100,
        input_cached_tokens: 1_500,
        output: 100,
        output_reasoning_tokens: 200,
        total: 2_300,
      }),
    },
    buckets: { input: 500, cache_read: 1_500, output: 100, reasoning: 200 },
  },
  {
    name: "Langfuse: a provider's own object",
    attributes: {
      "langfuse.observation.type": "generation",
      "langfuse.observation.usage_details": JSON.stringify({
        prompt_tokens: 2_000,
        completion_tokens: 300,
        total_tokens: 2_300,
        prompt_tokens_details: { cached_tokens: 1_500 },
      }),
    },
    buckets: { input: 500, cache_read: 1_500, output: 300 },
  },
  {
    name: "a total and an output alone",
    attributes: { "gen_ai.usage.total_tokens": 2_300, "gen_ai.usage.output_tokens": 300 },
    buckets: { input: 2_000, output: 300 },
  },
];
for (const { name, attributes, buckets } of usages) {
  Deno.test(`usage, ${name}`, () => {
    const { usage } = mapped({ ...chat, ...attributes }).call;
    const counted = Object.entries(usage.buckets).filter(([, count]) => count > 0);
    expect(Object.fromEntries(counted)).toEqual(buckets);
    expect(usage.consistent).toBe(true);
  });
}

Deno.test("OpenInference: gaps between messages, calls of before, pictures, tools offered", () => {
  const { request, response, call: data } = mapped({
    "openinference.span.kind": "LLM",
    "llm.model_name": "gpt-4o",
    "llm.input_messages.7.message.role": "user",
    "llm.input_messages.7.message.contents.3.message_content.type": "image",
    "llm.input_messages.7.message.contents.3.message_content.image.image.url":
      "https://x.example/a",
    "llm.input_messages.7.message.contents.1.message_content.type": "text",
    "llm.input_messages.7.message.contents.1.message_content.text": "What is it?",
    "llm.input_messages.2.message.role": "tool",
    "llm.input_messages.2.message.content": "rain",
    "llm.input_messages.2.message.tool_call_id": "c0",
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.function_call_name": "w",
    "llm.output_messages.0.message.function_call_arguments_json": '{"c":"P"}',
    "llm.tools.0.tool.json_schema": JSON.stringify({
      type: "function",
      function: { name: "w", description: "Weather", parameters: { type: "object" } },
    }),
    "input.value": "{}",
    "llm.cost.total": 0.25,
  });
  expect(request).toEqual({
    model: "gpt-4o",
    messages: [
      { role: "tool", content: "rain", tool_call_id: "c0" },
      {
        role: "user",
        content: [
          { type: "text", text: "What is it?" },
          { type: "image_url", image_url: { url: "https://x.example/a" } },
        ],
      },
    ],
    tools: [{
      type: "function",
      function: { name: "w", description: "Weather", parameters: { type: "object" } },
    }],
  });
  expect(data.tool_calls).toEqual([{ id: "", name: "w", arguments: '{"c":"P"}' }]);
  expect(response.choices[0].message.content).toBeNull();
  expect(data.provider_cost_usd).toBe("0.25");
});

Deno.test("OpenInference: bodies as values alone", () => {
  const { request, response } = mapped({
    "openinference.span.kind": "LLM",
    "llm.model_name": "gpt-4o",
    "input.value": JSON.stringify({ messages: [{ role: "user", content: "Hi" }], top_p: 1 }),
    "input.mime_type": "application/json",
    "output.value": "Ho",
  });
  expect(request.messages).toEqual([{ role: "user", content: "Hi" }]);
  expect(response).toBe("Ho");
});

Deno.test("AI SDK 5: parts of prompts, wrapped results, reasoning, tools offered", () => {
  const { request, response, call: data } = mapped({
    "ai.operationId": "ai.streamText.doStream",
    "operation.name": "ai.streamText.doStream my-function",
    "ai.model.id": "gpt-4o",
    "ai.model.provider": "openai.responses",
    "ai.prompt.messages": JSON.stringify([
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "Look" },
          { type: "file", mediaType: "image/png", data: "AAAA" },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm." },
          { type: "tool-call", toolCallId: "c1", toolName: "w", input: { c: "P" } },
        ],
      },
      {
        role: "tool",
        content: [{
          type: "tool-result",
          toolCallId: "c1",
          toolName: "w",
          output: { type: "json", value: { rain: true } },
        }],
      },
    ]),
    "ai.prompt.tools": ['{"type":"function","name":"w","inputSchema":{"type":"object"}}'],
    "ai.response.text": "Rain.",
    "ai.response.reasoning": "It says so.",
    "ai.response.toolCalls": '[{"toolCallId":"c2","toolName":"w","input":"{\\"c\\":\\"Q\\"}"}]',
    "ai.response.msToFirstChunk": 250.5,
    "ai.response.finishReason": "tool-calls",
  });
  expect(request).toEqual({
    model: "gpt-4o",
    messages: [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "Look" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
        ],
      },
      { role: "assistant", content: null, tool_calls: [call], reasoning_content: "Hm." },
      { role: "tool", content: { rain: true }, tool_call_id: "c1" },
    ],
    tools: [{ type: "function", function: { name: "w", parameters: { type: "object" } } }],
  });
  expect(response.choices[0].message).toEqual({
    role: "assistant",
    content: "Rain.",
    tool_calls: [{ id: "c2", type: "function", function: { name: "w", arguments: '{"c":"Q"}' } }],
    reasoning_content: "It says so.",
  });
  expect(data).toMatchObject({ stream: true, ttft_ms: 250.5, provider: "openai" });
});

Deno.test("AI SDK: objects as answers, embeddings, tools as spans", () => {
  expect(
    mapped({
      "ai.operationId": "ai.generateObject.doGenerate",
      "ai.model.id": "gpt-4o",
      "ai.response.object": '{"a":1}',
    }).response.choices[0].message.content,
  ).toBe('{"a":1}');
  const embedding = mapped({
    "ai.operationId": "ai.embedMany.doEmbed",
    "ai.model.id": "text-embedding-3-small",
    "ai.values": ['"a"', '"b"'],
    "ai.usage.tokens": 8,
  });
  expect(embedding.call).toMatchObject({
    endpoint: "embeddings",
    usage: { buckets: { input: 8 } },
  });
  expect(embedding.request.input).toEqual(['"a"', '"b"']);
});

Deno.test("traceloop: prompts by index with gaps, calls, offered functions, who it was", () => {
  const { request, response, call: data } = mapped({
    "llm.request.type": "chat",
    "gen_ai.system": "Anthropic",
    "gen_ai.request.model": "claude-sonnet-4",
    "gen_ai.prompt.10.role": "user",
    "gen_ai.prompt.10.content": '[{"type":"text","text":"Weather?"}]',
    "gen_ai.prompt.2.role": "system",
    "gen_ai.prompt.2.content": "Be brief.",
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.finish_reason": "tool_use",
    "gen_ai.completion.0.tool_calls.0.id": "c1",
    "gen_ai.completion.0.tool_calls.0.name": "w",
    "gen_ai.completion.0.tool_calls.0.arguments": '{"c":"P"}',
    "llm.request.functions.0.name": "w",
    "llm.request.functions.0.description": "Weather",
    "llm.request.functions.0.parameters": '{"type":"object"}',
    "traceloop.association.properties.user_id": "u",
    "traceloop.association.properties.session_id": "s",
  });
  expect(request).toEqual({
    model: "claude-sonnet-4",
    messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "Weather?" }],
    tools: [{
      type: "function",
      function: { name: "w", description: "Weather", parameters: { type: "object" } },
    }],
  });
  expect(response.choices[0]).toEqual({
    index: 0,
    message: { role: "assistant", content: null, tool_calls: [call] },
    finish_reason: "tool_use",
  });
  expect(data).toMatchObject({
    provider: "anthropic",
    finish_reason: "tool_use",
    user_id: "u",
    session_id: "s",
  });
});

Deno.test("Langfuse: failures in its own word, costs in parts, times in quotes", () => {
  const generation = {
    "langfuse.observation.type": "generation",
    "langfuse.observation.model.name": "my-model",
    "langfuse.observation.level": "ERROR",
    "langfuse.observation.status_message": "no answer",
    "langfuse.observation.cost_details": '{"input":0.1,"output":0.2}',
    "langfuse.observation.completion_start_time": '"2026-03-04T09:00:00.250Z"',
    "langfuse.trace.tags": '["a","b"]',
    "langfuse.observation.metadata": '{"plan":"pro","deep":{"x":1}}',
  };
  const { type, call: data } = mapped(generation);
  expect(type).toBe("call.failed");
  expect(data).toMatchObject({
    error: { message: "no answer" },
    cost: { usd: "0.3", price: { source: "reported" } },
    ttft_ms: 250,
    properties: { plan: "pro", deep: '{"x":1}', tags: "a,b" },
  });
  const { span } = mapped({ ...generation, "langfuse.observation.type": "tool" });
  expect(span).toMatchObject({ kind: "tool", status: "error", status_message: "no answer" });
});

Deno.test("families of which no message can be read leave their place to what else there is", () => {
  const { request } = mapped({
    ...chat,
    "gen_ai.prompt.name": "my template",
    "gen_ai.prompt": '[{"role":"user","content":"Hi"}]',
  });
  expect(request.messages).toEqual([{ role: "user", content: "Hi" }]);
});

Deno.test("words that every object has as fields are no kinds of work", () => {
  const operation = mapped({ "gen_ai.operation.name": "constructor" });
  expect(operation.span.kind).toBe("span");
  const kind = mapped({ "openinference.span.kind": "constructor" });
  expect(kind.span.kind).toBe("span");
});
