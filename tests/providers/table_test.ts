/**
 * Every provider of the table: a file of its own, a working route, its key in the right header, and the
 * usage of an answer of its own form. A provider without a row here fails.
 */
import { expect } from "expect";
import { emptyBuckets, type UsageBuckets } from "@/core/event/usage.ts";
import { providers } from "@/core/gateway/providers/table.ts";
import { json, post, projectKey, runGateway, runUpstream } from "../gateway/fixture.ts";

interface Row {
  /** The provider's own path. */
  readonly path: string;
  readonly answer: unknown;
  readonly buckets: Partial<UsageBuckets>;
  /** Header and value that carry the key `pk`; null when none is sent. */
  readonly key: readonly [string, string] | null;
  /** Where a chat of OpenAI's form goes; null for those that it is translated for. */
  readonly chat: string | null;
}

const bearer = ["authorization", "Bearer pk"] as const;

const message = { role: "assistant", content: "Hi" };
const choices = [{ index: 0, message, finish_reason: "stop" }];

function chatAnswer(usage: unknown) {
  return { id: "c1", object: "chat.completion", model: "m", choices, usage };
}

/** As OpenAI counts: the cached inside the input, the thought inside the output. */
const openaiUsage = {
  prompt_tokens: 100,
  completion_tokens: 30,
  total_tokens: 130,
  prompt_tokens_details: { cached_tokens: 40 },
  completion_tokens_details: { reasoning_tokens: 10 },
};
const openaiBuckets = { input: 60, cache_read: 40, output: 20, reasoning: 10 };
const plainUsage = { prompt_tokens: 100, completion_tokens: 30, total_tokens: 130 };
const plainBuckets = { input: 100, output: 30 };

function compatible(path: string, usage: unknown, buckets: Partial<UsageBuckets>): Row {
  return { path, answer: chatAnswer(usage), buckets, key: bearer, chat: path };
}

const gemini = {
  candidates: [{ content: { role: "model", parts: [{ text: "Hi" }] }, finishReason: "STOP" }],
  usageMetadata: {
    promptTokenCount: 100,
    cachedContentTokenCount: 40,
    candidatesTokenCount: 20,
    thoughtsTokenCount: 10,
    totalTokenCount: 130,
  },
  modelVersion: "gemini-2.5-flash",
};

const rows: Readonly<Record<string, Row>> = {
  openai: compatible("/v1/chat/completions", openaiUsage, openaiBuckets),
  anthropic: {
    path: "/v1/messages",
    answer: {
      id: "m1",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5",
      content: [{ type: "text", text: "Hi" }],
      stop_reason: "end_turn",
      usage: {
        input_tokens: 60,
        cache_read_input_tokens: 40,
        cache_creation_input_tokens: 5,
        cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 0 },
        output_tokens: 30,
      },
    },
    buckets: { input: 60, cache_read: 40, cache_write_5m: 5, output: 30 },
    key: ["x-api-key", "pk"],
    chat: null,
  },
  google: {
    path: "/v1beta/models/gemini-2.5-flash:generateContent",
    answer: gemini,
    buckets: openaiBuckets,
    key: ["x-goog-api-key", "pk"],
    chat: null,
  },
  vertex: {
    path:
      "/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-flash:generateContent",
    answer: gemini,
    buckets: openaiBuckets,
    key: bearer,
    chat: null,
  },
  azure: {
    path: "/openai/deployments/d/chat/completions",
    answer: chatAnswer(openaiUsage),
    buckets: openaiBuckets,
    key: ["api-key", "pk"],
    chat: "/openai/v1/chat/completions",
  },
  bedrock: {
    path: "/model/amazon.nova-lite-v1:0/converse",
    answer: {
      output: { message: { role: "assistant", content: [{ text: "Hi" }] } },
      stopReason: "end_turn",
      usage: {
        inputTokens: 60,
        outputTokens: 30,
        totalTokens: 130,
        cacheReadInputTokens: 40,
        cacheWriteInputTokens: 0,
      },
    },
    buckets: { input: 60, cache_read: 40, output: 30 },
    key: bearer,
    chat: "/openai/v1/chat/completions",
  },
  groq: compatible("/openai/v1/chat/completions", plainUsage, plainBuckets),
  mistral: compatible(
    "/v1/chat/completions",
    { ...plainUsage, num_cached_tokens: 40 },
    { input: 60, cache_read: 40, output: 30 },
  ),
  deepseek: compatible(
    "/chat/completions",
    {
      ...plainUsage,
      prompt_cache_hit_tokens: 40,
      prompt_cache_miss_tokens: 60,
      completion_tokens_details: { reasoning_tokens: 10 },
    },
    openaiBuckets,
  ),
  openrouter: compatible("/api/v1/chat/completions", { ...openaiUsage, cost: 0.01 }, openaiBuckets),
  cohere: {
    path: "/v2/chat",
    answer: {
      id: "c1",
      finish_reason: "COMPLETE",
      message: { role: "assistant", content: [{ type: "text", text: "Hi" }] },
      usage: {
        billed_units: { input_tokens: 100, output_tokens: 30 },
        tokens: { input_tokens: 170, output_tokens: 30 },
      },
    },
    buckets: plainBuckets,
    key: bearer,
    chat: "/compatibility/v1/chat/completions",
  },
  xai: compatible(
    "/v1/chat/completions",
    {
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: 130,
      prompt_tokens_details: { cached_tokens: 40 },
      completion_tokens_details: { reasoning_tokens: 10 },
    },
    openaiBuckets,
  ),
  together: compatible("/v1/chat/completions", plainUsage, plainBuckets),
  fireworks: compatible("/inference/v1/chat/completions", plainUsage, plainBuckets),
  perplexity: compatible("/chat/completions", plainUsage, plainBuckets),
  cerebras: compatible("/v1/chat/completions", plainUsage, plainBuckets),
  ollama: { ...compatible("/v1/chat/completions", plainUsage, plainBuckets), key: null },
  voyage: {
    path: "/v1/embeddings",
    answer: {
      object: "list",
      data: [{ object: "embedding", index: 0, embedding: [0.1] }],
      model: "voyage-3-large",
      usage: { total_tokens: 100 },
    },
    buckets: { input: 100 },
    key: bearer,
    chat: "/v1/chat/completions",
  },
  zai: compatible(
    "/api/paas/v4/chat/completions",
    { ...plainUsage, prompt_tokens_details: { cached_tokens: 40 } },
    { input: 60, cache_read: 40, output: 30 },
  ),
  huggingface: compatible("/v1/chat/completions", plainUsage, plainBuckets),
};

Deno.test("every provider of the table has a row here, and every row a provider", () => {
  expect(Object.keys(rows).sort()).toEqual([...providers.keys()].sort());
});

Deno.test("every provider has a file of its own, and no file is left out of the table", async () => {
  const folder = new URL("../../core/gateway/providers/", import.meta.url);
  const files = new Set([...Deno.readDirSync(folder)].map(({ name }) => name));
  for (const name of providers.keys()) expect(files).toContain(`${name}.ts`);
  const table = await Deno.readTextFile(new URL("table.ts", folder));
  for (const name of files) {
    const source = await Deno.readTextFile(new URL(name, folder));
    if (/: Provider = \{|= openaiCompatible\(/.test(source)) expect(table).toContain(`./${name}`);
  }
});

for (const [name, row] of Object.entries(rows)) {
  Deno.test(`${name}: its own path, its key, its usage`, async () => {
    await using upstream = await runUpstream((_, response) => json(response, row.answer));
    await using running = runGateway({
      upstreams: { [name]: upstream.url },
      providerKeys: row.key ? { [name]: "pk" } : {},
    });
    const answer = await post(`${running.url}/proxy/${name}${row.path}`, { model: "m" }, {
      "x-watchllm-key": projectKey,
    });
    expect([answer.status, answer.headers.get("x-watchllm-provider")]).toEqual([200, name]);
    await answer.body?.cancel();
    const [seen] = upstream.seen;
    expect(seen?.path).toBe(row.path);
    if (row.key) expect(seen?.headers[row.key[0]]).toBe(row.key[1]);
    else expect(seen?.headers.authorization).toBeUndefined();
    expect(JSON.stringify(seen?.rawHeaders)).not.toContain(projectKey);
    expect(running.log.only.event.data).toMatchObject({
      provider: name,
      usage: {
        source: "provider",
        consistent: true,
        buckets: { ...emptyBuckets(), ...row.buckets },
      },
    });
  });

  if (row.chat === null) continue;
  Deno.test(`${name}: as a prefix of the model on OpenAI's path`, async () => {
    await using upstream = await runUpstream((_, response) =>
      json(response, chatAnswer(openaiUsage))
    );
    await using running = runGateway({
      upstreams: { [name]: upstream.url },
      providerKeys: { [name]: "pk" },
    });
    const body = { model: `${name}/some/model`, messages: [], stream: false };
    const answer = await post(`${running.url}/v1/chat/completions`, body);
    await answer.body?.cancel();
    expect(answer.status).toBe(200);
    const [seen] = upstream.seen;
    expect(seen?.path).toBe(row.chat);
    expect(JSON.parse(new TextDecoder().decode(seen?.body)).model).toBe("some/model");
    expect(running.log.only.event.data).toMatchObject({ provider: name, model: "some/model" });
  });
}

Deno.test("both of Anthropic's ways to send a key, and every version and beta, arrive as they were", async () => {
  await using upstream = await runUpstream((_, response) => json(response, rows.anthropic?.answer));
  await using running = runGateway({
    upstreams: { anthropic: upstream.url },
    providerKeys: { anthropic: "pk" },
  });
  const versions = ["2023-01-01", "2023-06-01", "2026-10-21", "vertex-2023-10-16", "2030-01-01"];
  for (const version of versions) {
    for (const [name, value] of [["x-api-key", ""], ["authorization", "Bearer "]] as const) {
      const answer = await post(`${running.url}/v1/messages?beta=true`, { model: "claude" }, {
        [name]: value + projectKey,
        "anthropic-version": version,
        "anthropic-beta": "context-1m-2025-08-07,fine-grained-tool-streaming-2025-05-14",
      });
      await answer.body?.cancel();
      expect(upstream.seen.at(-1)).toMatchObject({
        path: "/v1/messages?beta=true",
        headers: {
          [name]: `${value}pk`,
          "anthropic-version": version,
          "anthropic-beta": "context-1m-2025-08-07,fine-grained-tool-streaming-2025-05-14",
        },
      });
    }
  }
});

const responsePaths: readonly (readonly [string, string, string, boolean])[] = [
  ["POST", "/v1/responses", "responses", true],
  ["POST", "/v1/responses/compact", "responses", true],
  // What was counted when it was made is not counted again.
  ["GET", "/v1/responses/resp_1", "responses", false],
  ["GET", "/v1/responses/resp_1?stream=true&starting_after=3", "responses", false],
  ["POST", "/v1/responses/resp_1/cancel", "responses", false],
  ["GET", "/v1/responses/resp_1/input_items?limit=2", "other", false],
  ["DELETE", "/v1/responses/resp_1", "responses", false],
  ["POST", "/v1/responses/input_tokens", "count_tokens", false],
];

for (const [method, path, endpoint, counted] of responsePaths) {
  Deno.test(`${method} ${path} goes on as it is and ${counted ? "counts" : "counts nothing"}`, async () => {
    await using upstream = await runUpstream((_, response) =>
      json(response, {
        id: "resp_1",
        object: "response",
        status: "completed",
        model: "gpt-4o",
        output: [],
        usage: {
          input_tokens: 100,
          input_tokens_details: { cached_tokens: 40 },
          output_tokens: 30,
          output_tokens_details: { reasoning_tokens: 10 },
          total_tokens: 130,
        },
      })
    );
    await using running = runGateway({
      upstreams: { openai: upstream.url },
      providerKeys: { openai: "pk" },
    });
    const answer = await fetch(running.url + path, {
      method,
      headers: { authorization: `Bearer ${projectKey}`, "content-type": "application/json" },
      ...(method === "POST" && { body: '{"model":"gpt-4o"}' }),
    });
    await answer.body?.cancel();
    expect(upstream.seen).toMatchObject([{ method, path }]);
    const { data } = running.log.only.event;
    expect(data.endpoint).toBe(endpoint);
    expect(data.usage.source).toBe(counted ? "provider" : "none");
    if (counted) expect(data.usage.buckets).toEqual({ ...emptyBuckets(), ...openaiBuckets });
  });
}

const geminiPaths: readonly (readonly [string, unknown, string, number | null])[] = [
  [
    "/v1beta/models/gemini-embedding-001:embedContent",
    { embedding: { values: [0.1] }, usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 } },
    "embeddings",
    7,
  ],
  [
    "/v1beta/models/gemini-embedding-001:batchEmbedContents",
    { embeddings: [{ values: [0.1] }], usageMetadata: { promptTokenCount: 9 } },
    "embeddings",
    9,
  ],
  ["/v1beta/models/gemini-2.5-flash:countTokens", { totalTokens: 12 }, "count_tokens", null],
];

for (const [path, body, endpoint, input] of geminiPaths) {
  Deno.test(`${path} is read as what it is`, async () => {
    await using upstream = await runUpstream((_, response) => json(response, body));
    await using running = runGateway({
      upstreams: { google: upstream.url },
      providerKeys: { google: "pk" },
    });
    await (await post(running.url + path, { content: {} })).body?.cancel();
    const { data } = running.log.only.event;
    expect([data.endpoint, data.usage.source]).toEqual([
      endpoint,
      input === null ? "none" : "provider",
    ]);
    if (input !== null) expect(data.usage.buckets.input).toBe(input);
    if (input === null) expect(data.cost.usd).toBe("0");
  });
}
