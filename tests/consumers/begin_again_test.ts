/** What becomes of analytics when ClickHouse has lost everything. */
import { expect } from "expect";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { prove } from "@/consumers/proof.ts";
import { listConsumers } from "@/consumers/registry.ts";
import { drain } from "@/consumers/run.ts";
import { createConsumers } from "@/tools/consume.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { call, chatPayloads } from "./event.ts";
import { type TestLog, testLog } from "./log.ts";
import { rebuilt } from "./rebuilt.ts";

const clickhouse = useClickHouse();
const signal = new AbortController().signal;

async function append(log: TestLog, ...names: string[]): Promise<void> {
  for (const name of names) {
    const parts = { id: name, project: "p1", at: "2026-03-01T10:00:00.000Z" };
    await log.writer.append(call(parts), chatPayloads("question", "answer"));
  }
}

/** Projects all that the log holds, as a process that starts now would; says what it reported. */
async function project(log: TestLog, store: ClickHouseStore): Promise<string[]> {
  const reported: string[] = [];
  const consumers = await createConsumers({
    kv: { write: log.kv, read: log.kv },
    store,
    report: (message) => reported.push(message),
  });
  expect((await drain(consumers, signal)).complete).toBe(true);
  return reported;
}

async function stored(store: ClickHouseStore): Promise<string[]> {
  const rows = await store.query<{ event_id: string }>(
    "SELECT event_id FROM events ORDER BY event_id",
  );
  return rows.map(({ event_id }) => event_id);
}

Deno.test("an empty ClickHouse in the place of the one that was is given everything again", async () => {
  await using was = await clickhouse.database();
  await using log = await testLog();
  await append(log, "a", "b");
  expect(await project(log, was.store)).toEqual([]);

  await using is = await clickhouse.database();
  await append(log, "c");
  expect(await project(log, is.store)).toEqual([
    "ClickHouse holds nothing of the log: every event is projected again",
  ]);
  expect(await stored(is.store)).toEqual(["a", "b", "c"]);
  expect(await prove({ kv: log.kv, reader: log.reader, store: is.store })).toMatchObject({
    complete: true,
    total: { appended: 3, projected: 3, stored: 3 },
  });
});

Deno.test("so is one that has no tables of the generation that was fed", async () => {
  await using was = await clickhouse.database();
  await using log = await testLog();
  await append(log, "a");
  await project(log, was.store);
  await rebuilt(log, was.store);
  expect(await listConsumers(log.kv)).toMatchObject([{ generation: 1 }, { generation: 2 }]);

  await using is = await clickhouse.database();
  await project(log, is.store);
  expect(await stored(is.store)).toEqual(["a"]);
});

Deno.test("one that holds something is left as it is", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  await append(log, "a", "b");
  await project(log, db.store);
  await db.store.command("DELETE FROM events_g1 WHERE event_id = 'a'");
  expect(await project(log, db.store)).toEqual([]);
  expect(await stored(db.store)).toEqual(["b"]);
});
