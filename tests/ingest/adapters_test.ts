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
