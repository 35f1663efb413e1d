import Anthropic from "@anthropic-ai/sdk";
import { expect } from "expect";
import { contract } from "@/tools/simulator/corpus/contracts.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { expectRowsToAgree } from "./agree.ts";
import { install, type Installation, key } from "./installation.ts";

const clickhouse = useClickHouse();

function client({ url }: Installation): Anthropic {
  return new Anthropic({ apiKey: key, baseURL: url, maxRetries: 0 });
}

const messages = [{ role: "user" as const, content: "By when do we have to give notice?" }];

Deno.test("anthropic: messages, streamed and not, with thinking, are billed to the unit", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const anthropic = client(installed);

  const whole = await anthropic.messages.create({
    model: "claude-haiku-4-5",
    max_tokens: 500,
    messages,
  });
  expect(whole.content[0]).toMatchObject({ type: "text" });

  const final = await anthropic.messages.stream({
    model: "claude-sonnet-4-5",
    max_tokens: 3_000,
    thinking: { type: "enabled", budget_tokens: 1_024 },
    messages,
  }).finalMessage();
  expect(final.content.map((block) => block.type)).toEqual(["thinking", "text"]);

  const rows = await installed.rows(2);
  expectRowsToAgree(rows, installed.simulator.bills);
  expect(Number(rows[1]?.usage_reasoning)).toBeGreaterThan(100);
});

Deno.test("anthropic: both lifetimes of cached prompts are billed at their own price", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  for (const ttl of ["5m", "1h"] as const) {
    for (const content of ["When is the fee due?", "Which law applies?"]) {
      await client(installed).messages.create({
        model: ttl === "5m" ? "claude-sonnet-4-5" : "claude-haiku-4-5",
        max_tokens: 500,
        system: [{ type: "text", text: contract, cache_control: { type: "ephemeral", ttl } }],
        messages: [{ role: "user", content }],
      });
    }
  }
  const rows = await installed.rows(4);
  expectRowsToAgree(rows, installed.simulator.bills);
  expect(Number(rows[0]?.usage_cache_write_5m)).toBeGreaterThan(1_024);
  expect(Number(rows[1]?.usage_cache_read)).toBe(Number(rows[0]?.usage_cache_write_5m));
  expect(Number(rows[2]?.usage_cache_write_1h)).toBeGreaterThan(1_024);
});

Deno.test("anthropic: a streamed tool use arrives whole and stands in the row", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const final = await client(installed).messages.stream({
    model: "claude-haiku-4-5",
    max_tokens: 500,
    tools: [{
      name: "search_trains",
      description: "Trains between two cities",
      input_schema: {
        type: "object",
        properties: { from: { type: "string" }, to: { type: "string" } },
        required: ["from", "to"],
      },
    }],
    tool_choice: { type: "any" },
    messages: [{ role: "user", content: "I want to go from Vienna to Ljubljana" }],
  }).finalMessage();
  expect(final.stop_reason).toBe("tool_use");
  const rows = await installed.rows(1);
  expectRowsToAgree(rows, installed.simulator.bills);
  expect(rows[0]?.tool_call_names).toEqual(["search_trains"]);
});

Deno.test("anthropic: errors reach the client as its own error classes", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const anthropic = client(installed);
  const ask = (model: string) => anthropic.messages.create({ model, max_tokens: 50, messages });
  await expect(ask("claude-haiku-4-5!status=429")).rejects.toThrow(Anthropic.RateLimitError);
  await expect(ask("claude-haiku-4-5!status=529")).rejects.toThrow(Anthropic.InternalServerError);
  await expect(ask("nonexistent")).rejects.toThrow(Anthropic.NotFoundError);
  const stranger = new Anthropic({
    apiKey: "wl_test_nobody",
    baseURL: installed.url,
    maxRetries: 0,
  });
  await expect(stranger.messages.create({ model: "claude-haiku-4-5", max_tokens: 5, messages }))
    .rejects.toThrow(Anthropic.AuthenticationError);
  expect((await installed.rows(3)).map((row) => row.status_code)).toEqual([429, 529, 404]);
});

Deno.test("anthropic: an error inside a stream fails the call", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const stream = client(installed).messages.stream({
    model: "claude-haiku-4-5!fail=5",
    max_tokens: 200,
    messages,
  });
  await expect(stream.finalMessage()).rejects.toThrow(/overloaded/i);
  expect(await installed.rows(1)).toMatchObject([{
    status: "error",
    error_code: "overloaded_error",
  }]);
});

Deno.test("anthropic: counting tokens is free", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const counted = await client(installed).messages.countTokens({
    model: "claude-haiku-4-5",
    messages,
  });
  expect(counted.input_tokens).toBeGreaterThan(5);
  const rows = await installed.rows(1);
  expect(rows).toMatchObject([{ endpoint: "count_tokens", status: "success" }]);
  expect(Number(rows[0]?.cost_usd)).toBe(0);
});
