/**
 * Whatever a client sends, no ingest route answers 5xx, hangs, or keeps memory; what it accepts can be
 * read back and projected.
 */
import { expect } from "expect";
import fc from "fast-check";
import { createProject } from "@/consumers/clickhouse/project.ts";
import { upcast } from "@/core/event/upcast.ts";
import { createIngest } from "@/core/ingest/ingest.ts";
import { readJson } from "@/core/ingest/otel/read_json.ts";
import { readProtobuf } from "@/core/ingest/otel/read_protobuf.ts";
import { NotOtlp } from "@/core/ingest/otel/span.ts";
import { mapping } from "@/core/ingest/otel/mapping.ts";
import { heliconeEvent } from "@/core/ingest/adapters/helicone.ts";
import { ingestKinds } from "@/core/ingest/schema/event.ts";
import type { EventDraft, Payload } from "@/core/log/contract.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { fuzzRoute } from "../fuzz/run_route.ts";
import { routes as fuzzed } from "../fuzz/seeds.ts";
import { ingestApi } from "./fixture.ts";

/** WATCHLLM_FUZZ_CASES makes each run of this file as long as one wants. */
const cases = Number(Deno.env.get("WATCHLLM_FUZZ_CASES") ?? 5_000);

const names = [
  "type",
  "event_id",
  "id",
  "timestamp",
  "model",
  "provider",
  "messages",
  "prompt",
  "response",
  "usage",
  "tokens_input",
  "tokens_output",
  "tokens_cache_read",
  "cost_usd",
  "latency_ms",
  "status",
  "error",
  "tool_calls",
  "properties",
  "metadata",
  "trace_id",
  "span_id",
  "parent_span_id",
  "name",
  "value",
  "rating",
  "target_event_id",
  "attributes",
  "end_time",
  "duration_ms",
  "__proto__",
  "constructor",
];

const odd = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      null,
      "",
      "x",
      0,
      -1,
      1.5,
      1e308,
      true,
      [],
      {},
      "up",
      "success",
      "gpt-4o",
      "2026-03-04T00:00:00Z",
      "half \ud83d",
      { message: "m", code: 5 },
      [{ role: "user", content: "Hi" }],
      { input_tokens: 5, output_tokens: -1 },
      { prompt_tokens: 1e16 },
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
);
const item = fc.record({
  kind: fc.constantFrom<unknown>(...ingestKinds, "nonsense", 5),
  fields: fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 12 }),
}).map(({ kind, fields }) => ({ type: kind, model: "gpt-4o", ...fields }));

/** An ingest whose log checks and projects whatever it is given. */
function checkedIngest(kv: Deno.Kv) {
  const project = createProject(1);
  const reports: unknown[] = [];
  let stored = 0;
  const append = async (event: EventDraft, payloads: Readonly<Record<string, Payload>> = {}) => {
    const read = upcast(JSON.parse(JSON.stringify(event)));
    if (!read.ok) throw new Error(`${read.reason}: ${read.detail}`);
    const texts = Object.values(payloads).map(({ bytes }) => new TextDecoder().decode(bytes));
    expect(texts).toBeDefined();
    const position = { partition: 0, versionstamp: "0".repeat(20), index: 0 };
    const projected = await project(read.event, position, () => Promise.resolve(null));
    if (!projected.ok) throw new Error(`${projected.code}: ${projected.detail}`);
    stored++;
    return { id: event.id, position };
  };
  const ingest = createIngest({
    log: { append },
    kv,
    prices: () => noProjectPrices,
    now: () => Date.UTC(2026, 2, 4),
    report: (...told) => reports.push(told),
  });
  return { ingest, reports, count: () => stored };
}

const owner = { project: "p", keyId: "k", environment: "live" as const };

Deno.test(`events: ${cases} odd ones are refused or stored whole, never a fault`, async () => {
  using kv = await Deno.openKv(":memory:");
  const { ingest, reports, count } = checkedIngest(kv);
  const context = await ingest.context(owner, "sdk");
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 20 }), async (items) => {
      const results = await ingest.events.take(items, context, null);
      expect(results).toHaveLength(items.length);
      for (const { status } of results) expect([200, 201, 400, 404, 409, 413]).toContain(status);
      expect(reports).toEqual([]);
    }),
    { numRuns: cases / 10 },
  );
  expect(count()).toBeGreaterThan(cases / 20);
});

const attribute = fc.record({
  key: fc.oneof(
    fc.constantFrom(...mapping.map(([name]) => name.replace("*", "0.message.role"))),
    fc.constantFrom(
      "llm.input_messages.0.message.contents.1.message_content.text",
      "gen_ai.prompt.0.tool_calls.0.name",
      "__proto__",
    ),
    fc.string({ maxLength: 10 }),
  ),
  value: fc.oneof(
    fc.record({
      stringValue: fc.oneof(
        fc.constantFrom(
          "chat",
          "[1,2]",
          '[{"role":"user","parts":[null,5]}]',
          '{"messages":5}',
          "ai.generateText.doGenerate",
          "\ud83d",
          "1e9",
        ),
        fc.string({ unit: "binary" }),
      ),
    }),
    fc.record({
      intValue: fc.oneof(
        fc.integer().map(String),
        fc.constantFrom("99999999999999999999", 5, null),
      ),
    }),
    fc.record({ doubleValue: fc.oneof(fc.double(), fc.constantFrom("NaN", "Infinity")) }),
    fc.record({ arrayValue: fc.jsonValue() }),
    fc.record({ kvlistValue: fc.jsonValue() }),
    fc.jsonValue(),
  ),
});
const span = fc.record({
  traceId: fc.constantFrom("4bf92f3577b34da6a3ce929d0e0e4736", "x", 5),
  spanId: fc.integer({ min: 1 }).map((id) => id.toString(16).padStart(16, "0")),
  parentSpanId: fc.constantFrom<unknown>("", null, "00f067aa0ba902b7", 5),
  name: fc.constantFrom<unknown>("chat", null, 5, "\ud83d"),
  startTimeUnixNano: fc.constantFrom<unknown>(
    "1772614800000000000",
    1_772_614_800_000_000_000,
    "0",
    "x",
    null,
  ),
  endTimeUnixNano: fc.constantFrom<unknown>("1772614801000000000", "1", null),
  attributes: fc.array(attribute, { maxLength: 12 }),
  events: fc.array(
    fc.record({
      name: fc.constantFrom("gen_ai.choice", "exception", "gen_ai.user.message", "x"),
      attributes: fc.array(attribute, { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
  status: fc.constantFrom<unknown>({}, { code: 2, message: "m" }, { code: "x" }, null),
});

Deno.test(`OTLP: ${cases} odd spans are rejected or stored whole, never a fault`, async () => {
  using kv = await Deno.openKv(":memory:");
  const { ingest, reports, count } = checkedIngest(kv);
  const context = await ingest.context(owner, "otel");
  await fc.assert(
    fc.asyncProperty(
      fc.array(span, { maxLength: 20 }),
      fc.array(attribute),
      async (spans, resource) => {
        const body = {
          resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans }] }],
        };
        const { rejected, again } = await ingest.otlp.take(readJson(body), context);
        expect(again).toBeNull();
        expect(rejected.spans).toBeLessThanOrEqual(spans.length);
        expect(reports).toEqual([]);
      },
    ),
    { numRuns: cases / 10 },
  );
  expect(count()).toBeGreaterThan(cases / 50);
});

Deno.test(`OTLP: ${cases} bodies that are no protobuf, or nearly, are read or refused`, () => {
  const begin = [
    10,
    40,
    18,
    38,
    18,
    36,
    10,
    16,
    ...Array(16).fill(1),
    18,
    8,
    ...Array(8).fill(2),
    42,
    4,
    97,
    98,
    99,
    100,
  ];
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.tuple(fc.nat(begin.length - 1), fc.nat(255)), { maxLength: 6 }).map(
          (changes) => {
            const bytes = Uint8Array.from(begin);
            for (const [at, value] of changes) bytes[at] = value;
            return bytes;
          },
        ),
      ),
      (bytes) => {
        try {
          expect(Array.isArray(readProtobuf(bytes))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(NotOtlp);
        }
      },
    ),
    { numRuns: cases },
  );
});

Deno.test(`adapters: ${cases / 5} odd bodies are refused or stored whole, never a fault`, async () => {
  using kv = await Deno.openKv(":memory:");
  const { ingest, reports } = checkedIngest(kv);
  const context = await ingest.context(owner, "langfuse");
  const types = [
    "trace-create",
    "generation-create",
    "generation-update",
    "span-update",
    "score-create",
    "observation-update",
    "sdk-log",
    "x",
  ];
  const fields = [
    "id",
    "traceId",
    "parentObservationId",
    "startTime",
    "endTime",
    "input",
    "output",
    "usage",
    "usageDetails",
    "costDetails",
    "model",
    "name",
    "value",
    "metadata",
    "level",
    "tags",
    "__proto__",
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          id: fc.oneof(fc.uuid(), odd),
          type: fc.constantFrom(...types),
          body: fc.dictionary(
            fc.constantFrom(...fields),
            fc.oneof(odd, fc.constantFrom("o1", "o2")),
            { maxKeys: 8 },
          ),
        }),
        { maxLength: 5 },
      ),
      odd,
      odd,
      async (batch, one, other) => {
        const { successes, errors } = await ingest.langfuse.take(batch, context);
        expect(successes.length + errors.length).toBe(batch.length);
        for (const { status } of errors) expect([400, 413]).toContain(status);
        const logged = heliconeEvent(
          { providerRequest: one, providerResponse: other, timing: one },
          null,
        );
        const [result] = await ingest.events.take([logged], context, null);
        expect([200, 201, 400, 409, 413]).toContain(result?.status);
        expect(reports).toEqual([]);
      },
    ),
    { numRuns: cases / 5 },
  );
});

// `tests/fuzz/ingest.ts` sends 100,000 to each.
for (const route of fuzzed) {
  Deno.test(`${route.path} as ${route.type}: requests that are nearly right are answered below 500`, async () => {
    const { stored, statuses } = await fuzzRoute(route, { cases: Math.ceil(cases / 20) });
    expect(stored).toBeGreaterThan(0);
    expect(statuses[400]).toBeGreaterThan(0);
  });
}

Deno.test("over HTTP: any bytes to any ingest route are answered below 500, each in time", async () => {
  await using t = await ingestApi();
  const routes = [
    "/v1/events",
    "/v1/events/batch",
    "/v1/feedback",
    `/v1/projects/${t.api.own.project.id}/events`,
    "/v1/traces",
    "/api/public/otel/v1/traces",
    "/api/public/ingestion",
    "/custom/v1/log",
    "/v1/log/request",
  ];
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.oneof(
      item,
      fc.array(item, { maxLength: 4 }),
      fc.record({ events: fc.array(item) }),
      fc.json(),
    )
      .map((body) =>
        new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body))
      ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...routes),
      bytes,
      fc.constantFrom("application/json", "application/x-protobuf", "text/plain", ""),
      fc.constantFrom("", "gzip", "zstd", "deflate", "br", "identity"),
      async (route, body, type, encoding) => {
        const answer = await t.api.app.request(`http://w.example${route}`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${t.api.own.key}`,
            ...(type && { "content-type": type }),
            ...(encoding && { "content-encoding": encoding }),
          },
          body: new Uint8Array(body),
        });
        await answer.bytes();
        expect(answer.status).toBeLessThan(500);
        expect(t.api.reported).toEqual([]);
      },
    ),
    { numRuns: Math.min(cases, 2_000), timeout: 120_000 },
  );
});

Deno.test("a body that does not end is given up, and what it took is given back", async () => {
  await using t = await ingestApi();
  const ingest = createIngest({
    log: t.api.log,
    kv: t.api.identity.kv,
    prices: () => noProjectPrices,
    now: () => 0,
    report: () => {},
    limits: { milliseconds: 50 },
  });
  await using slow = await ingestApi({ ingest, verifier: t.api.identity.verifier });
  const endless = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"type":')),
  });
  const answer = await slow.api.app.request("http://w.example/v1/events", {
    method: "POST",
    headers: { authorization: `Bearer ${t.api.own.key}` },
    body: endless,
  });
  expect(answer.status).toBe(408);
  expect((await answer.json()).error.code).toBe("body_timeout");
  expect(ingest.budget.used).toBe(0);
});
