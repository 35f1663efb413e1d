/**
 * Answers that were cut: what was reported is kept, the rest is counted by the text and marked.
 */
import { expect } from "expect";
import type { CallData } from "@/core/event/call.ts";
import { inputTokens, outputTokens } from "@/core/event/usage.ts";
import { eventually, projectKey, runGateway, runUpstream } from "../gateway/fixture.ts";

const words = "The quick brown fox jumps over the lazy dog. ".repeat(20);

interface Case {
  readonly name: string;
  readonly path: string;
  readonly body: unknown;
  readonly events: readonly unknown[];
}

const prompt = "Tell me about foxes, please. ".repeat(10);

const cases: readonly Case[] = [
  {
    name: "OpenAI chat, which reports at its end",
    path: "/v1/chat/completions",
    body: {
      model: "gpt-4o",
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: "user", content: prompt }],
    },
    events: [
      { id: "c1", model: "gpt-4o", choices: [{ index: 0, delta: { content: words } }] },
    ],
  },
  {
    name: "OpenAI responses",
    path: "/v1/responses",
    body: { model: "gpt-4o", stream: true, input: prompt },
    events: [
      { type: "response.created", response: { id: "r1", model: "gpt-4o" } },
      {
        type: "response.output_item.added",
        output_index: 0,
        item: { type: "message", id: "m1", content: [] },
      },
      {
        type: "response.output_text.delta",
        output_index: 0,
        content_index: 0,
        item_id: "m1",
        delta: words,
      },
    ],
  },
  {
    name: "Anthropic, which reports the input first",
    path: "/v1/messages",
    body: {
      model: "claude-sonnet-4-5",
      stream: true,
      max_tokens: 1_000,
      messages: [{ role: "user", content: prompt }],
    },
    events: [
      {
        type: "message_start",
        message: {
          id: "m1",
          model: "claude-sonnet-4-5",
          usage: { input_tokens: 75, cache_read_input_tokens: 1_000, output_tokens: 1 },
        },
      },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      {
        type: "content_block_delta",
        index: 0,
        delta: { type: "text_delta", text: words },
      },
    ],
  },
];

/** Sends the events, then breaks: by the client, by the provider, or with a clean end. */
async function cut(
  { path, body, events }: Case,
  by: "client" | "provider" | "end",
): Promise<CallData> {
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const bytes = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
    if (by === "end") response.end(bytes);
    else {
      response.write(bytes, () => {
        if (by === "provider") setTimeout(() => response.destroy(), 20);
      });
    }
  });
  await using running = runGateway({
    upstreams: { openai: upstream.url, anthropic: upstream.url },
    providerKeys: { openai: "k", anthropic: "k" },
  });
  const leaving = new AbortController();
  const answer = await fetch(running.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-watchllm-key": projectKey },
    body: JSON.stringify(body),
    signal: leaving.signal,
  });
  const reader = answer.body?.getReader();
  let seen = 0;
  try {
    while (seen < words.length) seen += (await reader?.read())?.value?.length ?? words.length;
    if (by === "client") leaving.abort();
    else while (!(await reader?.read())?.done);
  } catch {
    // That the stream breaks is what is asked for.
  }
  await eventually(() => running.log.records.length === 1, "the event");
  return running.log.only.event.data;
}

for (const one of cases) {
  for (const by of ["client", "provider", "end"] as const) {
    Deno.test(`${one.name}: cut by the ${by}`, async () => {
      const { usage, cost } = await cut(one, by);
      // 180 words of 9 tokens for a sentence are about 200.
      expect(outputTokens(usage.buckets)).toBeGreaterThan(150);
      expect(outputTokens(usage.buckets)).toBeLessThan(300);
      if (one.path === "/v1/messages") {
        expect(usage).toMatchObject({
          source: "partial",
          buckets: { input: 75, cache_read: 1_000 },
          estimated: { input: 0, output: outputTokens(usage.buckets) - 1 },
        });
      } else {
        expect(usage.source).toBe("estimate");
        expect(usage.estimated).toEqual({
          input: inputTokens(usage.buckets),
          output: outputTokens(usage.buckets),
        });
        expect(usage.buckets.input).toBeGreaterThan(50);
        expect(usage.buckets.input).toBeLessThan(120);
      }
      expect(cost.usd).not.toBeNull();
    });
  }
}

Deno.test("a call whose client left before a byte came has no usage at all", async () => {
  await using upstream = await runUpstream(() => {});
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    providerKeys: { openai: "k" },
  });
  const leaving = new AbortController();
  const asked = fetch(`${running.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-watchllm-key": projectKey },
    body: JSON.stringify({ model: "gpt-4o", stream: true }),
    signal: leaving.signal,
  }).catch(() => null);
  await eventually(() => upstream.seen.length === 1, "the request");
  leaving.abort();
  await asked;
  await eventually(() => running.log.records.length === 1, "the event");
  expect(running.log.only.event).toMatchObject({
    type: "call.aborted",
    data: { usage: { source: "none" }, cost: { usd: null } },
  });
});

Deno.test("a stream tells how it flowed: its longest silence, and tokens for each second", async () => {
  const first = Promise.withResolvers<void>();
  await using upstream = await runUpstream(async (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (event: unknown) => response.write(`data: ${JSON.stringify(event)}\n\n`);
    const text = (content: string) => send({ choices: [{ index: 0, delta: { content } }] });
    text("a");
    // The silence begins when the first piece is through, however busy the machine is.
    await first.promise;
    await new Promise((resolve) => setTimeout(resolve, 60));
    text("b");
    send({
      choices: [],
      usage: { prompt_tokens: 5, completion_tokens: 10, total_tokens: 15 },
    });
    response.end("data: [DONE]\n\n");
  });
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    providerKeys: { openai: "k" },
  });
  const answer = await fetch(`${running.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-watchllm-key": projectKey },
    body: JSON.stringify({ model: "gpt-4o", stream: true, messages: [] }),
  });
  const reader = answer.body?.getReader();
  await reader?.read();
  first.resolve();
  while (!(await reader?.read())?.done);
  const { stream_gap_ms, tokens_per_second, latency_ms } = running.log.only.event.data;
  expect(stream_gap_ms).toBeGreaterThan(40);
  expect(stream_gap_ms).toBeLessThanOrEqual(latency_ms ?? -1);
  expect(tokens_per_second).toBeGreaterThan(0);
  expect(tokens_per_second).toBeLessThan(10 / 0.04);
});
