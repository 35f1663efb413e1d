import { expect } from "expect";
import { chatAnswer, eventually, json, post, runGateway, runUpstream } from "./fixture.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const encoder = new TextEncoder();
const chat = {
  model: "gpt-4o",
  stream: true,
  stream_options: { include_usage: true },
  messages: [],
};

function chunk(content: string, extra: Record<string, unknown> = {}): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: null }];
  return `data: ${
    JSON.stringify({ id: "c1", model: "gpt-4o", choices, usage: null, ...extra })
  }\n\n`;
}
const usageChunk = chunk("", {
  choices: [],
  usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
});
const done = "data: [DONE]\n\n";

const formats = [
  {
    path: "/v1/chat/completions",
    provider: "openai",
    body: chunk("Grüße 東京 😀") + usageChunk + done,
  },
  {
    path: "/v1/responses",
    provider: "openai",
    body:
      'event: response.created\r\ndata: {"type":"response.created","response":{"id":"r"}}\r\n\r\n' +
      'event: response.output_text.delta\r\ndata: {"type":"response.output_text.delta","delta":"東"}\r\n\r\n' +
      'event: response.completed\r\ndata: {"type":"response.completed","response":{"id":"r","usage":' +
      '{"input_tokens":5,"output_tokens":3,"total_tokens":8}}}\r\n\r\n',
  },
  {
    path: "/v1/messages",
    provider: "anthropic",
    body:
      'event: message_start\ndata: {"type":"message_start","message":{"model":"c","usage":{"input_tokens":5,"output_tokens":1}}}\n\n' +
      'event: ping\ndata: {"type":"ping"}\n\n' +
      'event: message_delta\ndata: {"type":"message_delta","delta":{},"usage":{"output_tokens":3}}\n\n' +
      'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  },
  {
    path: "/v1beta/models/g:streamGenerateContent?alt=sse",
    provider: "google",
    body: 'data: {"candidates":[{"content":{"parts":[{"text":"東"}]}}]}\r\n\r\n' +
      'data: {"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":3,"totalTokenCount":8}}\r\n\r\n',
  },
];

Deno.test("streams of every format are byte-identical and counted under 100 random chunkings each", async () => {
  let cut: (bytes: Uint8Array) => Uint8Array[] = (bytes) => [bytes];
  await using upstream = await runUpstream(({ path }, response) => {
    const format = formats.find((one) => path === one.path);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const pieces = cut(encoder.encode(format?.body ?? ""));
    const next = () => {
      const piece = pieces.shift();
      if (!piece) return void response.end();
      response.write(piece);
      setImmediate(next);
    };
    next();
  });
  await using running = runGateway({
    upstreams: { openai: upstream.url, anthropic: upstream.url, google: upstream.url },
  });
  const random = seededRandom(7);
  cut = (bytes) => {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const size = 1 + Math.floor(random() ** 3 * bytes.length);
      pieces.push(bytes.subarray(at, at + size));
      at += size;
    }
    return pieces;
  };
  for (const { path, body } of formats) {
    for (let i = 0; i < 100; i++) {
      const response = await post(running.url + path, chat);
      expect(await response.text()).toBe(body);
      const { event } = running.log.records.at(-1) ?? {};
      expect(event?.type).toBe("call.completed");
      expect(event?.data.usage.buckets).toMatchObject({ input: 5, output: 3 });
      expect(event?.data.response_bytes).toBe(encoder.encode(body).length);
    }
  }
  expect(running.log.records.length).toBe(400);
});

Deno.test("the first byte reaches the client while the provider is still busy", async () => {
  const { promise: finish, resolve } = Promise.withResolvers<void>();
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk("first"));
    finish.then(() => response.end(done));
  });
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const response = await post(`${running.url}/v1/chat/completions`, chat);
  const reader = response.body?.getReader();
  const first = await reader?.read();
  expect(new TextDecoder().decode(first?.value)).toBe(chunk("first"));
  expect(running.log.records).toEqual([]);
  resolve();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(done);
  expect((await reader?.read())?.done).toBe(true);
  expect(running.log.only.event.data.ttft_ms).toBeGreaterThan(0);
});

Deno.test("usage is asked for when the client did not, and its chunk is taken out again", async () => {
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const bytes = encoder.encode(chunk("a") + chunk("b") + usageChunk + done);
    for (let at = 0; at < bytes.length; at += 50) response.write(bytes.subarray(at, at + 50));
    response.end();
  });
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const asks = [
    '{"model":"gpt-4o","stream":true,"messages":[],"temperature":1.0}',
    '{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":false,"x":1}}',
    '{"model":"gpt-4o","stream":true,"stream_options":null}',
  ];
  for (const ask of asks) {
    const response = await post(`${running.url}/v1/chat/completions`, ask);
    expect(await response.text()).toBe(chunk("a") + chunk("b") + done);
    const sent = new TextDecoder().decode(upstream.seen.at(-1)?.body);
    expect(JSON.parse(sent).stream_options.include_usage).toBe(true);
    expect(upstream.seen.at(-1)?.headers["accept-encoding"]).toBe("identity");
    const { event, payloads } = running.log.records.at(-1) ?? {};
    expect(event?.data.usage.buckets).toMatchObject({ input: 5, output: 3 });
    expect(new TextDecoder().decode(payloads?.request?.bytes)).toBe(ask);
  }
  expect(new TextDecoder().decode(upstream.seen[0]?.body)).toContain('"temperature":1.0');
  expect(JSON.parse(new TextDecoder().decode(upstream.seen[1]?.body)).stream_options.x).toBe(1);
  const asked = await post(`${running.url}/v1/chat/completions`, chat);
  expect(await asked.text()).toBe(chunk("a") + chunk("b") + usageChunk + done);
});

Deno.test("a provider's name before the model chooses it and is not sent on", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  const names = ["openai", "groq", "google", "openrouter"];
  await using running = runGateway({
    upstreams: Object.fromEntries(names.map((name) => [name, upstream.url])),
  });
  const ask = async (model: string) => {
    await (await post(`${running.url}/v1/chat/completions`, `{"n":1.0,"model":"${model}"}`)).text();
    const { event } = running.log.records.at(-1) ?? {};
    const seen = upstream.seen.at(-1);
    return [
      event?.data.provider,
      event?.data.model,
      seen?.path,
      new TextDecoder().decode(seen?.body),
    ];
  };
  expect(await ask("groq/llama-3")).toEqual([
    "groq",
    "llama-3",
    "/openai/v1/chat/completions",
    '{"n":1.0,"model":"llama-3"}',
  ]);
  expect(await ask("openrouter/anthropic/claude")).toEqual([
    "openrouter",
    "anthropic/claude",
    "/api/v1/chat/completions",
    '{"n":1.0,"model":"anthropic/claude"}',
  ]);
  // Google speaks a format of its own: the call is translated.
  expect(await ask("gemini/g")).toEqual([
    "google",
    "g",
    "/v1beta/models/g:generateContent",
    '{"contents":[]}',
  ]);
  expect(await ask("meta-llama/llama-3")).toEqual([
    "openai",
    "meta-llama/llama-3",
    "/v1/chat/completions",
    '{"n":1.0,"model":"meta-llama/llama-3"}',
  ]);
});

/** Reads what a stream gives; `over` is true once it ended, well or not. */
function collect(response: Response): { readonly text: string; readonly over: boolean } {
  const state = { text: "", over: false };
  const decoder = new TextDecoder();
  const reading = async () => {
    for await (const bytes of response.body ?? []) {
      state.text += decoder.decode(bytes, { stream: true });
    }
  };
  reading().catch(() => {}).finally(() => state.over = true);
  return state;
}

Deno.test("strict: neither a stream's last event nor a JSON answer comes before the commit", async () => {
  await using upstream = await runUpstream(({ path }, response) => {
    if (path.includes("json")) return json(response, chatAnswer);
    response.writeHead(200, { "content-type": "text/event-stream" });
    // The last event comes in two pieces, and the connection stays open after it.
    response.write(chunk("a") + "data: [DO");
    setTimeout(() => response.write("NE]\n\n"), 20);
  });
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  running.log.hold();
  const streamed = collect(await post(`${running.url}/v1/chat/completions`, chat));
  let answered = false;
  const whole = post(`${running.url}/v1/chat/completions?json`, chat).then((response) => {
    answered = true;
    return response.text();
  });
  await eventually(() => running.log.pending.events === 2, "both events wait for the log");
  expect(streamed.text).not.toContain("[DONE]");
  expect(answered).toBe(false);
  running.log.release();
  await eventually(() => streamed.text.endsWith(done), "the last event");
  expect(JSON.parse(await whole)).toEqual(chatAnswer);
  expect(running.log.records.map(({ event }) => event.type)).toEqual([
    "call.completed",
    "call.completed",
  ]);
  expect(streamed.over).toBe(false);
  // What breaks after the end was recorded changes nothing of it.
  await upstream[Symbol.asyncDispose]();
  await eventually(() => streamed.over, "the stream is over");
  expect(running.log.records.length).toBe(2);
});

Deno.test("relaxed: the answer does not wait for the commit", async () => {
  await using upstream = await runUpstream(({ path }, response) => {
    if (path.includes("json")) return json(response, chatAnswer);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(chunk("a") + done);
  });
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    durability: "relaxed",
  });
  running.log.hold();
  expect(await (await post(`${running.url}/v1/chat/completions`, chat)).text()).toBe(
    chunk("a") + done,
  );
  expect((await post(`${running.url}/v1/chat/completions?json`, chat)).json()).resolves.toEqual(
    chatAnswer,
  );
  expect(running.log.records).toEqual([]);
  running.log.release();
  await eventually(() => running.log.records.length === 2, "both events");
});

Deno.test("a log that fails costs the client nothing and is counted and told", async () => {
  await using upstream = await runUpstream(({ path }, response) => {
    if (path.includes("json")) return json(response, chatAnswer);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(chunk("a") + done);
  });
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  running.log.failing = true;
  const whole = await post(`${running.url}/v1/chat/completions?json`, chat);
  expect([whole.status, await whole.json()]).toEqual([200, chatAnswer]);
  expect(await (await post(`${running.url}/v1/chat/completions`, chat)).text()).toBe(
    chunk("a") + done,
  );
  expect(running.gateway.unrecorded).toBe(2);
  expect(running.warnings.length).toBe(2);
  expect(running.warnings[0]).toContain("could not be recorded");
});
