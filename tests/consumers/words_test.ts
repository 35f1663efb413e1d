/** The words of bodies as the providers write them. */
import { expect } from "expect";
import fc from "fast-check";
import { inputWords, outputWords, parseBody, preview } from "@/consumers/clickhouse/words.ts";

const requests: Record<string, unknown> = {
  "OpenAI chat": {
    messages: [{ role: "system", content: "Be." }, { role: "user", content: "Why?" }],
  },
  "OpenAI chat in parts": {
    messages: [{
      role: "user",
      content: [{ type: "text", text: "Why?" }, { type: "image_url", image_url: { url: "data:" } }],
    }],
  },
  "OpenAI chat after a tool": {
    messages: [
      { role: "user", content: "Why?" },
      { role: "assistant", content: null, tool_calls: [] },
      { role: "tool", content: "42" },
    ],
  },
  "OpenAI responses": { input: "Why?" },
  "OpenAI responses in items": {
    input: [{ role: "user", content: [{ type: "input_text", text: "Why?" }] }],
  },
  "OpenAI completions": { prompt: "Why?" },
  "OpenAI embeddings": { input: ["Why?"] },
  "Anthropic": {
    system: "Be.",
    messages: [
      { role: "user", content: [{ type: "text", text: "Why?" }] },
      { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "42" }] },
    ],
  },
  "Gemini": {
    contents: [{ role: "user", parts: [{ text: "Why?" }] }, { role: "model", parts: [] }],
  },
  "Gemini without role": { contents: [{ parts: [{ text: "Why?" }] }] },
  "Gemini embeddings": { content: { parts: [{ text: "Why?" }] } },
};

for (const [name, body] of Object.entries(requests)) {
  Deno.test(`the user's last words in a request of ${name}`, () => {
    expect(inputWords(parseBody(JSON.stringify(body)))).toBe("Why?");
  });
}

const sse = (...chunks: unknown[]) =>
  chunks.map((chunk) => `data: ${typeof chunk === "string" ? chunk : JSON.stringify(chunk)}\n\n`)
    .join("");

const answers: Record<string, string> = {
  "OpenAI chat": JSON.stringify({ choices: [{ message: { content: "Because." } }] }),
  "OpenAI chat, streamed": sse(
    { choices: [{ delta: { role: "assistant", content: "" } }] },
    { choices: [{ delta: { content: "Beca" } }] },
    { choices: [{ delta: { content: "use." } }] },
    { choices: [], usage: {} },
    "[DONE]",
  ),
  "OpenAI responses": JSON.stringify({
    output: [
      { type: "reasoning", summary: [] },
      { type: "message", content: [{ type: "output_text", text: "Because." }] },
    ],
  }),
  "OpenAI responses, streamed":
    `event: response.output_text.delta\n${
      sse({ type: "response.output_text.delta", delta: "Because" })
    }` +
    sse({ type: "response.output_text.delta", delta: "." }, {
      type: "response.completed",
      response: {},
    }),
  "OpenAI completions": JSON.stringify({ choices: [{ text: "Because." }] }),
  "Anthropic": JSON.stringify({
    content: [{ type: "thinking", thinking: "Hm." }, { type: "text", text: "Because." }],
  }),
  "Anthropic, streamed": `event: message_start\n${
    sse(
      { type: "message_start", message: { content: [] } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm." } },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Becau" } },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "se." } },
    )
  }`,
  "Gemini": JSON.stringify({
    candidates: [{ content: { parts: [{ text: "Hm.", thought: true }, { text: "Because." }] } }],
  }),
  "Gemini, streamed": sse(
    { candidates: [{ content: { parts: [{ text: "Beca" }] } }] },
    { candidates: [{ content: { parts: [{ text: "use." }] } }] },
  ),
  "Gemini, streamed as an array": JSON.stringify([
    { candidates: [{ content: { parts: [{ text: "Beca" }] } }] },
    { candidates: [{ content: { parts: [{ text: "use." }] } }] },
  ]),
};

for (const [name, body] of Object.entries(answers)) {
  Deno.test(`the model's words in an answer of ${name}`, () => {
    expect(outputWords(parseBody(body))).toBe("Because.");
  });
}

Deno.test("bodies that are something else have no words and do no harm", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.json().map((one) => sse(one))), (body) => {
      const parsed = parseBody(body);
      expect(typeof inputWords(parsed)).toBe("string");
      expect(outputWords(parsed).isWellFormed()).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a preview is one line of at most 200 characters and never ends in half of one", () => {
  expect(preview("  a\n\tb  c ")).toBe("a b c");
  expect(preview("x".repeat(199) + "💸")).toBe("x".repeat(199));
  expect(preview("x".repeat(198) + "💸")).toBe("x".repeat(198) + "💸");
});
