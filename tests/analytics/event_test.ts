import { expect } from "expect";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { eventDetailSchema } from "@/core/analytics/types.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, randomCalls, store } from "./seed.ts";

const clickhouse = useClickHouse();
const request = '{"model":"gpt-4o","seed":12345678901234567890,"messages":[]}';
const stream = 'data: {"choices":[]}\n\ndata: [DONE]\n\n';

Deno.test("event() has the headers that were kept, and the keys that the call went with", async () => {
  await using db = await clickhouse.database();
  const headers = {
    request: { "user-agent": "OpenAI/Python 2.7.1", "x-title": "half \ud800 a pair" },
    response: { "x-request-id": "req_1" },
  };
  await store(db.store, [
    callEvent({ id: "with", project: "p" }, { headers, provider_key_id: "pk_1", key_id: "key" }),
    callEvent({ id: "older", project: "p" }),
    callEvent({ id: "none", project: "p" }, { headers: null }),
  ]);
  const analytics = createAnalytics(db.store);
  const detail = await analytics.event("p", "with");
  expect(eventDetailSchema.parse(detail)).toEqual(detail);
  expect(detail?.headers).toEqual({
    ...headers,
    request: { ...headers.request, "x-title": "half \ufffd a pair" },
  });
  expect(detail?.event).toMatchObject({ key_id: "key", provider_key_id: "pk_1" });
  for (const id of ["older", "none"]) {
    expect((await analytics.event("p", id))?.headers).toBeNull();
  }
});

Deno.test("event() has the bodies, the tool calls, the price and the decisions", async () => {
  await using db = await clickhouse.database();
  const tool_calls = [{ id: "c1", name: "search", arguments: '{"q":"a \\"b\\" \\n"}' }];
  const event = callEvent({ id: "e1", project: "p" }, { tool_calls }, {
    request,
    response: stream,
  });
  await store(db.store, [event]);
  const detail = await createAnalytics(db.store).event("p", "e1");
  expect(eventDetailSchema.parse(detail)).toEqual(detail);
  expect(detail).toMatchObject({
    event: { event_id: "e1", endpoint: "chat", path: "/v1/chat/completions", demo: false },
    request: { model: "gpt-4o", messages: [] },
    response: stream,
    bodies: {
      request: { encoding: "json", truncated: false, bytes: request.length },
      response: { encoding: "text" },
    },
    tool_calls,
    cost_breakdown: {
      usd: "0.01",
      lines: [{ bucket: "input", units: 1_000, usd_per_million: "2.5", usd: "0.01" }],
      price: event.data.cost.price,
      unpriced_reason: null,
    },
  });
  expect(detail?.decisions.map(({ about, decision }) => [about, decision])).toEqual([
    ["cache", "MISS"],
    ["price", "openai/m, standard, genai-prices 0.1.8"],
    ["usage", "none"],
  ]);
});

Deno.test("event() with raw gives the bytes of the request, not what JSON made of them", async () => {
  await using db = await clickhouse.database();
  await store(db.store, [callEvent({ id: "e1", project: "p" }, {}, { request })]);
  const analytics = createAnalytics(db.store);
  expect((await analytics.event("p", "e1", { raw: true }))?.request).toBe(request);
  expect((await analytics.event("p", "e1"))?.response).toBeNull();
  expect((await analytics.event("p", "e1"))?.bodies.response).toBeNull();
});

Deno.test("event() of a failed call without a price says both", async () => {
  await using db = await clickhouse.database();
  const calls = randomCalls({ project: "p", count: 60, seed: 31, from: 0, to: 1_000_000 });
  const unpriced = calls.find(({ data }) => data.cost.usd === null) ?? calls[0]!; // one in five
  const failed: CallEvent = {
    ...unpriced,
    type: "call.failed",
    data: {
      ...unpriced.data,
      status_code: 429,
      error: { code: "rate_limit_exceeded", message: "Slow down.", origin: "provider" },
    },
  };
  await store(db.store, [failed]);
  const detail = await createAnalytics(db.store).event("p", failed.id);
  expect(eventDetailSchema.parse(detail)).toEqual(detail);
  expect(detail?.event).toMatchObject({
    status: "error",
    status_code: 429,
    cost_usd: null,
    error: failed.data.error,
    usage: failed.data.usage,
  });
  expect(detail?.cost_breakdown).toMatchObject({ usd: null, lines: [] });
  expect(detail?.decisions[1]).toEqual({
    about: "price",
    decision: "no price",
    because: "No price is known for this model.",
  });
});

Deno.test("event() of an unknown id is null", async () => {
  await using db = await clickhouse.database();
  expect(await createAnalytics(db.store).event("p", "nothing")).toBeNull();
});
