/** Calls as conversations: the wire formats, streamed and not, and what must never grow or load. */
import { expect } from "expect";
import fc from "fast-check";
import { transcriptOf } from "@/core/transcript/transcript.ts";
import { transcriptSchema } from "@/core/transcript/types.ts";

const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

function read(path: string, request: unknown, response: string, responseType = "application/json") {
  return transcriptOf({
    path,
    request: JSON.stringify(request),
    response,
    responseType,
    status: 200,
  });
}

const sse = (events: readonly unknown[]) =>
  events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`)
    .join("");

Deno.test("OpenAI's chat: roles, tool calls and results, pictures, a streamed answer", () => {
  const { turns, answer, tools } = read(
    "/v1/chat/completions",
    {
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } },
            { type: "image_url", image_url: { url: "https://elsewhere.example/x.png" } },
          ],
        },
        {
          role: "assistant",
          tool_calls: [{ id: "t1", function: { name: "look", arguments: `{"at":1}` } }],
        },
        { role: "tool", tool_call_id: "t1", content: "a pixel" },
      ],
      tools: [{ type: "function", function: { name: "look" } }],
    },
    sse([
      { choices: [{ index: 0, delta: { role: "assistant", content: "A pi" } }] },
      { choices: [{ index: 0, delta: { content: "xel." } }] },
      {
        choices: [{
          index: 0,
          delta: {
            tool_calls: [{ index: 0, id: "t2", function: { name: "save", arguments: "{" } }],
          },
        }],
      },
      {
        choices: [{
          index: 0,
          delta: { tool_calls: [{ index: 0, function: { arguments: `"x":1}` } }] },
          finish_reason: "tool_calls",
        }],
      },
      "[DONE]",
    ]),
    "text/event-stream",
  );
  expect(tools).toEqual(["look"]);
  expect(turns.map(({ role, parts }) => [role, ...parts.map(({ type }) => type)])).toEqual([
    ["developer", "text"],
    ["user", "text", "image", "image"],
    ["assistant", "tool_call"],
    ["tool", "tool_result"],
  ]);
  expect(turns[1]?.parts.slice(1)).toMatchObject([
    { source: { kind: "data", url: `data:image/png;base64,${pixel}` } },
    { source: { kind: "remote", url: "https://elsewhere.example/x.png" } },
  ]);
  expect(turns[3]?.parts).toMatchObject([{ id: "t1", text: "a pixel" }]);
  expect(answer?.parts).toEqual([
    { type: "text", text: "A pixel.", cut: 0 },
    { type: "tool_call", id: "t2", name: "save", text: `{"x":1}`, cut: 0 },
  ]);
});

Deno.test("OpenAI's responses: items of all kinds, reasoning, a whole answer", () => {
  const { turns, answer } = read(
    "/v1/responses",
    {
      instructions: "Be brief.",
      input: [
        { role: "user", content: [{ type: "input_text", text: "Weather?" }] },
        { type: "reasoning", summary: [{ type: "summary_text", text: "It asks." }] },
        { type: "function_call", call_id: "c1", name: "weather", arguments: "{}" },
        { type: "function_call_output", call_id: "c1", output: "sun" },
      ],
    },
    JSON.stringify({
      status: "completed",
      output: [
        { type: "reasoning", id: "r", summary: [{ type: "summary_text", text: "Sun it is." }] },
        {
          type: "message",
          role: "assistant",
          content: [{ type: "output_text", text: "Sunny." }],
        },
      ],
    }),
  );
  expect(turns.map(({ role, parts }) => [role, parts[0]?.type])).toEqual([
    ["system", "text"],
    ["user", "text"],
    ["assistant", "reasoning"],
    ["assistant", "tool_call"],
    ["tool", "tool_result"],
  ]);
  expect(answer?.parts.map((part) => "text" in part ? [part.type, part.text] : [part.type]))
    .toEqual([["reasoning", "Sun it is."], ["text", "Sunny."]]);
});

Deno.test("Anthropic's messages: system, thinking, tools and their failures, a stream", () => {
  const { turns, answer } = read(
    "/v1/messages",
    {
      system: [{ type: "text", text: "Be brief." }],
      messages: [
        { role: "user", content: "Hi" },
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "u1", name: "look", input: { a: 1 } }],
        },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "u1", is_error: true, content: "no" }],
        },
      ],
    },
    sse([
      { type: "message_start", message: { id: "m", role: "assistant", content: [] } },
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm." } },
      { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Hello" } },
      { type: "message_stop" },
    ]),
    "text/event-stream",
  );
  expect(turns.map(({ role, parts }) => [role, parts[0]?.type])).toEqual([
    ["system", "text"],
    ["user", "text"],
    ["assistant", "tool_call"],
    ["user", "tool_result"],
  ]);
  expect(turns[3]?.parts[0]).toMatchObject({ error: true, text: "no" });
  expect(answer?.parts).toMatchObject([
    { type: "reasoning", text: "Hm." },
    { type: "text", text: "Hello" },
  ]);
});

Deno.test("Gemini's contents: roles, calls, inline pictures, thoughts", () => {
  const { turns, answer } = read(
    "/v1beta/models/gemini-2.5-pro:generateContent",
    {
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [
        {
          role: "user",
          parts: [{ text: "Hi" }, { inlineData: { mimeType: "image/png", data: pixel } }],
        },
        { role: "model", parts: [{ functionCall: { name: "look", args: { a: 1 } } }] },
        { role: "user", parts: [{ functionResponse: { name: "look", response: { b: 2 } } }] },
      ],
    },
    JSON.stringify({
      candidates: [{
        content: { parts: [{ text: "Hm.", thought: true }, { text: "Hello" }] },
        finishReason: "STOP",
      }],
    }),
  );
  expect(turns.map(({ role, parts }) => [role, ...parts.map(({ type }) => type)])).toEqual([
    ["system", "text"],
    ["user", "text", "image"],
    ["assistant", "tool_call"],
    ["user", "tool_result"],
  ]);
  expect(answer?.parts).toMatchObject([
    { type: "reasoning", text: "Hm." },
    { type: "text", text: "Hello" },
  ]);
});

Deno.test("pictures that could run, are too large or are none are not written into the page", () => {
  const picture = (url: string) =>
    read("/v1/chat/completions", {
      messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }],
    }, "{}").turns[0]?.parts[0];
  const kinds = {
    [`data:image/svg+xml;base64,${btoa("<svg onload=alert(1)>")}`]: "withheld",
    [`data:text/html;base64,${btoa("<script>")}`]: "withheld",
    [`data:image/png;base64,${"A".repeat(600_000)}`]: "withheld",
    [`data:image/png;base64,AA"onerror="x`]: "remote",
    "javascript:alert(1)": "remote",
    "https://elsewhere.example/x.png": "remote",
  };
  for (const [url, kind] of Object.entries(kinds)) {
    expect([url.slice(0, 40), picture(url)]).toMatchObject([url.slice(0, 40), {
      source: { kind },
    }]);
  }
});

Deno.test("long texts and long conversations are cut and say so", () => {
  const { turns, omitted } = read("/v1/chat/completions", {
    messages: Array.from({ length: 1_000 }, (_, at) => ({
      role: "user",
      content: "x".repeat(at === 0 ? 120_000 : 10),
    })),
  }, "{}");
  expect([turns.length, omitted]).toEqual([200, 800]);
  expect(turns[0]?.parts[0]).toMatchObject({ cut: 20_000 });
});

Deno.test("nothing that a body holds breaks the reader", () => {
  const paths = [
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/messages",
    "/x:generateContent",
    "/y",
  ];
  fc.assert(fc.property(
    fc.constantFrom(...paths),
    fc.json({ maxDepth: 6 }),
    fc.oneof(fc.json({ maxDepth: 6 }), fc.string({ unit: "binary" })),
    (path, request, response) => {
      const wrapped = `{"messages":[${request}],"contents":[${request}],"input":[${request}]}`;
      const found = transcriptOf({
        path,
        request: wrapped,
        response,
        responseType: null,
        status: 200,
      });
      expect(transcriptSchema.safeParse(found).success).toBe(true);
    },
  ));
});
