import { expect } from "expect";
import OpenAI from "openai";
import { contract } from "@/tools/simulator/corpus/contracts.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { expectRowsToAgree } from "./agree.ts";
import { install, type Installation, key } from "./installation.ts";

const clickhouse = useClickHouse();

function client({ url }: Installation): OpenAI {
  return new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 });
}

const question = [{ role: "user" as const, content: "Why does this query get slow?" }];
const weather = {
  type: "function" as const,
  function: {
    name: "get_weather",
    description: "Weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

Deno.test("openai: chat, streamed and not, is answered unchanged and billed to the unit", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const openai = client(installed);

  const { data, response } = await openai.chat.completions
    .create({ model: "gpt-4o", messages: question }).withResponse();
  expect(data.usage?.total_tokens).toBeGreaterThan(20);
  expect(response.headers.get("x-watchllm-provider")).toBe("openai");

  const streamed = await openai.chat.completions.create({
    model: "gpt-4o",
    messages: question,
    stream: true,
  });
  let text = "";
  let chunksWithUsage = 0;
  for await (const chunk of streamed) {
    text += chunk.choices[0]?.delta.content ?? "";
    if (chunk.usage || chunk.choices.length === 0) chunksWithUsage++;
  }
  expect(text.length).toBeGreaterThan(20);
  // The gateway asked for usage itself; the client did not, and must not see it.
  expect(chunksWithUsage).toBe(0);

  const asked = await openai.chat.completions.create({
    model: "gpt-4o-mini",
    messages: question,
    stream: true,
    stream_options: { include_usage: true },
  });
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of asked) usage = chunk.usage ?? usage;
  expect(usage?.total_tokens).toBeGreaterThan(20);

  const rows = await installed.rows(3);
  expectRowsToAgree(rows, installed.simulator.bills);
  expect(rows[0]?.event_id).toBe(response.headers.get("x-watchllm-event-id"));
});

Deno.test("openai: tool calls come through in pieces and stand in the row", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const stream = client(installed).chat.completions.stream({
    model: "gpt-4.1",
    messages: [{ role: "user", content: "What is the weather like in Ljubljana?" }],
    tools: [weather],
  });
  const final = await stream.finalChatCompletion();
  const call = final.choices[0]?.message.tool_calls?.[0];
  if (call?.type !== "function") throw new Error("No function call");
  expect(JSON.parse(call.function.arguments)).toEqual({ city: "Ljubljana" });
  const rows = await installed.rows(1);
  expectRowsToAgree(rows, installed.simulator.bills);
  expect(rows[0]).toMatchObject({
    tool_call_names: ["get_weather"],
    finish_reason: "tool_calls",
  });
});

Deno.test("openai: responses, embeddings and cached and reasoning tokens are billed to the unit", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const openai = client(installed);

  const whole = await openai.responses.create({
    model: "gpt-5-mini",
    input: "Which is larger, 9.11 or 9.9?",
    reasoning: { effort: "medium" },
  });
  expect(whole.usage?.output_tokens_details.reasoning_tokens).toBe(256);
  const types = new Set<string>();
  const events = await openai.responses.create({
    model: "gpt-5-mini",
    input: "Summarise this call",
    stream: true,
  });
  for await (const event of events) types.add(event.type);
  expect(types).toContain("response.completed");

  const embedded = await openai.embeddings.create({
    model: "text-embedding-3-small",
    input: ["head torch", "gas stove"],
  });
  expect(embedded.data[0]?.embedding.length).toBe(1_536);

  for (const content of ["When is the fee due?", "What is the notice period?"]) {
    await openai.chat.completions.create({
      model: "gpt-4.1",
      messages: [{ role: "system", content: contract }, { role: "user", content }],
    });
  }
  const rows = await installed.rows(5);
  expectRowsToAgree(rows, installed.simulator.bills);
  expect(Number(rows.at(-1)?.usage_cache_read)).toBeGreaterThanOrEqual(1_024);
  expect(Number(rows[0]?.usage_reasoning)).toBe(256);
});

Deno.test("openai: the provider's errors reach the client as its own error classes", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const openai = client(installed);
  const ask = (model: string) => openai.chat.completions.create({ model, messages: question });
  await expect(ask("gpt-4o!status=429")).rejects.toThrow(OpenAI.RateLimitError);
  await expect(ask("gpt-4o!status=500")).rejects.toThrow(OpenAI.InternalServerError);
  await expect(ask("nonexistent")).rejects.toThrow(OpenAI.NotFoundError);
  const stranger = new OpenAI({
    apiKey: "wl_test_nobody",
    baseURL: `${installed.url}/v1`,
    maxRetries: 0,
  });
  await expect(stranger.models.list()).rejects.toThrow(OpenAI.AuthenticationError);

  const rows = await installed.rows(3);
  // The stranger has no project, so no event.
  expect(rows.map((row) => row.status_code)).toEqual([429, 500, 404]);
  // What a provider refuses it does not charge.
  expect(rows.map((row) => [row.status, row.cost_usd])).toEqual(Array(3).fill(["error", "0"]));
  expect(rows[0]).toMatchObject({ error_origin: "provider", error_code: expect.any(String) });
});

Deno.test("openai: a client that goes leaves one aborted call", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const stream = await client(installed).chat.completions.create({
    model: "gpt-4o!pace=5!tokens=400",
    messages: question,
    stream: true,
  });
  let chunks = 0;
  for await (const _ of stream) {
    if (++chunks === 5) break;
  }
  const rows = await installed.rows(1);
  expect(rows.length).toBe(1);
  expect(rows[0]).toMatchObject({ status: "aborted", stream: true });
  expect(installed.simulator.bills).toMatchObject([{ complete: false }]);
});

Deno.test("openai: a provider that breaks off leaves one failed call and an error in the client", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const stream = await client(installed).chat.completions.create({
    model: "gpt-4o!die=6!tokens=40",
    messages: question,
    stream: true,
  });
  const read = async () => {
    for await (const _ of stream);
  };
  await expect(read()).rejects.toThrow();
  expect(await installed.rows(1)).toMatchObject([{
    status: "error",
    error_code: "upstream_broken",
  }]);
});

Deno.test("openai: models are listed", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const page = await client(installed).models.list();
  expect(page.data.map((model) => model.id)).toContain("gpt-4o");
  expect(await installed.rows(1)).toMatchObject([{ endpoint: "models", status: "success" }]);
});
