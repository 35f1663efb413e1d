import { expect } from "expect";
import { render } from "@/core/cache/exact/render/render.ts";
import type { FormatName } from "@/core/gateway/formats/format.ts";

const folded = (format: FormatName, events: readonly unknown[]) => {
  const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  const bytes = new TextEncoder().encode(`${text}data: [DONE]\n\n`);
  const json = render(format, { form: "sse", bytes }, { form: "json", usage: true });
  return JSON.parse(new TextDecoder().decode(json ?? undefined));
};

Deno.test("several answers of a stream stand in their order, whichever came first", () => {
  const delta = (index: number, content: string, finish_reason: string | null = null) => ({
    id: "c1",
    model: "gpt-4o",
    choices: [{ index, delta: { content }, finish_reason }],
  });
  const { choices } = folded("openai-chat", [
    delta(1, "second", "stop"),
    delta(0, "first", "stop"),
  ]);
  expect(choices.map(({ message }: { message: { content: string } }) => message.content))
    .toEqual(["first", "second"]);
  const part = (index: number, text: string) => ({
    candidates: [{ index, content: { parts: [{ text }] }, finishReason: "STOP" }],
  });
  const { candidates } = folded("gemini", [part(1, "second"), part(0, "first")]);
  expect(candidates.map(({ index }: { index: number }) => index)).toEqual([0, 1]);
});
