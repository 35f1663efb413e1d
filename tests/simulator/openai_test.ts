import { expect } from "expect";
import { inputTokens, outputTokens } from "@/core/event/usage.ts";
import { contract } from "@/tools/simulator/corpus/contracts.ts";
import { createSimulator } from "@/tools/simulator/simulator.ts";
import { events, post, user } from "./ask.ts";

const chat = "/v1/chat/completions";
const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

Deno.test("chat: the usage in the answer is what is billed", async () => {
  const simulator = createSimulator();
  const response = await post(simulator, chat, {
    model: "gpt-4o",
    messages: user("Why does this query get slow when the orders table grows?"),
  });
  const answer = await response.json();
  const [bill] = simulator.bills;
  if (!bill) throw new Error("No bill");
  expect(response.status).toBe(200);
  expect(answer.object).toBe("chat.completion");
  expect(answer.model).toBe("gpt-4o-2024-08-06");
  expect(bill).toMatchObject({ id: answer.id, provider: "openai", complete: true, status: 200 });
  expect(answer.usage.prompt_tokens).toBe(inputTokens(bill.buckets));
  expect(answer.usage.completion_tokens).toBe(outputTokens(bill.buckets));
  expect(answer.usage.total_tokens).toBe(
    answer.usage.prompt_tokens + answer.usage.completion_tokens,
  );
});

Deno.test("chat stream: usage comes in a last chunk without choices, and only when asked for", async () => {
  const simulator = createSimulator();
  const body = { model: "gpt-4o", stream: true, messages: user("Write a function that merges.") };
  const silent = await events(await post(simulator, chat, body));
  const asked = await events(
    await post(simulator, chat, { ...body, stream_options: { include_usage: true } }),
  );
  expect(silent.some((event) => "usage" in event)).toBe(false);
  expect(asked.slice(0, -1).every((event) => event.usage === null)).toBe(true);
  expect(asked.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: expect.any(Number) } });
});

Deno.test("chat stream: the deltas joined are the text of the answer that is not streamed", async () => {
  const body = { model: "gpt-4.1", messages: user("请解释一下数据库事务的隔离级别") };
  const whole = await (await post(createSimulator(), chat, body)).json();
  const streamed = await events(await post(createSimulator(), chat, { ...body, stream: true }));
  const text = streamed.map((event) => {
    const [choice] = event.choices as { delta: { content?: string } }[];
    return choice?.delta.content ?? "";
  }).join("");
  expect(text).toBe(whole.choices[0].message.content);
  expect(text.length).toBeGreaterThan(20);
});

Deno.test("chat: a tool that fits the question is called with arguments that fit its schema", async () => {
  const simulator = createSimulator();
  const body = {
    model: "gpt-4o",
    messages: user("What is the weather like in Ljubljana?"),
    tools: [weather],
  };
  const { choices } = await (await post(simulator, chat, body)).json();
  expect(choices[0].finish_reason).toBe("tool_calls");
  expect(choices[0].message.content).toBe(null);
  const [toolCall] = choices[0].message.tool_calls;
  expect(toolCall.function.name).toBe("get_weather");
  expect(JSON.parse(toolCall.function.arguments)).toEqual({ city: "Ljubljana" });

  const streamed = await events(await post(simulator, chat, { ...body, stream: true }));
  const deltas = streamed.flatMap((event) => {
    const [choice] = event.choices as {
      delta: { tool_calls?: { function: { arguments: string } }[] };
    }[];
    return choice?.delta.tool_calls ?? [];
  });
  expect(deltas.length).toBeGreaterThan(2);
  expect(JSON.parse(deltas.map((delta) => delta.function.arguments).join(""))).toEqual({
    city: "Ljubljana",
  });
});

Deno.test("chat: after a tool's result the model answers with text", async () => {
  const response = await post(createSimulator(), chat, {
    model: "gpt-4o",
    tools: [weather],
    messages: [
      ...user("What is the weather like in Ljubljana?"),
      { role: "assistant", content: null, tool_calls: [{ id: "call_1" }] },
      { role: "tool", tool_call_id: "call_1", content: '{"degrees":17}' },
    ],
  });
  const { choices } = await response.json();
  expect(choices[0].finish_reason).toBe("stop");
  expect(choices[0].message.content.length).toBeGreaterThan(10);
});

Deno.test("chat: a repeated beginning of 1,024 tokens and more is read from the cache", async () => {
  const simulator = createSimulator();
  const ask = async (model: string, question: string) => {
    const messages = [{ role: "system", content: contract }, ...user(question)];
    return (await (await post(simulator, chat, { model, messages })).json()).usage;
  };
  const first = await ask("gpt-4o", "What do we get for 95 percent?");
  const second = await ask("gpt-4o", "When is the fee due?");
  expect(first.prompt_tokens_details.cached_tokens).toBe(0);
  expect(second.prompt_tokens_details.cached_tokens).toBeGreaterThanOrEqual(1_024);
  expect(second.prompt_tokens_details.cached_tokens % 128).toBe(0);

  const written = await ask("gpt-6-sol", "When is the fee due?");
  expect(written.prompt_tokens_details.cache_write_tokens).toBeGreaterThanOrEqual(1_024);
  const bill = simulator.bills.at(-1);
  expect(bill?.buckets.cache_write).toBe(written.prompt_tokens_details.cache_write_tokens);
});

Deno.test("chat: reasoning models report reasoning in steps of 64", async () => {
  const simulator = createSimulator();
  const body = { model: "o4-mini", messages: user("Which is larger?"), reasoning_effort: "high" };
  const { usage } = await (await post(simulator, chat, body)).json();
  expect(usage.completion_tokens_details.reasoning_tokens).toBe(704);
  expect(simulator.bills[0]?.buckets.reasoning).toBe(704);
});

Deno.test("chat: max_completion_tokens cuts the answer and says so", async () => {
  const simulator = createSimulator();
  const body = {
    model: "gpt-4o",
    messages: user("Tell me about tents"),
    max_completion_tokens: 5,
  };
  const { usage, choices } = await (await post(simulator, chat, body)).json();
  expect(usage.completion_tokens).toBe(5);
  expect(choices[0].finish_reason).toBe("length");
});

Deno.test("chat: a JSON schema is answered with JSON that has its fields", async () => {
  const schema = {
    type: "object",
    properties: { queue: { enum: ["delivery", "return"] }, urgency: { type: "integer" } },
    required: ["queue", "urgency"],
  };
  const response = await post(createSimulator(), chat, {
    model: "gpt-4o-mini",
    messages: user("Where is my parcel?"),
    response_format: { type: "json_schema", json_schema: { name: "ticket", schema } },
  });
  const { choices } = await response.json();
  const value = JSON.parse(choices[0].message.content);
  expect(["delivery", "return"]).toContain(value.queue);
  expect(Number.isInteger(value.urgency)).toBe(true);
});

Deno.test("responses: stream and whole answer carry the same usage as the bill", async () => {
  const simulator = createSimulator();
  const body = { model: "gpt-5", input: "Summarise this call: Mara said it is late." };
  const whole = await (await post(simulator, "/v1/responses", body)).json();
  const streamed = await events(
    await post(simulator, "/v1/responses", { ...body, stream: true }),
  );
  expect(whole.usage.output_tokens_details.reasoning_tokens).toBe(
    simulator.bills[0]?.buckets.reasoning,
  );
  expect(streamed[0]).toMatchObject({ type: "response.created", sequence_number: 0 });
  expect(streamed.map((event) => event.sequence_number)).toEqual(streamed.map((_, i) => i));
  const last = streamed.at(-1) as { type: string; response: { usage: { total_tokens: number } } };
  const bill = simulator.bills[1];
  if (!bill) throw new Error("No bill");
  expect(last.type).toBe("response.completed");
  expect(last.response.usage.total_tokens).toBe(
    inputTokens(bill.buckets) + outputTokens(bill.buckets),
  );
});

Deno.test("embeddings: vectors have length one and near texts are nearer", async () => {
  const response = await post(createSimulator(), "/v1/embeddings", {
    model: "text-embedding-3-small",
    input: ["waterproof rucksack", "waterproof rucksacks", "gas stove for winter"],
  });
  const { data, usage } = await response.json();
  const [a, b, c] = data.map((item: { embedding: number[] }) => item.embedding);
  const dot = (x: number[], y: number[]) => x.reduce((sum, v, i) => sum + v * (y[i] ?? 0), 0);
  expect(a.length).toBe(1_536);
  expect(dot(a, a)).toBeCloseTo(1, 4);
  expect(dot(a, b)).toBeGreaterThan(dot(a, c));
  expect(usage.prompt_tokens).toBeGreaterThan(5);
});
