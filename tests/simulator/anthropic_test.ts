import { expect } from "expect";
import { contract } from "@/tools/simulator/corpus/contracts.ts";
import { createSimulator } from "@/tools/simulator/simulator.ts";
import { events, post, user } from "./ask.ts";

const path = "/v1/messages";

Deno.test("messages: input_tokens leaves the cached part out, and marked places are cached", async () => {
  const simulator = createSimulator();
  const ask = async (question: string) => {
    const response = await post(simulator, path, {
      model: "claude-sonnet-4-5",
      max_tokens: 500,
      system: [{ type: "text", text: contract, cache_control: { type: "ephemeral", ttl: "1h" } }],
      messages: user(question),
    });
    return (await response.json()).usage;
  };
  const first = await ask("When is the fee due?");
  const second = await ask("What is the notice period?");
  expect(first.cache_creation.ephemeral_1h_input_tokens).toBeGreaterThan(1_024);
  expect(first.cache_read_input_tokens).toBe(0);
  expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
  expect(second.cache_creation_input_tokens).toBe(0);
  expect(second.input_tokens).toBeLessThan(50);
  expect(simulator.bills[0]?.buckets.cache_write_1h).toBe(first.cache_creation_input_tokens);
  expect(simulator.bills[1]?.buckets.cache_read).toBe(second.cache_read_input_tokens);
});

Deno.test("messages stream: events come in Anthropic's order and the last usage is the bill", async () => {
  const simulator = createSimulator();
  const streamed = await events(
    await post(simulator, path, {
      model: "claude-sonnet-4-5",
      max_tokens: 2_000,
      stream: true,
      thinking: { type: "enabled", budget_tokens: 1_024 },
      messages: user("Is the supplier's liability limited if a repair is delayed?"),
    }),
  );
  const types = streamed.map((event) => event.type);
  expect(types[0]).toBe("message_start");
  expect(types).toContain("ping");
  expect(types.slice(-2)).toEqual(["message_delta", "message_stop"]);
  const deltas = streamed.flatMap((event) =>
    event.type === "content_block_delta" ? [(event.delta as { type: string }).type] : []
  );
  expect(new Set(deltas)).toEqual(new Set(["thinking_delta", "signature_delta", "text_delta"]));
  const { usage } = streamed.at(-2) as {
    usage: { output_tokens: number; output_tokens_details: { thinking_tokens: number } };
  };
  const buckets = simulator.bills[0]?.buckets;
  expect(usage.output_tokens_details.thinking_tokens).toBe(buckets?.reasoning);
  expect(usage.output_tokens).toBe((buckets?.output ?? 0) + (buckets?.reasoning ?? 0));
});

Deno.test("messages stream: a tool's input comes as pieces of JSON", async () => {
  const streamed = await events(
    await post(createSimulator(), path, {
      model: "claude-haiku-4-5",
      max_tokens: 500,
      stream: true,
      tools: [{
        name: "search_trains",
        description: "Trains between two cities",
        input_schema: {
          type: "object",
          properties: { from: { type: "string" }, to: { type: "string" } },
        },
      }],
      tool_choice: { type: "any" },
      messages: user("I want to go from Vienna to Ljubljana"),
    }),
  );
  const json = streamed.map((event) =>
    (event.delta as { partial_json?: string } | undefined)?.partial_json ?? ""
  ).join("");
  expect(Object.keys(JSON.parse(json))).toEqual(["from", "to"]);
  expect(streamed.at(-2)).toMatchObject({ delta: { stop_reason: "tool_use" } });
});

Deno.test("count_tokens counts what messages would bill", async () => {
  const simulator = createSimulator();
  const body = { model: "claude-haiku-4-5", system: "Be brief.", messages: user("Hello there") };
  const counted = await (await post(simulator, `${path}/count_tokens`, body)).json();
  const answer = await (await post(simulator, path, { ...body, max_tokens: 50 })).json();
  expect(counted.input_tokens).toBe(answer.usage.input_tokens);
});
