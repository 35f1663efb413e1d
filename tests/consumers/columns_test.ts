/** The check by hand and the schema of each column say the same. */
import { expect } from "expect";
import fc from "fast-check";
import { checkOf, schemaOf } from "@/consumers/clickhouse/columns.ts";
import { createProject, type Effect } from "@/consumers/clickhouse/project.ts";
import { type CallRows, tables } from "@/consumers/clickhouse/rows.ts";
import { upcast } from "@/core/event/upcast.ts";
import type { EventDraft } from "@/core/log/contract.ts";
import { call, type CallParts, chatPayloads } from "./event.ts";
import { attempt, score, span, spanFacts } from "./span_events.ts";

const position = { partition: 1, versionstamp: "0".repeat(20), index: 2 };
const project = createProject(1_790_000_000);

function rowsOf(parts: CallParts = {}): CallRows {
  const { request, response } = chatPayloads("What?", "That.");
  const inline = ({ bytes, contentType }: { bytes: Uint8Array; contentType: string }) => ({
    content_type: contentType,
    original_bytes: bytes.length,
    bytes: bytes.length,
    truncated: false,
    stored: { as: "text" as const, text: new TextDecoder().decode(bytes) },
  });
  const raw = {
    ...call(parts),
    payloads: { request: inline(request), response: inline(response) },
  };
  const read = upcast(raw);
  if (!read.ok) throw new Error(read.detail);
  const projected = project(read.event, position, () => Promise.resolve(null));
  if (projected instanceof Promise || !projected.ok) throw new Error("It is all inside the event");
  const effect: Effect | null = projected.row;
  if (effect?.kind !== "call") throw new Error("It is a call");
  return effect.rows;
}

function effectOf(draft: EventDraft): Effect {
  const read = upcast(draft);
  if (!read.ok) throw new Error(read.detail);
  const projected = project(read.event, position, () => Promise.resolve(null));
  if (projected instanceof Promise || !projected.ok) throw new Error("It is all inside the event");
  if (!projected.row) throw new Error("It has an effect");
  return projected.row;
}

/** A row of each table. */
function rowOf(table: (typeof tables)[number]["name"]): object {
  if (table !== "spans" && table !== "scores" && table !== "call_attempts") return rowsOf()[table];
  const events = { spans: span, scores: score, call_attempts: attempt };
  const effect = effectOf(events[table]());
  if (!("row" in effect)) throw new Error("It has no row of its own");
  return effect.row;
}

/** Values that a column might meet, sensible or not. */
const anything = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    true,
    "",
    -1,
    0,
    0.5,
    65_535,
    65_536,
    2 ** 32 - 1,
    2 ** 32,
    Number.MAX_SAFE_INTEGER,
    2 ** 53,
    NaN,
    Infinity,
    "0.000000000001",
    "0.0000000000001",
    "999999.5",
    "1000000",
    "-1",
    "1e3",
    ".5",
    "2026-03-04T05:06:07.890Z",
    "2026-03-04T05:06:07Z",
    "1969-12-31T23:59:59.999Z",
    "1970-01-01T00:00:00.000Z",
    "2289-12-31T23:59:59.999Z",
    "2290-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
    "half \ud83d",
    "💸",
    "x".repeat(129),
    [],
    {},
    { a: "b" },
    { a: 1 },
    { "\ud800": "b" },
    ["a"],
    [1],
    [{ id: "a", name: "b", arguments: "c" }],
    [{ id: "a", name: "b" }],
    [{ id: "a", name: "b", arguments: "c", more: "d" }],
    [{ bucket: "input", units: 1, usd_per_million: "2.5", usd: "0.1" }],
    [{ bucket: "input", units: -1, usd_per_million: "2.5", usd: "0.1" }],
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.double(),
  fc.integer(),
  fc.anything(),
);

for (const { name, columns } of tables) {
  Deno.test(`check and schema of ${name} agree about every column`, () => {
    const schema = schemaOf(columns);
    const check = checkOf(columns);
    const good = rowOf(name);
    expect(check(good)).toBeNull();
    expect(schema.safeParse(good).error).toBeUndefined();
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(columns), "unheard_of"),
        anything,
        (column, value) => {
          const row = { ...good, [column]: value };
          expect(check(row) === null).toBe(schema.safeParse(row).success);
        },
      ),
      { numRuns: 4_000 },
    );
  });
}

Deno.test("a row that lacks a column is refused by name", () => {
  const { events } = rowsOf();
  const { cost_usd: _, ...rest } = events;
  const table = tables.find(({ name }) => name === "events");
  expect(table && checkOf(table.columns)(rest)).toBe("cost_usd");
});

Deno.test("projecting is pure: the same event gives the same rows", () => {
  const parts = { id: "same", data: { properties: { b: "1", a: "2" } } };
  expect(JSON.stringify(rowsOf(parts))).toBe(JSON.stringify(rowsOf(parts)));
});

Deno.test("token columns are whole counts and their disjoint buckets", () => {
  const buckets = {
    input: 1,
    cache_read: 2,
    cache_write: 4,
    cache_write_5m: 8,
    cache_write_1h: 16,
    input_audio: 32,
    input_image: 64,
    output: 128,
    reasoning: 256,
    output_audio: 512,
    tool_requests: 1_024,
  };
  const usage = { buckets, source: "provider" as const, reported_total: null, consistent: true };
  const { events, events_list } = rowsOf({ data: { usage } });
  expect(events).toMatchObject({
    tokens_input: 127,
    tokens_output: 896,
    tokens_cache_read: 2,
    tokens_cache_write: 28,
    tokens_reasoning: 256,
    usage_input: 1,
    usage_output: 128,
    usage_tool_requests: 1_024,
  });
  expect(events_list).toMatchObject({ tokens_input: 127, tokens_output: 896, preview: "What?" });
});

for (
  const [type, status] of [
    ["call.completed", "success"],
    ["call.failed", "error"],
    ["call.aborted", "aborted"],
  ] as const
) {
  Deno.test(`${type} has the status ${status}`, () => {
    expect(rowsOf({ type }).events.status).toBe(status);
  });
}

Deno.test("a call that is a span has a row in both tables, with the columns in one order", () => {
  const { spans, events } = rowsOf({
    data: {
      source: "otel",
      trace_id: "t",
      span_id: "s",
      parent_span_id: "p",
      span: { ...spanFacts, kind: "call" },
    },
  });
  expect(spans).toMatchObject({
    trace_id: "t",
    parent_span_id: "p",
    is_call: true,
    source: "otel",
  });
  expect(spans?.event_id).toBe(events.event_id);
  expect(Object.keys(spans ?? {})).toEqual(Object.keys(rowOf("spans")));
  expect(rowsOf().spans).toBeNull();
});

Deno.test("an amended call takes the place of the first one's rows and counts as nothing", () => {
  const first = call({ id: "c1" });
  if (first.type !== "call.completed") throw new Error("It is a completed call");
  const draft: EventDraft = {
    id: "later",
    project: first.project,
    at: first.at,
    type: "call.amended",
    v: 1,
    data: { event_id: "c1", outcome: "call.failed", call: first.data },
  };
  const read = upcast(draft);
  if (!read.ok) throw new Error(read.detail);
  const projected = project(read.event, position, () => Promise.resolve(null));
  expect(projected).toMatchObject({
    ok: true,
    counts: "nothing",
    row: { kind: "call", rows: { events: { event_id: "c1", status: "error" } } },
  });
});
