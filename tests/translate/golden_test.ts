import { expect } from "expect";
import { AppError } from "@/core/error.ts";
import type { Dialect } from "@/core/gateway/translate/request.ts";
import { translateRequest } from "@/core/gateway/translate/translate_request.ts";

function translated(from: Dialect, to: Dialect, body: unknown, provider: string, model: string) {
  return translateRequest(JSON.stringify(body), from, to, { provider, model });
}

function refusal(from: Dialect, to: Dialect, body: unknown): unknown {
  try {
    translated(from, to, body, "anthropic", "claude-sonnet-4-5");
  } catch (error) {
    if (error instanceof AppError) return error.details?.field;
  }
  return null;
}

const schema = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city", "days"],
  additionalProperties: false,
};

const anthropic = {
  model: "claude-sonnet-4-5",
  max_tokens: 4_000,
  temperature: 1,
  system: [
    { type: "text", text: "You forecast.", cache_control: { type: "ephemeral", ttl: "1h" } },
    { type: "text", text: "Be brief." },
  ],
  thinking: { type: "enabled", budget_tokens: 2_048 },
  tools: [{ name: "forecast", description: "Days ahead", input_schema: schema, strict: true }],
  tool_choice: { type: "auto", disable_parallel_tool_use: true },
  output_config: { format: { type: "json_schema", schema } },
  metadata: { user_id: "u1" },
  messages: [
    {
      role: "user",
      content: [
        { type: "text", text: "Where is this?" },
        { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "/9j/" } },
        { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
        {
          type: "document",
          source: { type: "base64", media_type: "application/pdf", data: "JVBE" },
          title: "map.pdf",
        },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "A harbour.", signature: "c2ln" },
        { type: "text", text: "Gdańsk. " },
        { type: "tool_use", id: "toolu_1", name: "forecast", input: { city: "Gdańsk", days: 2 } },
        { type: "tool_use", id: "toolu_2", name: "forecast", input: { city: "Sopot", days: 2 } },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "toolu_1", content: '{"rain":true}' },
        {
          type: "tool_result",
          tool_use_id: "toolu_2",
          content: [{ type: "text", text: "no such station" }],
          is_error: true,
        },
        { type: "text", text: "And now?" },
      ],
    },
  ],
};

Deno.test("Anthropic to OpenAI: images, files, tools, schema, reasoning", () => {
  const { body, left } = translated("anthropic", "openai-chat", anthropic, "openai", "gpt-5");
  expect(body).toEqual({
    model: "gpt-5",
    max_completion_tokens: 4_000,
    temperature: 1,
    user: "u1",
    reasoning_effort: "low",
    parallel_tool_calls: false,
    tool_choice: "auto",
    tools: [{
      type: "function",
      function: { name: "forecast", description: "Days ahead", parameters: schema, strict: true },
    }],
    response_format: {
      type: "json_schema",
      json_schema: { name: "response", schema, strict: true },
    },
    messages: [
      {
        role: "system",
        content: [{ type: "text", text: "You forecast." }, { type: "text", text: "Be brief." }],
      },
      {
        role: "user",
        content: [
          { type: "text", text: "Where is this?" },
          { type: "image_url", image_url: { url: "data:image/jpeg;base64,/9j/" } },
          { type: "image_url", image_url: { url: "https://example.com/a.png" } },
          {
            type: "file",
            file: { filename: "map.pdf", file_data: "data:application/pdf;base64,JVBE" },
          },
        ],
      },
      {
        role: "assistant",
        content: "Gdańsk. ",
        tool_calls: [
          {
            id: "toolu_1",
            type: "function",
            function: { name: "forecast", arguments: '{"city":"Gdańsk","days":2}' },
          },
          {
            id: "toolu_2",
            type: "function",
            function: { name: "forecast", arguments: '{"city":"Sopot","days":2}' },
          },
        ],
      },
      { role: "tool", tool_call_id: "toolu_1", content: '{"rain":true}' },
      { role: "tool", tool_call_id: "toolu_2", content: "no such station" },
      { role: "user", content: "And now?" },
    ],
  });
  expect([...left].sort()).toEqual([
    "cacheHint",
    "reasoningMeasure",
    "reasoningSent",
    "reasoningShown",
    "toolFailed",
  ]);
});

Deno.test("Anthropic to Gemini: results by name, failures as errors, foreign calls let pass", () => {
  const asked = { ...anthropic, tool_choice: { type: "tool", name: "forecast" } };
  const { body } = translated("anthropic", "gemini", asked, "google", "gemini-2.5-pro");
  expect(body).toEqual({
    systemInstruction: { parts: [{ text: "You forecast." }, { text: "Be brief." }] },
    tools: [{
      functionDeclarations: [{
        name: "forecast",
        description: "Days ahead",
        parametersJsonSchema: schema,
      }],
    }],
    toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["forecast"] } },
    generationConfig: {
      maxOutputTokens: 4_000,
      temperature: 1,
      responseMimeType: "application/json",
      responseJsonSchema: schema,
      thinkingConfig: { thinkingBudget: 2_048, includeThoughts: true },
    },
    contents: [
      {
        role: "user",
        parts: [
          { text: "Where is this?" },
          { inlineData: { mimeType: "image/jpeg", data: "/9j/" } },
          { fileData: { mimeType: "image/png", fileUri: "https://example.com/a.png" } },
          { inlineData: { mimeType: "application/pdf", data: "JVBE" } },
        ],
      },
      {
        role: "model",
        parts: [
          { text: "Gdańsk. " },
          {
            functionCall: { id: "toolu_1", name: "forecast", args: { city: "Gdańsk", days: 2 } },
            thoughtSignature: "skip_thought_signature_validator",
          },
          { functionCall: { id: "toolu_2", name: "forecast", args: { city: "Sopot", days: 2 } } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "toolu_1", name: "forecast", response: { rain: true } } },
          {
            functionResponse: {
              id: "toolu_2",
              name: "forecast",
              response: { error: "no such station" },
            },
          },
          { text: "And now?" },
        ],
      },
    ],
  });
});

Deno.test("Gemini to Anthropic: calls without ids get the same ids as their results", () => {
  const { body } = translated(
    "gemini",
    "anthropic",
    {
      system_instruction: { parts: [{ text: "Be brief." }] },
      contents: [
        {
          role: "user",
          parts: [{ text: "Both!" }, { inline_data: { mime_type: "image/png", data: "iVBO" } }],
        },
        {
          role: "model",
          parts: [
            { functionCall: { name: "a", args: { x: 1 } }, thoughtSignature: "c2ln" },
            { functionCall: { name: "a", args: { x: 2 } } },
            { functionCall: { name: "b", args: {} } },
          ],
        },
        {
          role: "user",
          parts: [
            { functionResponse: { name: "a", response: { output: "first" } } },
            { functionResponse: { name: "a", response: { error: "second" } } },
            { functionResponse: { name: "b", response: { n: 1 } } },
          ],
        },
      ],
      tools: [{
        functionDeclarations: [
          {
            name: "a",
            parameters: { type: "OBJECT", properties: { x: { type: "INTEGER", nullable: true } } },
          },
          { name: "b" },
        ],
      }],
      generationConfig: { topK: 40, stopSequences: ["."], thinkingConfig: { thinkingBudget: 0 } },
    },
    "anthropic",
    "claude-3-5-sonnet-20241022",
  );
  expect(body).toMatchObject({
    max_tokens: 8_192,
    system: "Be brief.",
    top_k: 40,
    stop_sequences: ["."],
    thinking: { type: "disabled" },
    tools: [
      {
        name: "a",
        input_schema: { type: "object", properties: { x: { type: ["integer", "null"] } } },
      },
      { name: "b", input_schema: { type: "object", properties: {} } },
    ],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "Both!" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBO" } },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "call_1_0", name: "a", input: { x: 1 } },
          { type: "tool_use", id: "call_1_1", name: "a", input: { x: 2 } },
          { type: "tool_use", id: "call_1_2", name: "b", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "call_1_0", content: "first" },
          { type: "tool_result", tool_use_id: "call_1_1", content: "second", is_error: true },
          { type: "tool_result", tool_use_id: "call_1_2", content: '{"n":1}' },
        ],
      },
    ],
  });
});

Deno.test("numbers keep every digit through a translation", () => {
  const source =
    '{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c1","type":"function",' +
    '"function":{"name":"f","arguments":"{\\"id\\":12345678901234567890,\\"x\\":0.1000000000000000055}"}}]}]}';
  const there = translateRequest(source, "openai-chat", "anthropic", {
    provider: "anthropic",
    model: "claude-sonnet-4-5",
  });
  expect(JSON.stringify(there.body)).toContain(
    '"input":{"id":12345678901234567890,"x":0.1000000000000000055}',
  );
});

Deno.test("ids of tool calls fit the provider, and stay together", () => {
  const body = {
    ...anthropic,
    thinking: undefined,
    messages: [
      {
        role: "assistant",
        content: [{ type: "tool_use", id: "toolu_01AbC", name: "f", input: {} }],
      },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: "toolu_01AbC", content: "x" }],
      },
    ],
  };
  const { body: sent } = translated(
    "anthropic",
    "openai-chat",
    body,
    "mistral",
    "mistral-large-latest",
  );
  const [, assistant, tool] = sent.messages as {
    tool_calls?: { id: string }[];
    tool_call_id?: string;
  }[];
  expect(assistant?.tool_calls?.[0]?.id).toMatch(/^[a-zA-Z0-9]{9}$/);
  expect(tool?.tool_call_id).toBe(assistant?.tool_calls?.[0]?.id);
});

Deno.test("Anthropic's reasoning goes through OpenRouter's form and back, signature and all", () => {
  const { body } = translated(
    "anthropic",
    "openai-chat",
    anthropic,
    "openrouter",
    "anthropic/claude",
  );
  const back = translated("openai-chat", "anthropic", body, "anthropic", "claude-sonnet-4-5").body;
  const [, assistant] = back.messages as { content: unknown[] }[];
  expect(assistant?.content[0]).toEqual({
    type: "thinking",
    thinking: "A harbour.",
    signature: "c2ln",
  });
  expect(back.system).toEqual(anthropic.system);
});

Deno.test("a model that decides itself is given an effort, another one a budget", () => {
  const ask = (model: string, effort: string, more: Record<string, unknown> = {}) =>
    translated(
      "openai-chat",
      "anthropic",
      { model: "x", reasoning_effort: effort, messages: [], ...more },
      "anthropic",
      model,
    ).body;
  expect(ask("claude-opus-4-6", "xhigh")).toMatchObject({
    thinking: { type: "adaptive" },
    output_config: { effort: "xhigh" },
  });
  expect(ask("claude-sonnet-4-5", "high")).toMatchObject({
    max_tokens: 64_000,
    thinking: { type: "enabled", budget_tokens: 16_384 },
  });
  expect(ask("claude-sonnet-4-5", "high", { max_tokens: 4_000 }).thinking)
    .toEqual({ type: "enabled", budget_tokens: 2_000 });
  expect(ask("claude-sonnet-4-5", "none").thinking).toEqual({ type: "disabled" });
  // Without the reasoning before it, a tool's result can only be answered without reasoning.
  const tool = [
    { role: "user", content: "Hi" },
    {
      role: "assistant",
      tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "c1", content: "x" },
  ];
  expect(ask("claude-sonnet-4-5", "high", { messages: tool }).thinking).toBeUndefined();
});

Deno.test("what has no place is named as the client wrote it", () => {
  const chat = { model: "m", messages: [{ role: "user", content: "Hi" }] };
  const to = (more: Record<string, unknown>, target: Dialect = "anthropic") =>
    refusal("openai-chat", target, { ...chat, ...more });
  expect(to({ presence_penalty: 0 })).toBe(null);
  expect(to({ presence_penalty: 0.5 })).toBe("presence_penalty");
  expect(to({ parallel_tool_calls: false }, "gemini")).toBe("parallel_tool_calls");
  expect(to({ logit_bias: { 1: 2 } })).toBe("logit_bias");
  expect(to({ logit_bias: {} })).toBe(null);
  expect(to({ modalities: ["text", "audio"] })).toBe("modalities");
  expect(to({ tools: [{ type: "custom", custom: {} }] })).toBe("tools[0].type");
  expect(to({ messages: [{ role: "user", name: "Ann", content: "Hi" }] })).toBe("messages[0].name");
  expect(
    to({ messages: [{ role: "user", content: "a" }, { role: "system", content: "b" }] }, "gemini"),
  )
    .toBe("messages[1]");
  expect(to({ messages: [{ role: "tool", tool_call_id: "c9", content: "x" }] }))
    .toBe("messages[0].tool_call_id");
  expect(
    to({
      messages: [{
        role: "assistant",
        tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "[1]" } }],
      }],
    }),
  ).toBe("messages[0].tool_calls[0].function.arguments");
  expect(refusal("anthropic", "openai-chat", { ...anthropic, top_k: 5 })).toBe("top_k");
  expect(refusal("anthropic", "gemini", { ...anthropic, mcp_servers: [{}] })).toBe("mcp_servers");
  expect(refusal("gemini", "anthropic", { contents: [], cachedContent: "c/1" })).toBe(
    "cachedContent",
  );
  expect(refusal("gemini", "anthropic", { contents: [], tools: [{ googleSearch: {} }] }))
    .toBe("tools[0].googleSearch");
  expect(refusal("gemini", "anthropic", { contents: [], generationConfig: { candidateCount: 2 } }))
    .toBe("generationConfig.candidateCount");
});
