import { expect } from "expect";
import { emptyBuckets, type UsageBuckets } from "@/core/event/usage.ts";
import type { FormatName } from "@/core/gateway/formats/format.ts";
import { readAnswer } from "@/core/gateway/formats/read.ts";
import { formats } from "@/core/gateway/formats/table.ts";
import { parseJson } from "@/core/json.ts";

const encoder = new TextEncoder();

function read(format: FormatName, body: unknown, contentType = "application/json") {
  const source = typeof body === "string" ? body : JSON.stringify(body);
  return readAnswer(formats[format], { bytes: encoder.encode(source), contentType });
}

function stream(format: FormatName, ...events: unknown[]) {
  const source = events.map((event) =>
    `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`
  ).join("");
  return read(format, source, "text/event-stream");
}

function buckets(some: Partial<UsageBuckets>): UsageBuckets {
  return { ...emptyBuckets(), ...some };
}

interface Case {
  readonly name: string;
  readonly format: FormatName;
  readonly body: unknown;
  readonly buckets: Partial<UsageBuckets>;
  readonly total: number | null;
  readonly consistent?: boolean;
}

const cases: readonly Case[] = [
  {
    name: "OpenAI chat with cached, written, audio and image input, reasoning and audio output",
    format: "openai-chat",
    body: {
      usage: {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: {
          cached_tokens: 40,
          cache_write_tokens: 10,
          audio_tokens: 7,
          image_tokens: 3,
        },
        completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 5 },
      },
    },
    buckets: {
      input: 40,
      cache_read: 40,
      cache_write: 10,
      input_audio: 7,
      input_image: 3,
      output: 25,
      reasoning: 20,
      output_audio: 5,
    },
    total: 150,
  },
  {
    name: "xAI, whose completion excludes reasoning",
    format: "openai-chat",
    body: {
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 35,
        completion_tokens_details: { reasoning_tokens: 20 },
      },
    },
    buckets: { input: 10, output: 5, reasoning: 20 },
    total: 35,
  },
  {
    name: "a provider whose total contradicts its parts: flagged, not changed",
    format: "openai-chat",
    body: { usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 99 } },
    buckets: { input: 10, output: 5 },
    total: 99,
    consistent: false,
  },
  {
    name: "more cached tokens than input: flagged",
    format: "openai-chat",
    body: { usage: { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 11 } } },
    buckets: { cache_read: 11 },
    total: null,
    consistent: false,
  },
  {
    name: "OpenAI responses",
    format: "openai-responses",
    body: {
      output: [
        { type: "web_search_call", action: { type: "search" } },
        { type: "web_search_call", action: { type: "open_page" } },
      ],
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 60 },
        output_tokens: 30,
        output_tokens_details: { reasoning_tokens: 10 },
        total_tokens: 130,
      },
    },
    buckets: { input: 40, cache_read: 60, output: 20, reasoning: 10, tool_requests: 1 },
    total: 130,
  },
  {
    name: "embeddings that report only a total",
    format: "openai-embeddings",
    body: { usage: { total_tokens: 12 } },
    buckets: { input: 12 },
    total: 12,
  },
  {
    name: "Anthropic with both cache lifetimes, whose input excludes the cache",
    format: "anthropic",
    body: {
      type: "message",
      usage: {
        input_tokens: 500,
        cache_read_input_tokens: 8_000,
        cache_creation_input_tokens: 1_500,
        cache_creation: { ephemeral_5m_input_tokens: 1_000, ephemeral_1h_input_tokens: 500 },
        output_tokens: 300,
        output_tokens_details: { thinking_tokens: 100 },
        server_tool_use: { web_search_requests: 2 },
      },
    },
    buckets: {
      input: 500,
      cache_read: 8_000,
      cache_write_5m: 1_000,
      cache_write_1h: 500,
      output: 200,
      reasoning: 100,
      tool_requests: 2,
    },
    total: null,
  },
  {
    name: "Anthropic with a cache write of unnamed lifetime",
    format: "anthropic",
    body: {
      type: "message",
      usage: { input_tokens: 1, cache_creation_input_tokens: 9, output_tokens: 1 },
    },
    buckets: { input: 1, cache_write: 9, output: 1 },
    total: null,
  },
  {
    name: "Anthropic with a compaction that is charged beside the message",
    format: "anthropic",
    body: {
      type: "message",
      usage: {
        input_tokens: 181,
        output_tokens: 8,
        iterations: [
          {
            type: "compaction",
            input_tokens: 100,
            output_tokens: 83,
            cache_read_input_tokens: 55_096,
          },
          { type: "message", input_tokens: 181, output_tokens: 8 },
        ],
      },
    },
    buckets: { input: 281, output: 91, cache_read: 55_096 },
    total: null,
  },
  {
    name: "Gemini with thoughts, tools, cache and modalities",
    format: "gemini",
    body: {
      usageMetadata: {
        promptTokenCount: 100,
        cachedContentTokenCount: 30,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: 60 },
          { modality: "AUDIO", tokenCount: 40 },
        ],
        cacheTokensDetails: [{ modality: "AUDIO", tokenCount: 30 }],
        toolUsePromptTokenCount: 7,
        candidatesTokenCount: 20,
        thoughtsTokenCount: 15,
        totalTokenCount: 142,
      },
    },
    buckets: { input: 67, cache_read: 30, input_audio: 10, output: 20, reasoning: 15 },
    total: 142,
  },
  {
    name: "Bedrock Converse with the cache beside the input",
    format: "bedrock-converse",
    body: {
      usage: {
        inputTokens: 10,
        outputTokens: 5,
        cacheReadInputTokens: 20,
        cacheWriteInputTokens: 30,
        cacheDetails: [{ ttl: "1h", inputTokens: 10 }],
        totalTokens: 65,
      },
    },
    buckets: { input: 10, cache_read: 20, cache_write: 20, cache_write_1h: 10, output: 5 },
    total: 65,
  },
  {
    name: "Cohere's billed tokens",
    format: "cohere",
    body: {
      usage: { billed_units: { input_tokens: 3, output_tokens: 4 }, tokens: { input_tokens: 99 } },
    },
    buckets: { input: 3, output: 4 },
    total: null,
  },
];

for (const { name, format, body, buckets: expected, total, consistent = true } of cases) {
  Deno.test(`usage of ${name}`, () => {
    expect(read(format, body).usage).toEqual({
      buckets: buckets(expected),
      source: "provider",
      reported_total: total,
      consistent,
    });
  });
}

Deno.test("a chat stream gives text, interleaved tool calls, usage and its end", () => {
  const delta = (delta: unknown, finish_reason: string | null = null) => ({
    id: "c1",
    model: "m1",
    choices: [{ index: 0, delta, finish_reason }],
    usage: null,
  });
  const call = (index: number, id: string | undefined, name: string | undefined, args: string) =>
    delta({ tool_calls: [{ index, id, function: { name, arguments: args } }] });
  const facts = stream(
    "openai-chat",
    delta({ role: "assistant", content: "" }),
    delta({ content: "Héllo " }),
    delta({ content: "you" }),
    call(0, "t1", "one", ""),
    call(1, "t2", "two", '{"b":'),
    call(0, undefined, undefined, '{"a":1}'),
    call(1, undefined, undefined, "2}"),
    delta({}, "tool_calls"),
    { id: "c1", choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } },
    "[DONE]",
  );
  expect(facts).toMatchObject({
    responseModel: "m1",
    responseId: "c1",
    text: "Héllo you",
    finishReason: "tool_calls",
    complete: true,
    toolCalls: [
      { id: "t1", name: "one", arguments: '{"a":1}' },
      { id: "t2", name: "two", arguments: '{"b":2}' },
    ],
    usage: { buckets: { input: 3, output: 4 } },
  });
});

const messageStart = {
  type: "message_start",
  message: {
    id: "m1",
    model: "claude",
    usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 },
  },
};

Deno.test("an Anthropic stream's usage is cumulative, and a repeated start does not add", () => {
  const facts = stream(
    "anthropic",
    messageStart,
    messageStart,
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "ping" },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
    {
      type: "content_block_start",
      index: 1,
      content_block: { type: "tool_use", id: "t", name: "f", input: {} },
    },
    {
      type: "content_block_delta",
      index: 1,
      delta: { type: "input_json_delta", partial_json: '{"a"' },
    },
    {
      type: "content_block_delta",
      index: 1,
      delta: { type: "input_json_delta", partial_json: ":1}" },
    },
    { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 20 } },
    { type: "message_delta", delta: {}, usage: { output_tokens: 25, input_tokens: null } },
    { type: "message_stop" },
  );
  expect(facts.usage.buckets).toEqual(buckets({ input: 10, cache_read: 5, output: 25 }));
  expect(facts).toMatchObject({
    text: "Hi",
    finishReason: "tool_use",
    complete: true,
    toolCalls: [{ id: "t", name: "f", arguments: '{"a":1}' }],
  });
});

Deno.test("an Anthropic tool call without arguments keeps its empty input", () => {
  const facts = stream(
    "anthropic",
    messageStart,
    {
      type: "content_block_start",
      index: 0,
      content_block: { type: "tool_use", id: "t", name: "f", input: {} },
    },
    { type: "message_stop" },
  );
  expect(facts.toolCalls).toEqual([{ id: "t", name: "f", arguments: "{}" }]);
});

Deno.test("an error event inside a stream is the call's error", () => {
  const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
  expect(stream("anthropic", messageStart, error).error)
    .toEqual({ code: "overloaded_error", message: "Overloaded" });
  expect(stream("openai-chat", { error: { message: "no", code: "x" } }).error?.code).toBe("x");
});

Deno.test("a Gemini stream's last usage counts, as JSON list and as events", () => {
  const chunk = (text: string, count: number, finishReason?: string) => ({
    candidates: [{ content: { parts: [{ text }] }, finishReason }],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: count, totalTokenCount: 5 + count },
    modelVersion: "gemini-x",
  });
  const chunks = [chunk("a", 1), chunk("b", 2), chunk("c", 3, "STOP")];
  for (const facts of [stream("gemini", ...chunks), read("gemini", chunks)]) {
    expect(facts).toMatchObject({ text: "abc", finishReason: "STOP", complete: true });
    expect(facts.usage.buckets).toEqual(buckets({ input: 5, output: 3 }));
  }
});

Deno.test("a stored response counts only when it was made in the background", () => {
  const body = { id: "r", status: "completed", usage: { input_tokens: 1, output_tokens: 2 } };
  expect(read("openai-stored-response", body).usage.source).toBe("none");
  expect(read("openai-stored-response", { ...body, background: true }).usage.source).toBe(
    "provider",
  );
});

Deno.test("usage is found at the end of a JSON answer that is too long to keep", () => {
  const source = JSON.stringify({
    data: [{ embedding: Array.from({ length: 20_000 }, (_, i) => i / 7) }],
    usage: { prompt_tokens: 9, total_tokens: 9 },
  });
  const bytes = encoder.encode(source);
  const facts = readAnswer(formats["openai-embeddings"], {
    bytes: bytes.subarray(0, 1_000),
    tail: bytes.subarray(-2_000),
    contentType: "application/json",
  });
  expect(facts.usage.buckets).toEqual(buckets({ input: 9 }));
  expect(facts.complete).toBe(false);
});

Deno.test("readers survive whatever a provider may send", () => {
  const strange = [
    "",
    "null",
    "[]",
    "{}",
    "[null,1]",
    '{"usage":null,"choices":null,"output":7,"content":{},"candidates":[null]}',
    '{"usage":{"prompt_tokens":-1,"completion_tokens":1e300,"input_tokens":"7","output_tokens":{}}}',
    '{"choices":[{"delta":{"tool_calls":[{"function":null}]}}],"error":[]}',
    "data: {\n\ndata: [DONE]\n\n",
    "\u0000\uffff",
  ];
  for (const format of Object.values(formats)) {
    for (const body of strange) {
      for (const contentType of ["application/json", "text/event-stream", ""]) {
        const facts = read(format.name, body, contentType);
        for (const count of Object.values(facts.usage.buckets)) {
          expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
        }
        format.requestText(parseJson(body));
      }
    }
  }
});

Deno.test("a key that a provider echoes is masked in its error", () => {
  const { error } = read("openai-chat", {
    error: {
      message: "Incorrect API key provided: sk-proj-CANARY1234567. Bearer CANARYtoken",
      code: 401,
    },
  });
  expect(error?.message).not.toContain("CANARY");
});

Deno.test("request text holds system, messages and parts, for search", () => {
  const text = (format: FormatName, body: unknown) => formats[format].requestText(body);
  expect(text("openai-chat", {
    messages: [{ role: "system", content: "S" }, { content: [{ type: "text", text: "U" }] }],
  })).toBe("S\nU");
  expect(text("openai-responses", { instructions: "I", input: [{ content: "Q" }] })).toBe("I\nQ");
  expect(text("anthropic", { system: [{ text: "S" }], messages: [{ content: "U" }] })).toBe("S\nU");
  expect(text("gemini", { contents: [{ parts: [{ text: "G" }] }] })).toBe("G");
});
