import { expect } from "expect";
import * as zlib from "node:zlib";
import { bearer } from "@/tests/api/fixture.ts";
import { ingestKinds } from "@/core/ingest/schema/event.ts";
import { createIngest } from "@/core/ingest/ingest.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { AppError } from "@/core/error.ts";
import type { CallData } from "@/core/event/call.ts";
import { inputTokens } from "@/core/event/usage.ts";
import { ingestApi } from "./fixture.ts";

const ulid = /^[0-9A-HJKMNP-TV-Z]{26}$/;

Deno.test("a prompt_call needs only type and model", async () => {
  await using t = await ingestApi();
  const { status, body } = await t.post("/v1/events", { type: "prompt_call", model: "gpt-4o" });
  expect(status).toBe(201);
  expect(body).toEqual({ id: expect.stringMatching(ulid), status: 201 });
  const [event] = await t.events();
  expect(event).toMatchObject({
    id: body.id,
    type: "call.completed",
    project: t.api.own.project.id,
    at: "2026-03-04T10:00:00.000Z",
    data: { provider: "openai", model: "gpt-4o", source: "sdk", cost: { usd: null } },
  });
});

Deno.test("counts whose sum no number holds are none, and the event is kept", async () => {
  await using t = await ingestApi();
  const most = Number.MAX_SAFE_INTEGER;
  await t.post("/v1/events", {
    type: "prompt_call",
    model: "claude-sonnet-4-5",
    usage: { input_tokens: most, cache_read_input_tokens: most, output_tokens: 7 },
  });
  const [event] = await t.events();
  const { usage } = event?.data as CallData;
  expect(usage.buckets).toMatchObject({ input: 0, cache_read: 0 });
  expect(Number.isSafeInteger(inputTokens(usage.buckets))).toBe(true);
});

Deno.test("a provider may have the name of something that every object has", async () => {
  await using t = await ingestApi();
  for (const provider of ["constructor", "toString", "__proto__", "valueof.chat"]) {
    const { status } = await t.post("/v1/events", {
      type: "prompt_call",
      model: "gpt-4o",
      provider,
      tokens_input: 10,
    });
    expect({ provider, status }).toEqual({ provider, status: 201 });
  }
  const found = (await t.events()).map(({ data }) => (data as CallData).provider);
  expect(found).toEqual(["constructor", "tostring", "__proto__", "valueof.chat"]);
});

Deno.test("tokens are priced, cached ones at their own price", async () => {
  await using t = await ingestApi();
  await t.post("/v1/events", {
    type: "prompt_call",
    model: "openai/gpt-4o",
    tokens_input: 2_000,
    tokens_cache_read: 1_500,
    tokens_output: 300,
    timestamp: "2026-01-01T00:00:00Z",
  });
  await t.post("/v1/events", {
    type: "prompt_call",
    model: "gpt-4o",
    usage: {
      prompt_tokens: 2_000,
      completion_tokens: 300,
      total_tokens: 2_300,
      prompt_tokens_details: { cached_tokens: 1_500 },
    },
    timestamp: 1_767_225_600_000,
  });
  await t.post("/v1/events", {
    type: "prompt_call",
    model: "claude-sonnet-4-5",
    usage: { input_tokens: 500, cache_read_input_tokens: 1_500, output_tokens: 300 },
  });
  const events = await t.events();
  for (const event of events.slice(0, 2)) {
    expect(event).toMatchObject({
      at: "2026-01-01T00:00:00.000Z",
      data: {
        provider: "openai",
        model: "gpt-4o",
        cost: { usd: "0.006125" },
        usage: { buckets: { input: 500, cache_read: 1_500, output: 300 }, consistent: true },
      },
    });
  }
  expect(events[2]).toMatchObject({
    data: {
      provider: "anthropic",
      usage: { buckets: { input: 500, cache_read: 1_500, output: 300 } },
      // 500 × 3 + 1500 × 0.30 + 300 × 15 dollars per million.
      cost: { usd: "0.00645" },
    },
  });
});

Deno.test("a given cost is kept, as number or text; an unknown price is null, never zero", async () => {
  await using t = await ingestApi();
  for (const cost of [{ cost_usd: "0.0042" }, { cost_estimate_usd: 0.0042 }, { cost_usd: 1e-9 }]) {
    await t.post("/v1/events", { type: "prompt_call", model: "own", tokens_input: 5, ...cost });
  }
  await t.post("/v1/events", { type: "prompt_call", model: "own", tokens_input: 5 });
  const costs = (await t.events()).map(({ data }) => "cost" in data ? data.cost?.usd ?? null : "?");
  expect(costs).toEqual(["0.0042", "0.0042", "0.000000001", null]);
});

Deno.test("every kind of event is taken and reads back by its schema", async () => {
  await using t = await ingestApi();
  const bodies = ingestKinds.map((type) => ({
    type,
    model: "gpt-4o",
    name: "n",
    value: 1,
    rating: "up",
    trace_id: "t1",
    tool_name: "search",
    threshold: 5,
  }));
  const { status, body } = await t.post("/v1/events/batch", { events: bodies });
  expect(body.results.map((one: { status: number }) => one.status)).toEqual(
    ingestKinds.map(() => 201),
  );
  expect(status).toBe(201);
  const kinds = (await t.events()).map(({ type, data }) => "kind" in data ? data.kind : type);
  expect(kinds).toEqual([
    "call.completed",
    "tool",
    "agent_step",
    "error",
    "span",
    "score",
    "feedback",
    "assertion_failed",
    "hallucination_detected",
    "cost_threshold_exceeded",
    "performance_alert",
  ]);
});

Deno.test("a batch answers for each event, and one bad event costs no other", async () => {
  await using t = await ingestApi();
  const { status, body } = await t.post("/v1/events/batch", {
    events: [
      { type: "prompt_call", model: "gpt-4o", event_id: "a" },
      { type: "prompt_call", event_id: "b", tokens_input: -1, tool_calls: [{ latency_ms: "x" }] },
      "nonsense",
      { type: "invented" },
      { type: "score", name: "s", value: 1 },
      { type: "prompt_call", model: "m", project_id: "another" },
      { type: "span", event_id: "c" },
    ],
  });
  expect(status).toBe(207);
  expect(body).toMatchObject({ accepted: 2, rejected: 5 });
  const [a, b, nonsense, invented, score, foreign, c] = body.results;
  expect(a).toEqual({ id: "a", status: 201 });
  expect(b).toEqual({
    id: "b",
    status: 400,
    error: {
      code: "bad_request",
      message:
        "model: must be text; tokens_input: must be at least 0; tool_calls[0].latency_ms: must be a number",
      fields: [
        { field: "model", expected: "must be text" },
        { field: "tokens_input", expected: "must be at least 0" },
        { field: "tool_calls[0].latency_ms", expected: "must be a number" },
      ],
    },
  });
  expect(nonsense).toMatchObject({ id: null, status: 400 });
  expect(invented.error.fields[0]).toMatchObject({
    field: "type",
    expected: expect.stringContaining("must be one of prompt_call, tool_call"),
  });
  expect(score.error.fields[0].field).toBe("target_event_id");
  expect(foreign).toMatchObject({ status: 404, error: { code: "project_not_found" } });
  expect(c).toEqual({ id: "c", status: 201 });
  expect((await t.events()).map(({ id }) => id)).toEqual(["a", "c"]);
});

Deno.test("all refused alike: the status is theirs, with an error in the usual shape beside", async () => {
  await using t = await ingestApi();
  const { status, body } = await t.post("/v1/events/batch", {
    events: [{ type: "span", level: 1 }],
  });
  expect(status).toBe(400);
  expect(body.results).toHaveLength(1);
  expect(body.error).toMatchObject({ code: "bad_request", request_id: expect.any(String) });
});

Deno.test("an id is taken once: same content is a duplicate, other content a conflict", async () => {
  await using t = await ingestApi();
  const event = { type: "prompt_call", model: "gpt-4o", event_id: "once" };
  expect((await t.post("/v1/events", event)).status).toBe(201);
  expect(await t.post("/v1/events", event)).toMatchObject({
    status: 200,
    body: { id: "once", status: 200 },
  });
  expect(await t.post("/v1/events", { ...event, model: "gpt-5" })).toMatchObject({
    status: 409,
    body: { error: { code: "id_conflict" } },
  });
  // The same id of another project is another event.
  const foreign = await t.post("/v1/events", event, bearer(t.api.foreign.key));
  expect(foreign.status).toBe(201);
  expect(await t.events()).toHaveLength(2);
});

Deno.test("the same id twice in one batch, and in many requests at once, is stored once", async () => {
  await using t = await ingestApi();
  const event = { type: "span", event_id: "same" };
  const { status, body } = await t.post("/v1/events/batch", {
    events: [event, event, { ...event, name: "other" }],
  });
  expect(status).toBe(207);
  expect(body.results.map((one: { status: number }) => one.status)).toEqual([201, 200, 409]);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => t.post("/v1/events", { type: "span", event_id: "race" })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201]);
  expect(await t.events()).toHaveLength(2);
});

Deno.test("a repetition after a restart is found in the store", async () => {
  await using t = await ingestApi();
  const event = { type: "span", event_id: "kept" };
  await t.post("/v1/events", event);
  const { kv } = t.api.identity;
  const again = createIngest({
    log: t.api.log,
    kv,
    prices: () => noProjectPrices,
    now: () => 0,
    report: () => {},
  });
  const owner = { project: t.api.own.project.id, keyId: "k", environment: "live" as const };
  const context = await again.context(owner, "sdk");
  expect(await again.events.take([event], context, null)).toEqual([{ id: "kept", status: 200 }]);
});

Deno.test("an Idempotency-Key makes a request's repetition a duplicate, another body a conflict", async () => {
  await using t = await ingestApi();
  const headers = { "idempotency-key": "order 66" };
  const events = { events: [{ type: "span" }, { type: "prompt_call", model: "m" }] };
  const first = await t.post("/v1/events/batch", events, headers);
  expect(first.status).toBe(201);
  const second = await t.post("/v1/events/batch", events, headers);
  expect(second.status).toBe(200);
  const ids = (answer: typeof first) => answer.body.results.map((one: { id: string }) => one.id);
  expect(ids(second)).toEqual(ids(first));
  const other = await t.post("/v1/events/batch", { events: [{ type: "span" }] }, headers);
  expect(other).toMatchObject({ status: 409, body: { error: { code: "idempotency_conflict" } } });
  expect(await t.events()).toHaveLength(2);
});

Deno.test("a log at its bound answers 429 with Retry-After, and the event can be sent again", async () => {
  await using t = await ingestApi();
  let full = true;
  const ingest = createIngest({
    log: {
      append: (...args) =>
        full ? Promise.reject(new AppError("log_overloaded")) : t.api.log.append(...args),
    },
    kv: t.api.identity.kv,
    prices: () => noProjectPrices,
    now: () => 0,
    report: () => {},
  });
  await using crowded = await ingestApi({ ingest, verifier: t.api.identity.verifier });
  const event = { type: "span", event_id: "later" };
  const refused = await crowded.post("/v1/events", event, bearer(t.api.own.key));
  expect(refused).toMatchObject({ status: 429, body: { error: { code: "log_overloaded" } } });
  expect(refused.headers.get("retry-after")).toBe("1");
  const batch = await crowded.post("/v1/events/batch", [event], bearer(t.api.own.key));
  expect(batch.status).toBe(429);
  expect(batch.headers.get("retry-after")).toBe("1");
  full = false;
  expect((await crowded.post("/v1/events", event, bearer(t.api.own.key))).status).toBe(201);
});

Deno.test("the original's route takes one event or a list, of the key's own project alone", async () => {
  await using t = await ingestApi();
  const own = `/v1/projects/${t.api.own.project.id}/events`;
  expect((await t.post(own, { type: "span" })).status).toBe(201);
  expect((await t.post(own, [{ type: "span" }])).body.accepted).toBe(1);
  expect((await t.post(own, { events: [{ event_type: "prompt_call", model: "m" }] })).status)
    .toBe(201);
  const foreign = `/v1/projects/${t.api.foreign.project.id}/events`;
  expect(await t.post(foreign, { type: "span" })).toMatchObject({
    status: 404,
    body: { error: { code: "project_not_found" } },
  });
});

Deno.test("feedback names the call by event_id, and is passed on for learning", async () => {
  await using t = await ingestApi();
  const learnt: unknown[] = [];
  const ingest = createIngest({
    log: t.api.log,
    kv: t.api.identity.kv,
    prices: () => noProjectPrices,
    now: () => Date.UTC(2026, 2, 4),
    onFeedback: (feedback) => learnt.push(feedback),
    report: () => {},
  });
  await using taught = await ingestApi({ ingest, verifier: t.api.identity.verifier });
  const send = (body: unknown) => taught.post("/v1/feedback", body, bearer(t.api.own.key));
  expect((await send({ event_id: "call-1", rating: "down", comment: "Wrong." })).status).toBe(201);
  expect((await send({ target_event_id: "call-2", id: "f2", value: true })).body.id).toBe("f2");
  expect((await send({ trace_id: "t1", rating: 3 })).status).toBe(201);
  expect((await send({ event_id: "call-1" })).body.error.details.fields[0].field).toBe("rating");
  const project = t.api.own.project.id;
  expect(learnt).toEqual([
    { project, eventId: "call-1", value: -1, comment: "Wrong." },
    { project, eventId: "call-2", value: 1, comment: null },
  ]);
  expect((await t.events()).map(({ data }) => data)).toMatchObject([
    { kind: "feedback", target_event_id: "call-1", value: -1, text: "down" },
    { target_event_id: "call-2", value: 1 },
    { target_event_id: null, trace_id: "t1", value: 3 },
  ]);
});

for (
  const [encoding, compress] of [
    ["gzip", zlib.gzipSync],
    ["zstd", zlib.zstdCompressSync],
    ["deflate", zlib.deflateSync],
  ] as const
) {
  Deno.test(`a body compressed with ${encoding} is read`, async () => {
    await using t = await ingestApi();
    const body = compress(JSON.stringify({ type: "span", name: "packed" }));
    const sent = await t.post("/v1/events", new Uint8Array(body), { "content-encoding": encoding });
    expect(sent.status).toBe(201);
  });

  Deno.test(`a bomb of ${encoding} is refused before it is unpacked`, async () => {
    await using t = await ingestApi();
    const bomb = compress(new Uint8Array(64 * 1024 * 1024));
    const sent = await t.post("/v1/events", new Uint8Array(bomb), { "content-encoding": encoding });
    expect(sent.status).toBe(413);
    expect(["compression_ratio", "body_too_large"]).toContain(sent.body.error.code);
  });
}

Deno.test("limits are told: encoding, size, events, depth, JSON", async () => {
  await using t = await ingestApi();
  const code = async (body: unknown, headers = {}, path = "/v1/events") => {
    const answer = await t.post(path, body, headers);
    return [answer.status, answer.body.error.code];
  };
  expect(await code("{}", { "content-encoding": "br" })).toEqual([415, "unsupported_encoding"]);
  expect(await code("{}", { "content-encoding": "gzip" })).toEqual([400, "bad_request"]);
  expect(await code(new Uint8Array(11 * 1024 * 1024))).toEqual([413, "body_too_large"]);
  expect(await code("{nonsense")).toEqual([400, "invalid_json"]);
  expect(await code(new Uint8Array([0xff, 0xfe]))).toEqual([400, "invalid_json"]);
  expect(await code("[]")).toEqual([400, "bad_request"]);
  const deep = `{"type":"span","input":${"[".repeat(70)}${"]".repeat(70)}}`;
  expect(await code(deep)).toEqual([400, "json_too_deep"]);
  expect(await code("[".repeat(100_000))).toEqual([400, "json_too_deep"]);
  const batch = "/v1/events/batch";
  expect(await code({ events: Array(1_001).fill({ type: "span" }) }, {}, batch)).toEqual([
    413,
    "too_many_events",
  ]);
  expect(await code({ events: [] }, {}, batch)).toEqual([400, "bad_request"]);
  expect(await code({}, {}, batch)).toEqual([400, "bad_request"]);
  const huge = {
    type: "span",
    attributes: Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`a${i}`, "x".repeat(5_000)]),
    ),
  };
  // Attributes are cut to their bounds, so that the event stays small enough.
  expect((await t.post("/v1/events", huge)).status).toBe(201);
});

Deno.test("text of any size is kept beside its event", async () => {
  await using t = await ingestApi();
  const prompt = "What? ".repeat(200_000);
  await t.post("/v1/events", { type: "prompt_call", model: "m", prompt, response: "That." });
  const [event] = await t.events();
  if (!event) throw new Error("It was stored");
  expect(JSON.parse(await t.payload(event, "request") ?? "")).toEqual({ model: "m", prompt });
  expect(await t.payload(event, "response")).toBe("That.");
});

Deno.test("who sends without a key, or with a wrong one, is told so", async () => {
  await using t = await ingestApi();
  const none = await t.api.send("/v1/events", { method: "POST", body: { type: "span" } });
  expect(none.status).toBe(401);
  await none.body?.cancel();
  for (const key of [t.api.revokedKey, "wl_live_nonsense"]) {
    expect((await t.post("/v1/events", { type: "span" }, bearer(key))).status).toBe(401);
  }
  const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` });
  expect((await t.post("/v1/events", { type: "span" }, basic(`pk:${t.api.own.key}`))).status)
    .toBe(201);
  expect((await t.post("/v1/events", { type: "span" }, basic(`${t.api.own.key}:`))).status)
    .toBe(201);
});

Deno.test("tool calls with results become spans below the call", async () => {
  await using t = await ingestApi();
  await t.post("/v1/events", {
    type: "prompt_call",
    event_id: "c",
    model: "gpt-4o",
    trace_id: "t",
    span_id: "s",
    latency_ms: 100,
    timestamp: "2026-03-04T00:00:00.000Z",
    tool_calls: [
      { tool_name: "search", tool_id: "1", input: { q: 1 }, output: "x", latency_ms: 40 },
      { id: "2", name: "later", arguments: "{}" },
    ],
  });
  const events = await t.events();
  expect(events).toMatchObject([
    {
      id: "c:tool:0",
      at: "2026-03-04T00:00:00.100Z",
      data: {
        kind: "tool",
        name: "search",
        parent_span_id: "s",
        duration_ms: 40,
        tool_call_id: "1",
      },
    },
    {
      id: "c",
      data: { tool_calls: [{ id: "1", arguments: '{"q":1}' }, { id: "2", name: "later" }] },
    },
  ]);
});

Deno.test("what no schema names is kept", async () => {
  await using t = await ingestApi();
  await t.post("/v1/events", {
    type: "prompt_call",
    model: "m",
    colour: "red",
    metadata: { a: [1] },
  });
  await t.post("/v1/events", {
    type: "cost_threshold_exceeded",
    threshold: 5,
    client: { os: "x" },
  });
  const [call, alert] = await t.events();
  expect(call?.data).toMatchObject({ properties: { colour: "red", a: "[1]" } });
  expect(alert?.data).toMatchObject({ attributes: { threshold: "5", "client.os": "x" } });
});

Deno.test("a cost and a time that cannot be read are told in words, not in patterns", async () => {
  await using t = await ingestApi();
  for (const cost_usd of ["NaN", "1,5", "-1", "1e3"]) {
    const { status, body } = await t.post("/v1/events", {
      type: "prompt_call",
      model: "m",
      cost_usd,
    });
    expect(status).toBe(400);
    expect(body.error.message).toContain("cost_usd: must be US dollars");
  }
  const { body } = await t.post("/v1/events", {
    type: "prompt_call",
    model: "m",
    timestamp: "2026-02-30T00:00:00Z",
  });
  expect(body.error.message).toContain("timestamp: must be an ISO 8601 time");
});

Deno.test("a call whose time nobody told has none, and one that took no time has 0", async () => {
  await using t = await ingestApi();
  await t.post("/v1/events/batch", {
    events: [
      { type: "prompt_call", event_id: "untold", model: "gpt-4o" },
      { type: "prompt_call", event_id: "zero", model: "gpt-4o", latency_ms: 0 },
    ],
  });
  const told = (await t.events()).map(({ id, data }) => [id, (data as CallData).latency_ms]);
  expect(told).toEqual([["untold", null], ["zero", 0]]);
});
