import { expect } from "expect";
import {
  modelListSchema,
  scorePageSchema,
  sessionPageSchema,
  sessionSchema,
  spanDetailSchema,
  toolListSchema,
  tracePageSchema,
  traceSchema,
  unmappedSchema,
  userPageSchema,
  userSchema,
} from "@/core/analytics/trace_types.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { call } from "../consumers/event.ts";
import { exportBody, trace } from "../ingest/span_bodies.ts";
import { tracesApi } from "./fixture.ts";

const clickhouse = useClickHouse();

const json = (value: unknown) => ({
  bytes: new TextEncoder().encode(JSON.stringify(value)),
  contentType: "application/json",
});

Deno.test("spans, proxied calls, SDK calls, tools and scores of one traceparent are one tree", async () => {
  await using db = await clickhouse.database();
  await using t = await tracesApi(db);
  const project = t.api.own.project.id;
  // OpenTelemetry: an agent, an LLM span, and the HTTP client's span below it.
  await t.post(
    "/v1/traces",
    exportBody([
      {
        spanId: "0000000000000001",
        name: "agent",
        durationMs: 3_000,
        attributes: { "gen_ai.operation.name": "invoke_agent", shelf: "top" },
      },
      {
        spanId: "0000000000000002",
        parentSpanId: "0000000000000001",
        name: "chat gpt-4o",
        startMs: 10,
        durationMs: 800,
        attributes: {
          "gen_ai.operation.name": "chat",
          "gen_ai.request.model": "gpt-4o",
          "gen_ai.usage.input_tokens": 100,
          "gen_ai.usage.output_tokens": 20,
          "session.id": "s-1",
        },
      },
      {
        spanId: "0000000000000003",
        parentSpanId: "0000000000000002",
        name: "POST",
        startMs: 20,
        durationMs: 780,
      },
    ]),
  );
  // The gateway saw the same call, and a second one that brings the tool's result.
  const at = (ms: number) => new Date(Date.UTC(2026, 2, 4, 9) + ms).toISOString();
  const proxied = { trace_id: trace, span_id: null, session_id: "s-1", user_id: "u-1" };
  await t.api.log.append(
    call({
      id: "proxied-1",
      project,
      at: at(30),
      data: {
        ...proxied,
        parent_span_id: "0000000000000003",
        latency_ms: 700,
        tool_calls: [{ id: "call_1", name: "search", arguments: "{}" }],
      },
    }),
    {
      request: json({ model: "gpt-4o", messages: [{ role: "user", content: "Where is it?" }] }),
      response: json({ choices: [{ message: { role: "assistant", content: "I shall look." } }] }),
    },
  );
  await t.api.log.append(call({
    id: "proxied-2",
    project,
    at: at(1_030),
    data: { ...proxied, parent_span_id: "0000000000000001", tool_result_ids: ["call_1"] },
  }));
  await t.post("/v1/events/batch", [
    {
      type: "tool_call",
      tool_name: "fetch",
      trace_id: trace,
      parent_span_id: "0000000000000001",
      timestamp: at(2_000),
      latency_ms: 50,
      input: { a: 1 },
      output: "x",
    },
    {
      type: "span",
      name: "lost",
      trace_id: trace,
      parent_span_id: "dddddddddddddddd",
      timestamp: at(2_100),
      status: "error",
    },
    { type: "score", name: "faith", value: 0.5, target_event_id: "proxied-1" },
    { type: "score", name: "overall", value: "good", trace_id: trace },
  ]);
  await t.post("/v1/feedback", { event_id: "proxied-2", rating: "down" });
  await t.project();

  const answer = traceSchema.parse(await t.get(`/v1/analytics/traces/${trace}`));
  expect(answer.trace).toMatchObject({
    name: "agent",
    calls: 2,
    tokens_input: 200,
    cost_usd: "0.0009",
    spans: 4,
    tool_calls: 1,
    errors: 1,
    status: "error",
    user_id: "u-1",
    session_id: "s-1",
  });
  type Nodes = typeof answer.roots;
  const shape = (nodes: Nodes): unknown[] =>
    nodes.map((node) => [node.name, ...(node.children.length ? [shape(node.children)] : [])]);
  expect(shape(answer.roots)).toEqual([
    ["agent", [
      ["chat gpt-4o", [["POST", [["gpt-4o"]]]]],
      ["search"],
      ["gpt-4o"],
      ["fetch"],
    ]],
    ["not recorded", [["lost"]]],
  ]);
  const flat = (nodes: Nodes): Nodes => nodes.flatMap((node) => [node, ...flat(node.children)]);
  const all = flat(answer.roots);
  const search = all.find(({ name }) => name === "search");
  expect(search).toMatchObject({
    derived: true,
    kind: "tool",
    duration_ms: 300,
    tool: { id: "call_1" },
  });
  expect(all.find(({ name }) => name === "chat gpt-4o")?.call?.counted).toBe(false);
  expect(all.find(({ event_id }) => event_id === "proxied-1")?.scores).toMatchObject([{
    name: "faith",
    value: 0.5,
  }]);
  expect(all.find(({ event_id }) => event_id === "proxied-2")?.scores).toMatchObject([{
    kind: "feedback",
    value: -1,
  }]);
  expect(answer.scores).toMatchObject([{ name: "overall", text: "good" }]);
  expect(all.find(({ synthetic }) => synthetic)?.children.map(({ name }) => name)).toContain(
    "lost",
  );
  expect(answer.notes).toHaveLength(1);

  const list = tracePageSchema.parse(await t.get("/v1/analytics/traces"));
  expect(list.traces).toEqual([answer.trace]);
  for (
    const [query, found] of [
      ["user_id=u-1", 1],
      ["user_id=u-2", 0],
      ["status=error", 1],
      ["status=success", 0],
      ["name=AGE", 1],
      ["model=gpt-4o&session_id=s-1", 1],
      ["date_from=2026-03-05&date_to=2026-03-06", 0],
    ] as const
  ) {
    expect((await t.get(`/v1/analytics/traces?${query}`)).traces).toHaveLength(found);
  }

  const sessions = sessionPageSchema.parse(await t.get("/v1/analytics/sessions"));
  expect(sessions.sessions).toMatchObject([{
    session_id: "s-1",
    calls: 2,
    traces: 1,
    users: ["u-1"],
  }]);
  const session = sessionSchema.parse(await t.get("/v1/analytics/sessions/s-1"));
  expect(session.calls.map(({ event_id }) => event_id)).toEqual(["proxied-1", "proxied-2"]);
  expect(session.calls.map(({ asked, answered }) => [asked, answered])).toEqual([
    ["Where is it?", "I shall look."],
    ["", ""],
  ]);
  expect(session.tools).toMatchObject([{ name: "search", duration_ms: 300, derived: true }]);
  expect(session.traces).toEqual([answer.trace]);
  const users = userPageSchema.parse(await t.get("/v1/analytics/users"));
  expect(users.users).toMatchObject([{
    user_id: "u-1",
    calls: 2,
    sessions: 1,
    cost_usd: "0.0009",
  }]);
  expect(userSchema.parse(await t.get("/v1/analytics/users/u-1")).models).toHaveLength(1);
  const models = modelListSchema.parse(await t.get("/v1/analytics/models"));
  expect(models.models).toMatchObject([{ provider: "openai", model: "gpt-4o", calls: 2 }]);
  const tools = toolListSchema.parse(await t.get("/v1/analytics/tools"));
  expect(tools.tools).toMatchObject([
    { name: "fetch", uses: 1, timed: 1, derived: 0, avg_ms: 50 },
    { name: "search", uses: 1, timed: 1, derived: 1, avg_ms: 300 },
  ]);
  const scores = scorePageSchema.parse(
    await t.get("/v1/analytics/scores?kind=score&date_from=2026-03-04&date_to=2026-03-04"),
  );
  expect(scores.scores.map(({ name }) => name).sort()).toEqual(["faith", "overall"]);
  const unmapped = unmappedSchema.parse(await t.get("/v1/analytics/unmapped-attributes"));
  expect(unmapped.attributes).toMatchObject([{
    name: "shelf",
    spans: 1,
    example: "top",
    scopes: ["my-scope"],
  }]);
  const fetched = all.find(({ name }) => name === "fetch");
  const span = spanDetailSchema.parse(await t.get(`/v1/analytics/spans/${fetched?.event_id}`));
  expect(span).toMatchObject({ input: { a: 1 }, output: "x", tool: { name: "fetch" } });
  const stats = await t.get("/v1/analytics/stats?date_from=2026-03-04");
  expect(stats.stats).toMatchObject({ total_requests: 2, total_cost_usd: "0.0009" });
});

Deno.test("pages of traces neither repeat nor skip any; another project sees none", async () => {
  await using db = await clickhouse.database();
  await using t = await tracesApi(db);
  const events = Array.from({ length: 25 }, (_, i) => ({
    type: "span",
    trace_id: `t${i}`,
    session_id: `s${i % 7}`,
    timestamp: Date.UTC(2026, 2, 4, 9) + (i % 5) * 1_000,
  }));
  await t.post("/v1/events/batch", events);
  await t.project();
  for (
    const [path, field, id, total] of [
      ["traces", "traces", "trace_id", 25],
      ["sessions", "sessions", "session_id", 7],
    ] as const
  ) {
    for (const order of ["asc", "desc"]) {
      const seen: string[] = [];
      let cursor = "";
      do {
        const page = await t.get(`/v1/analytics/${path}?limit=4&order=${order}${cursor}`);
        seen.push(...page[field].map((one: Record<string, string>) => one[id]));
        cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : "";
      } while (cursor !== "");
      expect(seen).toHaveLength(total);
      expect(new Set(seen).size).toBe(total);
    }
  }
  const foreign = await t.api.send("/v1/analytics/traces", {
    headers: { authorization: `Bearer ${t.api.foreign.key}` },
  });
  expect((await foreign.json()).traces).toEqual([]);
  for (const path of ["traces/t1", "sessions/s1", "users/u1", "spans/x"]) {
    const answer = await t.api.send(`/v1/analytics/${path}`, {
      headers: { authorization: `Bearer ${t.api.foreign.key}` },
    });
    expect(answer.status).toBe(404);
    await answer.body?.cancel();
  }
});

Deno.test("calls in a trace say what was said, whoever recorded them and in whatever shape", async () => {
  await using db = await clickhouse.database();
  await using t = await tracesApi(db);
  const project = t.api.own.project.id;
  const generation = (id: string, input: unknown, output: unknown) => ({
    id: `item-${id}`,
    type: "generation-create",
    timestamp: "2026-03-04T09:00:00.000Z",
    body: {
      id,
      traceId: "t-1",
      name: id,
      model: "gpt-4o",
      startTime: "2026-03-04T09:00:00.000Z",
      endTime: "2026-03-04T09:00:01.000Z",
      input,
      output,
    },
  });
  const ingested = await t.post("/api/public/ingestion", {
    batch: [
      generation("messages", [{ role: "user", content: "Where is my order?" }], "On its way."),
      generation("text", "A plain question", "An answer"),
      generation("own", { question: "What is  a monad?", depth: 2 }, { verdict: "an endofunctor" }),
      generation("silent", undefined, { role: "assistant", content: "Good morning" }),
      generation("nothing", undefined, undefined),
    ],
  }, { authorization: `Basic ${btoa(`pk-lf-x:${t.api.own.key}`)}` });
  expect(ingested.body.errors).toEqual([]);
  await t.api.log.append(
    call({
      id: "proxied",
      project,
      at: "2026-03-04T09:00:02.000Z",
      data: { trace_id: "t-1", span_id: null, parent_span_id: "text" },
    }),
    {
      request: {
        bytes: new TextEncoder().encode(
          '{"model":"gpt-4o","messages":[{"role":"user","content":"And by the gateway?"}]}',
        ),
        contentType: "application/json",
      },
    },
  );
  await t.project();

  const { roots } = traceSchema.parse(await t.get("/v1/analytics/traces/t-1"));
  const said = new Map<string, string>();
  for (const waiting = [...roots]; waiting.length > 0;) {
    const node = waiting.shift();
    if (!node) break;
    if (node.call) said.set(node.id, node.preview);
    waiting.push(...node.children);
  }
  expect(Object.fromEntries(said)).toEqual({
    messages: "Where is my order?",
    text: "A plain question",
    own: '{"question":"What is a monad?","depth":2}',
    silent: "Good morning",
    nothing: "",
    proxied: "And by the gateway?",
  });
});

Deno.test("what is no call is told by its own address; a cost that came along is called so", async () => {
  await using db = await clickhouse.database();
  await using t = await tracesApi(db);
  await t.post("/v1/events/batch", {
    events: [
      { type: "tool_call", event_id: "a tool's", tool_name: "search" },
      { type: "prompt_call", event_id: "own-cost", model: "gpt-4o", cost_usd: "0.25" },
    ],
  });
  await t.project();
  const other = await t.api.get("/v1/analytics/event/a%20tool's");
  expect([other.status, other.body.error.code]).toEqual([404, "event_not_found"]);
  const { see } = other.body.error.details;
  expect(await t.get(see)).toMatchObject({ event_id: "a tool's", kind: "tool", is_call: false });
  const nowhere = await t.api.get("/v1/analytics/event/nowhere");
  expect([nowhere.status, nowhere.body.error.details]).toEqual([404, undefined]);

  const { event, decisions } = await t.get("/v1/analytics/event/own-cost");
  expect([event.cost_usd, event.price_source]).toEqual(["0.25", "reported"]);
  expect(decisions.find(({ about }: { about: string }) => about === "price")).toEqual({
    about: "price",
    decision: "reported",
    because: "The event brought its cost with it.",
  });
});
