import { expect } from "expect";
import { toolResultIds } from "@/core/gateway/formats/tool_results.ts";
import { chatAnswer, json, post, runGateway, runUpstream } from "./fixture.ts";

Deno.test("tool results are found in OpenAI's and Anthropic's dialects", () => {
  const user = { role: "user", content: "Hi" };
  expect(toolResultIds({ messages: [user, { role: "tool", tool_call_id: "a" }] })).toEqual(["a"]);
  expect(toolResultIds({ input: [{ type: "function_call_output", call_id: "b" }] })).toEqual(["b"]);
  const content = [{ type: "tool_result", tool_use_id: "c" }, {
    type: "tool_result",
    tool_use_id: "d",
  }];
  expect(toolResultIds({ messages: [{ role: "user", content }] })).toEqual(["c", "d"]);
  for (
    const nothing of [undefined, null, 5, {}, { messages: "x" }, { messages: [user, null, 5] }]
  ) {
    expect(toolResultIds(nothing)).toEqual([]);
  }
});

Deno.test("of a long history the latest results are kept, within bounds", () => {
  const messages = Array.from({ length: 500 }, (_, i) => ({ role: "tool", tool_call_id: `${i}` }));
  const ids = toolResultIds({ messages });
  expect(ids).toHaveLength(32);
  expect(ids.at(-1)).toBe("499");
});

Deno.test("a call records the tool calls whose results its request brings", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    providerKeys: { openai: "sk-1" },
  });
  const messages = [
    { role: "user", content: "Weather?" },
    { role: "tool", tool_call_id: "call_1", content: "rain" },
  ];
  for (const sent of [messages, messages.slice(0, 1)]) {
    const body = { model: "gpt-4o", messages: sent };
    const answer = await post(`${running.url}/v1/chat/completions`, body);
    await answer.text();
  }
  const found = running.log.records.map(({ event }) => event.data.tool_result_ids);
  expect(found).toEqual([["call_1"], null]);
});
