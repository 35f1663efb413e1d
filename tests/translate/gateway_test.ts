import { expect } from "expect";
import type http from "node:http";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { json, post, projectKey, runGateway, runUpstream, type Seen } from "../gateway/fixture.ts";

const decoder = new TextDecoder();

function bodyOf(seen: Seen | undefined) {
  return JSON.parse(decoder.decode(seen?.body));
}

function stream(response: http.ServerResponse, events: readonly string[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) response.write(event);
  response.end();
}

const named = (value: { type: string }) =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
const usage = { input_tokens: 20, cache_read_input_tokens: 5, output_tokens: 9 };

const claudeMessage = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5-20250929",
  content: [
    { type: "thinking", thinking: "Look it up.", signature: "c2ln" },
    { type: "text", text: "One moment." },
    { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Łódź" } },
  ],
  stop_reason: "tool_use",
  stop_sequence: null,
  usage,
};

const claudeStream = [
  named(
    {
      type: "message_start",
      message: { ...claudeMessage, content: [], stop_reason: null },
    } as never,
  ),
  named({ type: "ping" }),
  named(
    {
      type: "content_block_start",
      index: 0,
      content_block: { type: "thinking", thinking: "", signature: "" },
    } as never,
  ),
  named(
    {
      type: "content_block_delta",
      index: 0,
      delta: { type: "thinking_delta", thinking: "Look it up." },
    } as never,
  ),
  named(
    {
      type: "content_block_delta",
      index: 0,
      delta: { type: "signature_delta", signature: "c2ln" },
    } as never,
  ),
  named({ type: "content_block_stop", index: 0 } as never),
  named(
    { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } } as never,
  ),
  named(
    { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "One " } } as never,
  ),
  named(
    {
      type: "content_block_delta",
      index: 1,
      delta: { type: "text_delta", text: "moment." },
    } as never,
  ),
  named({ type: "content_block_stop", index: 1 } as never),
  named(
    {
      type: "content_block_start",
      index: 2,
      content_block: { type: "tool_use", id: "toolu_1", name: "weather", input: {} },
    } as never,
  ),
  named(
    {
      type: "content_block_delta",
      index: 2,
      delta: { type: "input_json_delta", partial_json: '{"city":' },
    } as never,
  ),
  named(
    {
      type: "content_block_delta",
      index: 2,
      delta: { type: "input_json_delta", partial_json: '"Łódź"}' },
    } as never,
  ),
  named({ type: "content_block_stop", index: 2 } as never),
  named(
    {
      type: "message_delta",
      delta: { stop_reason: "tool_use", stop_sequence: null },
      usage: { output_tokens: 9 },
    } as never,
  ),
  named({ type: "message_stop" }),
];

const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
} as const;

const chatRequest = {
  model: "anthropic/claude-sonnet-4-5",
  max_tokens: 500,
  messages: [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "What is this, and how is the weather there?" },
        { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
      ],
    },
  ],
  tools: [{
    type: "function",
    function: { name: "weather", description: "By city", parameters: schema },
  }],
  tool_choice: "required",
} as const;

Deno.test("OpenAI's SDK talks to Anthropic: image, tools, reasoning, and the next turn of the conversation", async () => {
  await using upstream = await runUpstream((_, response) => json(response, claudeMessage));
  await using running = runGateway({
    upstreams: { anthropic: upstream.url },
    providerKeys: { anthropic: "sk-ant" },
  });
  const client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: projectKey, maxRetries: 0 });
  const answer = await client.chat.completions.create(chatRequest as never);
  const [seen] = upstream.seen;
  expect(seen).toMatchObject({
    path: "/v1/messages",
    headers: { "x-api-key": "sk-ant", "anthropic-version": "2023-06-01" },
  });
  // Nothing that OpenAI's SDK says of itself, and no key but the provider's.
  expect(
    Object.keys(seen?.headers ?? {}).filter((name) => /stainless|openai|authorization/.test(name)),
  )
    .toEqual([]);
  expect(bodyOf(seen)).toEqual({
    model: "claude-sonnet-4-5",
    max_tokens: 500,
    system: "Be brief.",
    messages: [{
      role: "user",
      content: [
        { type: "text", text: "What is this, and how is the weather there?" },
        {
          type: "image",
          source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" },
        },
      ],
    }],
    tools: [{ name: "weather", description: "By city", input_schema: schema }],
    tool_choice: { type: "any" },
  });
  const message = answer.choices[0]?.message;
  expect(message).toMatchObject({
    role: "assistant",
    content: "One moment.",
    reasoning_content: "Look it up.",
    tool_calls: [{
      id: "toolu_1",
      type: "function",
      function: { name: "weather", arguments: '{"city":"Łódź"}' },
    }],
  });
  expect(answer).toMatchObject({
    id: "msg_1",
    model: "claude-sonnet-4-5-20250929",
    choices: [{ finish_reason: "tool_calls" }],
    usage: {
      prompt_tokens: 25,
      completion_tokens: 9,
      total_tokens: 34,
      prompt_tokens_details: { cached_tokens: 5 },
    },
  });
  const { event, payloads } = running.log.only;
  expect(event.data).toMatchObject({
    provider: "anthropic",
    model: "claude-sonnet-4-5",
    endpoint: "chat",
    response_model: "claude-sonnet-4-5-20250929",
    // In Anthropic's own counting.
    usage: { source: "provider", buckets: { input: 20, cache_read: 5, output: 9 } },
  });
  expect(event.data.cost.usd).not.toBe(null);
  expect(JSON.parse(decoder.decode(payloads.response?.bytes))).toMatchObject({
    object: "chat.completion",
  });

  // What the answer said comes back as it was, its signature included.
  await client.chat.completions.create({
    ...chatRequest,
    messages: [
      ...chatRequest.messages,
      message,
      { role: "tool", tool_call_id: "toolu_1", content: "12 °C" },
    ],
  } as never);
  expect(bodyOf(upstream.seen[1]).messages.slice(1)).toEqual([
    { role: "assistant", content: claudeMessage.content },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "12 °C" }] },
  ]);
});

Deno.test("OpenAI's SDK streams from Anthropic, event by event", async () => {
  const { promise: goOn, resolve } = Promise.withResolvers<void>();
  await using upstream = await runUpstream(async (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const [i, event] of claudeStream.entries()) {
      // The rest comes only once the client has seen the text's first piece.
      if (i === 8) await goOn;
      response.write(event);
    }
    response.end();
  });
  await using running = runGateway({ upstreams: { anthropic: upstream.url } });
  const client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: projectKey, maxRetries: 0 });
  const chunks = await client.chat.completions.create(
    { ...chatRequest, stream: true, stream_options: { include_usage: true } } as never,
  ) as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>;
  let [content, args, reasoning] = ["", "", ""];
  let last: OpenAI.ChatCompletionChunk | null = null;
  const reasons: string[] = [];
  for await (const chunk of chunks) {
    const { delta, finish_reason } = chunk.choices[0] ?? {};
    content += delta?.content ?? "";
    reasoning += (delta as { reasoning_content?: string })?.reasoning_content ?? "";
    args += delta?.tool_calls?.[0]?.function?.arguments ?? "";
    if (finish_reason) reasons.push(finish_reason);
    if (content === "One ") resolve();
    last = chunk;
  }
  expect({ content, args, reasoning, reasons }).toEqual({
    content: "One moment.",
    args: '{"city":"Łódź"}',
    reasoning: "Look it up.",
    reasons: ["tool_calls"],
  });
  expect(last?.usage).toMatchObject({ prompt_tokens: 25, completion_tokens: 9 });
  expect(running.log.only.event).toMatchObject({
    type: "call.completed",
    data: { stream: true, finish_reason: "tool_use", usage: { buckets: { cache_read: 5 } } },
  });
});

const chatChunk = (delta: unknown, finish_reason: string | null = null) =>
  `data: ${
    JSON.stringify({
      id: "chatcmpl-1",
      object: "chat.completion.chunk",
      created: 1,
      model: "gpt-4o-2024-08-06",
      choices: [{ index: 0, delta, finish_reason }],
    })
  }\n\n`;

const chatStream = [
  chatChunk({ role: "assistant", content: "" }),
  chatChunk({ content: "Hi" }),
  chatChunk({
    tool_calls: [{
      index: 0,
      id: "call_1",
      type: "function",
      function: { name: "weather", arguments: "" },
    }],
  }),
  chatChunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
  chatChunk({ tool_calls: [{ index: 0, function: { arguments: '"Rome"}' } }] }),
  chatChunk({}, "tool_calls"),
  `data: ${
    JSON.stringify({
      id: "chatcmpl-1",
      model: "gpt-4o-2024-08-06",
      choices: [],
      usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
    })
  }\n\n`,
  "data: [DONE]\n\n",
];

Deno.test("Anthropic's SDK streams from OpenAI, and the message is put together as from Anthropic", async () => {
  await using upstream = await runUpstream((_, response) => stream(response, chatStream));
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const client = new Anthropic({ baseURL: running.url, apiKey: projectKey, maxRetries: 0 });
  const message = await client.messages.stream({
    model: "openai/gpt-4o",
    max_tokens: 100,
    system: "Be brief.",
    messages: [{ role: "user", content: "Hi" }],
    tools: [{ name: "weather", input_schema: schema as never }],
  }).finalMessage();
  expect(message).toMatchObject({
    id: "chatcmpl-1",
    model: "gpt-4o-2024-08-06",
    stop_reason: "tool_use",
    content: [
      { type: "text", text: "Hi" },
      { type: "tool_use", id: "call_1", name: "weather", input: { city: "Rome" } },
    ],
    usage: { output_tokens: 7 },
  });
  expect(upstream.seen[0]?.path).toBe("/v1/chat/completions");
  expect(bodyOf(upstream.seen[0])).toMatchObject({
    model: "gpt-4o",
    max_completion_tokens: 100,
    messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "Hi" }],
    stream_options: { include_usage: true },
  });
  expect(running.log.only.event.data).toMatchObject({
    provider: "openai",
    endpoint: "messages",
    usage: { source: "provider", buckets: { input: 11, output: 7 } },
  });
});

Deno.test("OpenAI's SDK talks to Gemini: ids are made, signatures come back", async () => {
  await using upstream = await runUpstream((_, response) =>
    json(response, {
      candidates: [{
        content: {
          role: "model",
          parts: [{
            functionCall: { name: "weather", args: { city: "Rome" } },
            thoughtSignature: "c2lnbmVk",
          }],
        },
        finishReason: "STOP",
        index: 0,
      }],
      usageMetadata: {
        promptTokenCount: 8,
        candidatesTokenCount: 4,
        thoughtsTokenCount: 3,
        totalTokenCount: 15,
      },
      modelVersion: "gemini-3-pro",
      responseId: "r1",
    })
  );
  await using running = runGateway({
    upstreams: { google: upstream.url },
    providerKeys: { google: "AIza" },
  });
  const client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: projectKey, maxRetries: 0 });
  const request = { ...chatRequest, model: "gemini/gemini-3-pro", reasoning_effort: "low" };
  const answer = await client.chat.completions.create(request as never) as OpenAI.ChatCompletion;
  expect(upstream.seen[0]).toMatchObject({
    path: "/v1beta/models/gemini-3-pro:generateContent",
    headers: { "x-goog-api-key": "AIza" },
  });
  expect(bodyOf(upstream.seen[0])).toEqual({
    systemInstruction: { parts: [{ text: "Be brief." }] },
    contents: [{
      role: "user",
      parts: [
        { text: "What is this, and how is the weather there?" },
        { inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } },
      ],
    }],
    tools: [{
      functionDeclarations: [{
        name: "weather",
        description: "By city",
        parametersJsonSchema: schema,
      }],
    }],
    toolConfig: { functionCallingConfig: { mode: "ANY" } },
    generationConfig: { maxOutputTokens: 500, thinkingConfig: { thinkingLevel: "LOW" } },
  });
  const message = answer.choices[0]?.message;
  const id = message?.tool_calls?.[0]?.id ?? "";
  expect(id).toMatch(/^call_[A-Za-z0-9_]+$/);
  expect(answer.usage).toMatchObject({
    completion_tokens: 7,
    completion_tokens_details: { reasoning_tokens: 3 },
  });

  await client.chat.completions.create({
    ...request,
    messages: [
      ...chatRequest.messages,
      message,
      { role: "tool", tool_call_id: id, content: '{"celsius":12}' },
    ],
  } as never);
  expect(bodyOf(upstream.seen[1]).contents.slice(1)).toEqual([
    {
      role: "model",
      parts: [{
        functionCall: { id, name: "weather", args: { city: "Rome" } },
        thoughtSignature: "c2lnbmVk",
      }],
    },
    {
      role: "user",
      parts: [{ functionResponse: { id, name: "weather", response: { celsius: 12 } } }],
    },
  ]);
});

Deno.test("a JSON schema, a stop sequence and a limit go to every format", async () => {
  await using upstream = await runUpstream((_, response) => json(response, {}));
  const names = ["openai", "anthropic", "google"];
  await using running = runGateway({
    upstreams: Object.fromEntries(names.map((name) => [name, upstream.url])),
  });
  for (const model of ["anthropic/claude-opus-4-6", "google/gemini-2.5-flash"]) {
    const response = await post(`${running.url}/v1/chat/completions`, {
      model,
      max_tokens: 9,
      stop: "END",
      reasoning_effort: "high",
      messages: [{ role: "user", content: "Hi" }],
      response_format: { type: "json_schema", json_schema: { name: "x", schema, strict: true } },
    });
    await response.body?.cancel();
  }
  expect(bodyOf(upstream.seen[0])).toMatchObject({
    max_tokens: 9,
    stop_sequences: ["END"],
    thinking: { type: "adaptive" },
    output_config: { effort: "high", format: { type: "json_schema", schema } },
  });
  expect(bodyOf(upstream.seen[1])).toMatchObject({
    generationConfig: {
      maxOutputTokens: 9,
      stopSequences: ["END"],
      responseMimeType: "application/json",
      responseJsonSchema: schema,
      thinkingConfig: { thinkingBudget: 16_384 },
    },
  });
});

Deno.test("what cannot be carried is refused before anything is sent, and named", async () => {
  await using upstream = await runUpstream((_, response) => json(response, claudeMessage));
  await using running = runGateway({ upstreams: { anthropic: upstream.url } });
  const ask = async (more: Record<string, unknown>) => {
    const response = await post(`${running.url}/v1/chat/completions`, {
      model: "anthropic/claude-sonnet-4-5",
      messages: [{ role: "user", content: "Hi" }],
      ...more,
    });
    expect(response.status).toBe(400);
    const { error } = await response.json();
    expect(error.code).toBe("translation_impossible");
    return error.details.field;
  };
  expect(await ask({ n: 2 })).toBe("n");
  expect(await ask({ logprobs: true })).toBe("logprobs");
  expect(await ask({ temperature: 1.5 })).toBe("temperature");
  expect(await ask({ response_format: { type: "json_object" } })).toBe("response_format");
  expect(await ask({ something_new: 1 })).toBe("something_new");
  expect(await ask({ messages: [{ role: "user", content: [{ type: "video" }] }] }))
    .toBe("messages[0].content[0].type");
  expect(
    await ask({
      messages: [{ role: "user", content: [{ type: "file", file: { file_id: "file-1" } }] }],
    }),
  ).toBe("messages[0].content[0].file.file_id");
  expect(upstream.seen.length).toBe(0);
  expect(running.log.records.every(({ event }) => event.type === "call.failed")).toBe(true);
});

Deno.test("an error of the provider keeps its status and comes in the client's dialect", async () => {
  await using upstream = await runUpstream((_, response) =>
    json(response, {
      type: "error",
      error: { type: "overloaded_error", message: "Overloaded" },
      request_id: "req_1",
    }, 529)
  );
  await using running = runGateway({ upstreams: { anthropic: upstream.url } });
  const client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: projectKey, maxRetries: 0 });
  const error = await client.chat.completions.create(chatRequest as never).catch((thrown) =>
    thrown
  );
  expect(error).toBeInstanceOf(OpenAI.APIError);
  expect(error).toMatchObject({ status: 529, code: "overloaded_error" });
  expect(String(error.message)).toContain("Overloaded");
  expect(running.log.only.event).toMatchObject({
    type: "call.failed",
    data: { status_code: 529, error: { code: "overloaded_error", origin: "provider" } },
  });
});

Deno.test("a translated stream that breaks does not look whole", async () => {
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(
      claudeStream.slice(0, 8).join(""),
      () => setTimeout(() => response.destroy(), 5),
    );
  });
  await using running = runGateway({ upstreams: { anthropic: upstream.url } });
  const response = await post(`${running.url}/v1/chat/completions`, {
    ...chatRequest,
    stream: true,
  });
  await expect(response.text()).rejects.toThrow();
  expect(running.log.only.event).toMatchObject({
    type: "call.failed",
    data: { error: { code: "upstream_broken" }, usage: { buckets: { input: 20 } } },
  });
});

Deno.test("a stream that its provider cuts off without an end has no end for the client", async () => {
  await using upstream = await runUpstream((_, response) =>
    stream(response, claudeStream.slice(0, 8))
  );
  await using running = runGateway({ upstreams: { anthropic: upstream.url } });
  const response = await post(`${running.url}/v1/chat/completions`, {
    ...chatRequest,
    stream: true,
  });
  const text = await response.text();
  expect(text).toContain('"content":"One "');
  expect(text).not.toContain("[DONE]");
  expect(text).not.toContain('finish_reason":"stop"');
});

Deno.test("an error event in the middle of a stream reaches the client as an error", async () => {
  const broken = named(
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" } } as never,
  );
  await using upstream = await runUpstream((_, response) =>
    stream(response, [...claudeStream.slice(0, 8), broken])
  );
  await using running = runGateway({ upstreams: { anthropic: upstream.url } });
  const response = await post(`${running.url}/v1/chat/completions`, {
    ...chatRequest,
    stream: true,
  });
  const text = await response.text();
  expect(text).toContain('"message":"Overloaded"');
  expect(text).not.toContain("[DONE]");
  expect(running.log.only.event.type).toBe("call.failed");
});
