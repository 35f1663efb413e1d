import { expect } from "expect";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { tracesApi } from "../traces/fixture.ts";
import { ingestApi } from "./fixture.ts";

const clickhouse = useClickHouse();

Deno.test("Helicone's async log becomes a call with its times, headers and usage", async () => {
  await using t = await ingestApi();
  const body = {
    providerRequest: {
      url: "custom-model-nopath",
      json: { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] },
      meta: {
        "Helicone-User-Id": "u-1",
        "Helicone-Session-Id": "s-1",
        "Helicone-Property-Plan": "pro",
        "Helicone-Request-Id": "0b5d0b0a-0000-4000-8000-000000000001",
      },
    },
    providerResponse: {
      headers: {},
      status: 200,
      json: {
        id: "chatcmpl-1",
        model: "gpt-4o-2024-08-06",
        choices: [{
          index: 0,
          message: { role: "assistant", content: "Ho" },
          finish_reason: "stop",
        }],
        usage: { prompt_tokens: 1_000, completion_tokens: 0, total_tokens: 1_000 },
      },
    },
    timing: {
      startTime: { seconds: 1_772_614_800, milliseconds: 250 },
      endTime: { seconds: 1_772_614_801, milliseconds: 750 },
    },
  };
  const bearer = {
    "helicone-auth": `Bearer ${t.api.own.key}`,
    authorization: "Bearer sk-provider",
  };
  expect(await t.post("/custom/v1/log", body, bearer)).toMatchObject({ status: 200 });
  expect(await t.post("/custom/v1/log", body)).toMatchObject({
    status: 200,
    body: { status: 200 },
  });
  const events = await t.events();
  expect(events).toMatchObject([{
    id: "0b5d0b0a-0000-4000-8000-000000000001",
    type: "call.completed",
    at: "2026-03-04T09:00:00.250Z",
    data: {
      source: "helicone",
      provider: "openai",
      model: "gpt-4o",
      response_model: "gpt-4o-2024-08-06",
      finish_reason: "stop",
      latency_ms: 1_500,
      cost: { usd: "0.0025" },
      user_id: "u-1",
      session_id: "s-1",
      properties: { Plan: "pro" },
    },
  }]);
  const tool = {
    providerRequest: {
      url: "custom-model-nopath",
      json: { _type: "tool", toolName: "w", input: 1 },
      meta: {},
    },
    providerResponse: { status: 200, json: { x: 2 } },
  };
  expect((await t.post("/custom/v1/log", tool)).status).toBe(200);
  expect((await t.events())[1]).toMatchObject({ data: { kind: "tool", tool_name: "w" } });
  expect(await t.post("/custom/v1/log", {})).toMatchObject({ status: 400 });
});

Deno.test("Helicone's headers stand in the body's meta or in the request's own", async () => {
  await using t = await ingestApi();
  const body = {
    providerRequest: {
      url: "custom-model-nopath",
      json: { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] },
      meta: { "Helicone-User-Id": "from the body", environment: "production" },
    },
    providerResponse: { status: 200, headers: {}, json: { choices: [] } },
    timing: { startTime: { seconds: 1_772_614_800, milliseconds: 0 } },
  };
  const headers = {
    "helicone-user-id": "from the header",
    "helicone-session-id": "s-1",
    "helicone-session-path": "/a/b",
    "helicone-property-plan": "pro",
    "helicone-prompt-id": "p-1",
    "helicone-model-override": "gpt-4o-mini",
  };
  expect((await t.post("/custom/v1/log", body, headers)).status).toBe(200);
  const [event] = await t.events();
  expect(event?.data).toMatchObject({
    model: "gpt-4o-mini",
    user_id: "from the body",
    session_id: "s-1",
    properties: {
      plan: "pro",
      session_path: "/a/b",
      environment: "production",
      prompt_template_id: "p-1",
    },
  });
});

const chunks = [
  {
    id: "c-1",
    model: "gpt-4o-2024-08-06",
    choices: [{ delta: { role: "assistant", content: "H" } }],
  },
  { choices: [{ delta: { content: "o" } }] },
  { choices: [{ delta: {}, finish_reason: "stop" }] },
  { choices: [], usage: { prompt_tokens: 1_000, completion_tokens: 2, total_tokens: 1_002 } },
].map((chunk) => JSON.stringify(chunk));
const streams = {
  "server-sent events": chunks.map((chunk) => `data: ${chunk}\n\n`).join("") + "data: [DONE]\n\n",
  "lines of JSON": chunks.join("\n"),
};
for (const [form, textBody] of Object.entries(streams)) {
  Deno.test(`a stream that Helicone's clients kept as ${form} becomes its answer`, async () => {
    await using t = await ingestApi();
    const body = {
      providerRequest: { json: { model: "gpt-4o", stream: true }, meta: {} },
      providerResponse: { status: 200, json: {}, textBody },
      timing: { timeToFirstToken: 120 },
    };
    expect((await t.post("/oai/v1/log", body)).status).toBe(200);
    const [event] = await t.events();
    if (!event) throw new Error("It was stored");
    expect(event.data).toMatchObject({
      response_model: "gpt-4o-2024-08-06",
      response_id: "c-1",
      finish_reason: "stop",
      ttft_ms: 120,
      stream: true,
      usage: { buckets: { input: 1_000, output: 2 }, consistent: true },
    });
    const response = JSON.parse(await t.payload(event, "response") ?? "");
    expect(response.choices[0].message).toEqual({ role: "assistant", content: "Ho" });
  });
}

Deno.test("Anthropic's stream kept as text: its usage in disjoint buckets", async () => {
  await using t = await ingestApi();
  const events = [
    {
      type: "message_start",
      message: {
        id: "msg_1",
        model: "claude-sonnet-4-5",
        usage: { input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 1 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Ho" } },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } },
    { type: "message_stop" },
  ];
  const textBody = events.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join(
    "",
  );
  await t.post("/anthropic/v1/log", {
    providerRequest: { json: { model: "claude-sonnet-4-5" }, meta: {} },
    providerResponse: { status: 200, json: {}, textBody },
  });
  expect((await t.events())[0]?.data).toMatchObject({
    provider: "anthropic",
    finish_reason: "end_turn",
    usage: { buckets: { input: 10, cache_read: 90, output: 5 } },
  });
});

Deno.test("Helicone's log message becomes a call, once for its id", async () => {
  await using t = await ingestApi();
  const body = {
    authorization: "sk-helicone-x",
    heliconeMeta: { modelOverride: null, omitRequestLog: false, gatewayModel: "gpt-4o" },
    log: {
      request: {
        id: "0b5d0b0a-0000-4000-8000-000000000002",
        userId: "u-1",
        promptId: "",
        properties: { "Helicone-Session-Id": "s-1", Plan: "pro" },
        targetUrl: "https://api.openai.com/v1/chat/completions",
        provider: "OPENAI",
        requestCreatedAt: "2026-03-04T09:00:00.250Z",
        isStream: true,
      },
      response: {
        status: 200,
        responseCreatedAt: "2026-03-04T09:00:01.750Z",
        delayMs: 1_500,
        timeToFirstToken: 200,
        promptTokens: 1_000,
        completionTokens: 0,
      },
    },
  };
  for (const status of [201, 200]) {
    expect(await t.post("/v1/log/request", body)).toMatchObject({ status: 200, body: { status } });
  }
  expect(await t.events()).toMatchObject([{
    id: "0b5d0b0a-0000-4000-8000-000000000002",
    type: "call.completed",
    at: "2026-03-04T09:00:00.250Z",
    data: {
      source: "helicone",
      provider: "openai",
      model: "gpt-4o",
      latency_ms: 1_500,
      ttft_ms: 200,
      stream: true,
      cost: { usd: "0.0025" },
      user_id: "u-1",
      session_id: "s-1",
      properties: { Plan: "pro" },
    },
  }]);
  const async = {
    providerRequest: { json: { model: "gpt-4o" } },
    providerResponse: { status: 500 },
  };
  expect(await t.post("/v1/log/request", async)).toMatchObject({ status: 200 });
  expect((await t.events())[1]).toMatchObject({ type: "call.failed" });
  expect(await t.post("/v1/log/request", {})).toMatchObject({ status: 400 });
});

Deno.test("Langfuse's ids count once, its log lines are taken, costs in parts are added", async () => {
  await using t = await ingestApi();
  const batch = [
    { id: "e1", type: "trace-create", body: { id: "t1", name: "chat", tags: ["a", "b"] } },
    {
      id: "e2",
      type: "generation-create",
      body: {
        id: "g1",
        traceId: "t1",
        model: "my-model",
        startTime: "2026-03-04T09:00:00.000Z",
        promptName: "greeting",
        usage: { input: 10, output: 5, total: 15, unit: "TOKENS", inputCost: 0.1, outputCost: 0.2 },
      },
    },
    { id: "e3", type: "sdk-log", body: { log: "x" } },
  ];
  for (let i = 0; i < 2; i++) {
    const answer = await t.post("/api/public/ingestion", { batch });
    expect(answer).toMatchObject({ status: 207, body: { errors: [] } });
    expect(answer.body.successes).toHaveLength(3);
  }
  const events = await t.events();
  expect(events).toHaveLength(2);
  expect(events[1]?.data).toMatchObject({
    model: "my-model",
    usage: { buckets: { input: 10, output: 5 } },
    cost: { usd: "0.3", price: { source: "reported" } },
    properties: { tags: "a,b", prompt_template_id: "greeting" },
  });
});

Deno.test("Langfuse's creations and updates become one trace, each item applied once", async () => {
  await using db = await clickhouse.database();
  await using t = await tracesApi(db);
  const basic = { authorization: `Basic ${btoa(`pk-lf-1:${t.api.own.key}`)}` };
  const item = (id: string, type: string, body: object) => ({
    id,
    type,
    timestamp: "2026-03-04T09:00:05.000Z",
    body,
  });
  const first = [
    item("e1", "trace-create", {
      id: "t1",
      name: "chat",
      userId: "u-1",
      timestamp: "2026-03-04T09:00:00.000Z",
    }),
    item("e2", "generation-create", {
      id: "g1",
      traceId: "t1",
      name: "answer",
      model: "gpt-4o",
      startTime: "2026-03-04T09:00:01.000Z",
      input: [{ role: "user", content: "Hi" }],
    }),
    item("e3", "span-create", {
      id: "s1",
      traceId: "t1",
      parentObservationId: "g1",
      name: "search",
      startTime: "2026-03-04T09:00:02.000Z",
    }),
    item("e4", "invented", {}),
    item("e5", "score-create", { traceId: "t1", observationId: "g1", name: "faith", value: 0.5 }),
    item("e6", "sdk-log", { log: "x" }),
  ];
  const answer = await t.post("/api/public/ingestion", { batch: first, metadata: {} }, basic);
  expect(answer.status).toBe(207);
  expect(answer.body.successes.map(({ id }: { id: string }) => id)).toEqual([
    "e1",
    "e2",
    "e3",
    "e5",
    "e6",
  ]);
  expect(answer.body.errors).toMatchObject([{ id: "e4", status: 400 }]);
  await t.project();
  // A later request ends what was begun; it is sent twice.
  const second = [
    item("e7", "generation-update", {
      id: "g1",
      endTime: "2026-03-04T09:00:03.000Z",
      output: { role: "assistant", content: "Ho" },
      usage: { input: 1_000, output: 0, total: 1_000, unit: "TOKENS" },
    }),
    item("e8", "span-update", {
      id: "s1",
      endTime: "2026-03-04T09:00:02.500Z",
      level: "ERROR",
      statusMessage: "none",
    }),
    item("e9", "trace-create", { id: "t1", sessionId: "s-1", output: "Ho" }),
  ];
  for (let i = 0; i < 2; i++) {
    const again = await t.post("/api/public/ingestion", { batch: second }, basic);
    expect(again.body).toEqual({
      successes: second.map(({ id }) => ({ id, status: 201 })),
      errors: [],
    });
  }
  await t.project();
  const { trace, roots } = await t.get("/v1/analytics/traces/t1");
  expect(trace).toMatchObject({
    name: "chat",
    calls: 1,
    tokens_input: 1_000,
    cost_usd: "0.0025",
    user_id: "u-1",
    session_id: "s-1",
    errors: 1,
  });
  expect(roots).toHaveLength(1);
  expect(roots[0]).toMatchObject({
    name: "chat",
    children: [{
      kind: "call",
      event_id: "g1",
      duration_ms: 2_000,
      scores: [{ name: "faith", value: 0.5 }],
      children: [{ name: "search", duration_ms: 500, status: "error", status_message: "none" }],
    }],
  });
  const { event, request } = await t.get("/v1/analytics/event/g1");
  expect(event).toMatchObject({ tokens_input: 1_000, user_id: "u-1" });
  expect(request.messages).toEqual([{ role: "user", content: "Hi" }]);
  const [counted] = await db.store.query<{ calls: string; spans: string; scores: string }>(
    `SELECT (SELECT count() FROM events FINAL) AS calls, (SELECT count() FROM spans FINAL) AS spans,
      (SELECT count() FROM scores FINAL) AS scores`,
    {},
    { settings: { final: 1 } },
  );
  expect(counted).toEqual({ calls: "1", spans: "2", scores: "1" });
});
