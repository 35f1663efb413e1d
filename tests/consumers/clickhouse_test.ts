/** Events through the real loop into a real ClickHouse. */
import { expect } from "expect";
import { call, chatPayloads } from "./event.ts";
import { testLog } from "./log.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import { tables } from "@/consumers/clickhouse/rows.ts";
import { listDeadLetters } from "@/consumers/dead_letter.ts";
import { prove } from "@/consumers/proof.ts";
import { registerConsumer } from "@/consumers/registry.ts";
import { type ConsumerDeps, drain } from "@/consumers/run.ts";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import type { EventDraft } from "@/core/log/contract.ts";
import { readLag } from "@/consumers/lag.ts";
import { replayAll } from "@/consumers/replay.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import type { TestLog } from "./log.ts";

const clickhouse = useClickHouse();
const never = new AbortController().signal;

async function consumersOf(log: TestLog, store: ClickHouseStore): Promise<ConsumerDeps> {
  await registerConsumer(log.kv, { projection: "clickhouse", generation: 1, state: "active" }, 0);
  return {
    kv: log.kv,
    reader: log.reader,
    projectionOf: ({ generation }) =>
      createClickHouseProjection({ store, generation, logGeneration: log.reader.generation }),
  };
}

/** The tables in which every call has a row. */
const callTables = tables.filter(({ name }) =>
  !["spans", "scores", "call_attempts"].includes(name)
);

Deno.test("the rows have the columns of the tables, no more and no fewer", async () => {
  await using db = await clickhouse.database();
  for (const { name, columns } of tables) {
    const found = await db.store.query<{ name: string }>(
      `SELECT name FROM system.columns
       WHERE database = {database:String} AND table = {table:String} AND default_kind != 'MATERIALIZED'
         AND name != 'preview_hash' -- which ClickHouse computes, and views are to show
       ORDER BY name`,
      { database: db.store.database, table: `${name}_g1` },
    );
    expect(Object.keys(columns).sort()).toEqual(found.map((column) => column.name));
  }
});

Deno.test("a call arrives in all three tables, whole", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  await log.writer.append(
    call({
      id: "one",
      project: "p",
      data: { tool_calls: [{ id: "t", name: "f", arguments: "{}" }] },
    }),
    chatPayloads("What is a monad?", "A monoid in the category of endofunctors."),
  );
  const drained = await drain(await consumersOf(log, db.store), never);
  expect(drained).toEqual({ rows: 1, complete: true });

  const [event] = await db.store.query(
    "SELECT * EXCEPT (log_versionstamp) FROM events WHERE project_id = 'p'",
  );
  expect(event).toMatchObject({
    event_id: "one",
    timestamp: "2026-03-04T05:06:07.890Z",
    status: "success",
    tokens_input: "100",
    tokens_output: "20",
    cost_usd: "0.00045",
    cost_lines: [{ bucket: "input", usd: "0.00025" }, { bucket: "output" }],
    properties: { team: "search" },
    tool_call_names: ["f"],
    log_partition: expect.any(Number),
  });
  const [body] = await db.store.query(
    "SELECT * FROM event_bodies WHERE hasAllTokens(output_text, 'endofunctors')",
  );
  expect(body).toMatchObject({
    event_id: "one",
    request_encoding: "json",
    input_text: "What is a monad?",
    tool_calls: [{ id: "t", name: "f", arguments: "{}" }],
  });
  const [line] = await db.store.query("SELECT * FROM events_list");
  expect(line).toMatchObject({ event_id: "one", preview: "What is a monad?" });
  expect(await prove({ kv: log.kv, reader: log.reader, store: db.store })).toMatchObject({
    total: { appended: 1, projected: 1, pending: 0, dead_lettered: 0, stored: 1 },
    complete: true,
  });
  expect((await listDeadLetters(log.kv, "clickhouse@g1")).letters).toEqual([]);
});

/** An event that the log keeps and that no row can hold, or that breaks its own schema. */
function bad(id: string, spoil: Record<string, unknown>): EventDraft {
  // What a faulty writer would append: the log keeps it as it is.
  return { ...call({ id, project: "p" }), ...spoil } as EventDraft;
}

function spoiltUsage(input: unknown) {
  const { data } = call();
  const usage = "usage" in data ? data.usage : undefined;
  return { data: { ...data, usage: { ...usage, buckets: { ...usage?.buckets, input } } } };
}

async function counts(store: ClickHouseStore, table: string): Promise<[number, number]> {
  const [row] = await store.query<{ rows: string; ids: string }>(
    `SELECT count() AS rows, uniqExact(event_id) AS ids FROM ${table}`,
  );
  return [Number(row?.rows), Number(row?.ids)];
}

Deno.test("one bad event in 10,000 is set aside, the others are stored once", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const appends = Array.from({ length: 10_000 }, (_, n) =>
    log.writer.append(
      n === 4_321
        ? bad("year-9999", { at: "9999-12-31T23:59:59.999Z" })
        : call({ id: `e${n}`, project: `p${n % 7}` }),
    ));
  await Promise.all(appends);
  const deps = await consumersOf(log, db.store);
  expect(await drain(deps, never)).toEqual({ rows: 9_999, complete: true });
  const { letters } = await listDeadLetters(log.kv, "clickhouse@g1");
  expect(letters).toMatchObject([{
    event_id: "year-9999",
    code: "out_of_range",
    detail: "Column events.timestamp cannot hold this event's value",
  }]);
  for (const { name } of callTables) {
    expect(await counts(db.store, `${name}_g1`)).toEqual([9_999, 9_999]);
  }
  expect(await prove({ kv: log.kv, reader: log.reader, store: db.store })).toMatchObject({
    total: { appended: 10_000, projected: 9_999, dead_lettered: 1, pending: 0, stored: 9_999 },
    complete: true,
  });
});

Deno.test("numbers and times that a column cannot hold become dead letters, never other numbers", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const spoilt: [string, Record<string, unknown>][] = [
    ["negative tokens", spoiltUsage(-1)],
    ["half a token", spoiltUsage(0.5)],
    ["more tokens than are exact", spoiltUsage(2 ** 53)],
    ["tokens as text", spoiltUsage("12")],
    ["status 70000", { data: { ...call().data, status_code: 70_000 } }],
    ["a cost beyond the decimal", {
      data: { ...call().data, cost: { usd: "1000000", lines: [] } },
    }],
    ["year 9999", { at: "9999-01-01T00:00:00.000Z" }],
    ["year 1900", { at: "1900-01-01T00:00:00.000Z" }],
    ["no data", { data: null }],
  ];
  for (const [id, spoil] of spoilt) await log.writer.append(bad(id, spoil));
  await log.writer.append(call({ id: "good", project: "p" }));
  await drain(await consumersOf(log, db.store), never);
  const { letters } = await listDeadLetters(log.kv, "clickhouse@g1");
  expect(letters.map(({ event_id }) => event_id).sort()).toEqual(spoilt.map(([id]) => id).sort());
  expect(await counts(db.store, "events_g1")).toEqual([1, 1]);
});

Deno.test("text that is not Unicode is mended, and hostile text is stored as it is", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const hostile = `\u0000 ' " \\ \n \t {g} \u202e 💸 ${"🧨".repeat(50)}`;
  await log.writer.append(
    call({
      id: "half \ud83d",
      project: "p",
      data: {
        user_id: hostile,
        model: "gpt\udc00",
        properties: { ["k\ud800"]: "v\udfff", ["__proto__"]: hostile },
      },
    }),
    chatPayloads(hostile, "\ud83d"),
  );
  expect(await drain(await consumersOf(log, db.store), never)).toEqual({ rows: 1, complete: true });
  const [row] = await db.store.query<Record<string, unknown>>(
    "SELECT event_id, model, user_id, properties FROM events",
  );
  expect(row).toMatchObject({ event_id: "half \ufffd", model: "gpt\ufffd", user_id: hostile });
  expect(JSON.stringify(row?.properties)).toContain("k\ufffd");
  const [body] = await db.store.query("SELECT input_text FROM event_bodies");
  expect(body).toEqual({ input_text: hostile });
});

Deno.test("large bodies are read from beside the event", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const words = Array.from({ length: 30_000 }, (_, n) => `word${n}`).join(" ");
  await log.writer.append(call({ id: "large", project: "p" }), chatPayloads(words, words));
  await drain(await consumersOf(log, db.store), never);
  const [body] = await db.store.query<{ request: string; input_text: string }>(
    "SELECT request, input_text FROM event_bodies",
  );
  expect(JSON.parse(body?.request ?? "").messages[0].content).toBe(words);
  expect(body?.input_text).toBe(words.slice(0, 10_000));
});

Deno.test("an event whose times spread over decades does not stop the others", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog({ partitions: 1 });
  const appends = Array.from({ length: 300 }, (_, n) => {
    const at = new Date(Date.UTC(1975 + n % 60, n % 12, 3)).toISOString();
    return log.writer.append(call({ id: `e${n}`, project: "p", at }));
  });
  await Promise.all(appends);
  expect(await drain(await consumersOf(log, db.store), never)).toEqual({
    rows: 300,
    complete: true,
  });
  expect(await counts(db.store, "events_g1")).toEqual([300, 300]);
});

Deno.test("a table that is missing parks the consumer, and it goes on when the table is there", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog({ partitions: 1 });
  await log.writer.append(call({ id: "one" }));
  await db.store.command("RENAME TABLE events_list_g1 TO aside");
  const deps = await consumersOf(log, db.store);
  expect(await drain(deps, never)).toMatchObject({ complete: false });
  const [lag] = await readLag(log.kv, log.reader);
  expect(lag?.partitions[0]?.state).toMatchObject({
    state: "parked",
    reason: "configuration",
    code: "clickhouse_60",
    detail: "ClickHouse answered UNKNOWN_TABLE",
  });
  await db.store.command("RENAME TABLE aside TO events_list_g1");
  expect(await drain(deps, never)).toEqual({ rows: 1, complete: true });
  for (const { name } of callTables) expect(await counts(db.store, `${name}_g1`)).toEqual([1, 1]);
});

Deno.test("rows that ClickHouse itself refuses are found one by one and can be replayed", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog({ partitions: 1 });
  await db.store.command(
    "ALTER TABLE events_g1 ADD CONSTRAINT no_seven CHECK NOT endsWith(event_id, '77')",
  );
  const appends = Array.from(
    { length: 1_000 },
    (_, n) => log.writer.append(call({ id: `e${n}`, project: "p" })),
  );
  await Promise.all(appends);
  const deps = await consumersOf(log, db.store);
  expect(await drain(deps, never)).toEqual({ rows: 990, complete: true });
  const { letters } = await listDeadLetters(log.kv, "clickhouse@g1");
  expect(letters.map(({ event_id }) => event_id).sort())
    .toEqual(Array.from({ length: 10 }, (_, n) => `e${n || ""}77`).sort());
  expect(letters[0]).toMatchObject({ code: "clickhouse_469", stage: 0 });
  for (const { name } of callTables) {
    expect(await counts(db.store, `${name}_g1`)).toEqual([990, 990]);
  }

  await db.store.command("ALTER TABLE events_g1 DROP CONSTRAINT no_seven");
  const projection = createClickHouseProjection({
    store: db.store,
    generation: 1,
    logGeneration: log.reader.generation,
  });
  const replaying = { kv: log.kv, reader: log.reader, projection };
  expect(await replayAll(replaying, never)).toEqual({ replayed: 10, left: 0 });
  for (const { name } of callTables) {
    expect(await counts(db.store, `${name}_g1`)).toEqual([1_000, 1_000]);
  }
  expect(await prove({ kv: log.kv, reader: log.reader, store: db.store })).toMatchObject({
    total: { projected: 1_000, dead_lettered: 0, pending: 0, stored: 1_000 },
    complete: true,
  });
});

Deno.test("the demo's rows are removed up to the removal's place in the log, and no others", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const demo = { data: { demo: true } };
  await log.writer.append(call({ id: "real", project: "p" }));
  await log.writer.append(call({ id: "demo", project: "p", ...demo }));
  await log.writer.append(call({ id: "other project", project: "q", ...demo }));
  await log.writer.append({
    type: "demo.removed",
    v: 1,
    id: "removal",
    project: "p",
    at: "2026-05-01T00:00:00.000Z",
    data: { before: "2026-05-01T00:00:00.000Z" },
  });
  await log.writer.append(call({ id: "demo again", project: "p", ...demo }));
  const deps = await consumersOf(log, db.store);
  await drain(deps, never);
  for (const { name } of callTables) {
    const rows = await db.store.query<{ event_id: string }>(
      `SELECT event_id FROM ${name} ORDER BY event_id`,
    );
    expect(rows.map((row) => row.event_id)).toEqual(["demo again", "other project", "real"]);
  }
  expect(await prove({ kv: log.kv, reader: log.reader, store: db.store })).toMatchObject({
    total: { projected: 4, demo: 3, skipped: 1, stored: 3 },
    complete: true,
  });
});
