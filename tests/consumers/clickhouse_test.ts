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

Deno.test("the rows have the columns of the tables, no more and no fewer", async () => {
  await using db = await clickhouse.database();
  for (const { name, columns } of tables) {
    const found = await db.store.query<{ name: string }>(
      `SELECT name FROM system.columns
       WHERE database = {database:String} AND table = {table:String} AND default_kind != 'MATERIALIZED'
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
