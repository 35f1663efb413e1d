import { expect } from "expect";
import fc from "fast-check";
import type { FormatName } from "@/core/gateway/formats/format.ts";
import { readAnswer } from "@/core/gateway/formats/read.ts";
import { formats } from "@/core/gateway/formats/table.ts";
import { withoutText } from "@/core/gateway/formats/text_events.ts";

const encoder = new TextEncoder();

/** What a reader that passes text over finds, and one that sees every event. */
function bothWays(format: FormatName, bytes: Uint8Array, contentType = "text/event-stream") {
  const body = { bytes, contentType };
  return {
    passing: readAnswer(formats[format], body, { text: false }),
    seeing: { ...readAnswer(formats[format], body), text: "" },
  };
}

const chunk = (choice: object, more: object = {}) =>
  `data: ${
    JSON.stringify({
      id: "c1",
      object: "chat.completion.chunk",
      model: "gpt-4o-2024-08-06",
      choices: [{ index: 0, ...choice }],
      ...more,
    })
  }\n\n`;

const words = fc.string({ unit: "grapheme" });

/** Text that talks about what tells something, too. */
const speech = fc.oneof(
  words,
  fc.constantFrom(
    `"tool_calls"`,
    `"finish_reason":"stop"`,
    `{"error":{}}`,
    `"usage":{"prompt_tokens":9}`,
    "a\n\ndata: [DONE]\n\n",
  ),
);

const chatEvent = fc.oneof(
  { weight: 5, arbitrary: speech.map((content) => chunk({ delta: { content } })) },
  speech.map((content) => chunk({ delta: { content }, finish_reason: null }, { usage: null })),
  fc.constantFrom(
    chunk({ delta: {}, finish_reason: "stop" }),
    chunk({ delta: { content: "x" }, finish_reason: "length" }),
    chunk({}, { usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } }),
    chunk({ delta: {} }, { usage: null, x_groq: { usage: { prompt_tokens: 4 } } }),
    chunk({ delta: { function_call: { name: "f", arguments: "{}" } } }),
    chunk({ delta: {} }).replace(`"choices"`, `"error": {"code":"overloaded"}, "choices"`),
    chunk({ delta: {} }).replace(`"choices"`, `"usage" : {"prompt_tokens":2}, "choices"`),
    `data: [{"error":{"code":429,"message":"Slow down"}}]\n\n`,
    `data: {"choices":[{"delta":{"content":"cut\n\n`,
    ": still here\n\n",
    "event: ping\ndata: {}\n\n",
    "data: [DONE]\n\n",
  ),
  words.map((text) =>
    chunk({ delta: { tool_calls: [{ index: 0, id: "t1", function: { arguments: text } }] } })
  ),
);

const typed = (event: { readonly type: string }) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

const anthropicEvent = fc.oneof(
  {
    weight: 5,
    arbitrary: speech.map((text) =>
      typed(inBlock("content_block_delta", { delta: { type: "text_delta", text } }))
    ),
  },
  fc.constantFrom(
    typed(inBlock("content_block_delta", { delta: { type: "thinking_delta", thinking: "hm" } })),
    typed(inBlock("content_block_delta", {
      delta: { type: "input_json_delta", partial_json: `{"type":"text_delta"}` },
    })),
    typed(inBlock("content_block_start", {
      content_block: { type: "tool_use", id: "t1", name: "find", input: {} },
    })),
    typed(inBlock("content_block_stop", {})),
    typed({ type: "ping" }),
    typed({
      type: "message_start",
      ...{ message: { id: "m1", model: "claude-sonnet-4-5", usage: { input_tokens: 5 } } },
    }),
    typed({
      type: "message_delta",
      ...{ delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } },
    }),
    typed({ type: "message_stop" }),
    typed({ type: "error", ...{ error: { type: "overloaded_error", message: "Overloaded" } } }),
  ),
);

function inBlock(type: string, more: object) {
  return { type, index: 0, ...more };
}

const responsesEvent = fc.oneof(
  {
    weight: 5,
    arbitrary: speech.map((delta) =>
      typed({ type: "response.output_text.delta", ...{ item_id: "i1", delta } })
    ),
  },
  fc.constantFrom(
    typed({ type: "response.function_call_arguments.delta", ...{ item_id: "i2", delta: "{" } }),
    typed({ type: "response.created", ...{ response: { id: "r1", model: "gpt-5-mini" } } }),
    typed({
      type: "response.output_item.done",
      ...{ item: { type: "function_call", call_id: "f1", name: "find", arguments: "{}" } },
    }),
    typed({
      type: "response.completed",
      ...{ response: { id: "r1", status: "completed", usage: { input_tokens: 3 } } },
    }),
    typed({ type: "error", ...{ code: "server_error", message: "Failed" } }),
  ),
);

for (
  const [format, event] of [
    ["openai-chat", chatEvent],
    ["anthropic", anthropicEvent],
    ["openai-responses", responsesEvent],
  ] as const
) {
  Deno.test(`${format}: what a stream says is the same when its text is passed over`, () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40, size: "max" }), (events) => {
        const { passing, seeing } = bothWays(format, encoder.encode(events.join("")));
        expect(passing).toEqual(seeing);
      }),
      { numRuns: 300 },
    );
  });
}

Deno.test("nearly all of a long stream's events are passed over", () => {
  const deltas = Array.from({ length: 1_000 }, (_, i) => chunk({ delta: { content: `w${i}` } }));
  const source = [...deltas, chunk({ delta: {}, finish_reason: "stop" }), "data: [DONE]\n\n"];
  const { onlyText } = formats["openai-chat"];
  if (!onlyText) throw new Error("Every event is read");
  expect(withoutText(source.join(""), onlyText).split("\n\n").length - 1).toBe(8);
});

Deno.test("a stream with other line ends is read whole", () => {
  const source = "data: {}\r\n\r\n".repeat(20);
  expect(withoutText(source, () => true)).toBe(source);
});
