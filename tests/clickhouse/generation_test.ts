import { expect } from "expect";
import {
  activeGeneration,
  createGeneration,
  dropGeneration,
  eventTables,
  generationTable,
  listGenerations,
  swapViews,
} from "@/clickhouse/generation.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";

const clickhouse = useClickHouse();

const position = { log_gen: 1, log_partition: 0, log_versionstamp: "00000000000000ff0000" };
const event = (event_id: string, fields: object = {}) => ({
  project_id: "p1",
  event_id,
  timestamp: "2026-11-23T08:00:00.123Z",
  ...position,
  log_index: 0,
  ...fields,
});

Deno.test("A new generation is filled unseen, and seen after the swap", async () => {
  await using db = await clickhouse.database();
  for (const table of eventTables) {
    await db.store.insert(generationTable(table, 1), [event("old")]);
  }
  await createGeneration(db.store, 2);
  await createGeneration(db.store, 2);
  for (const table of eventTables) {
    await db.store.insert(generationTable(table, 2), [event("new")]);
  }
  const seen = (table: string) => db.store.query(`SELECT event_id FROM ${table}`);
  for (const table of eventTables) expect(await seen(table)).toEqual([{ event_id: "old" }]);

  await swapViews(db.store, 2);

  for (const table of eventTables) expect(await seen(table)).toEqual([{ event_id: "new" }]);
  expect(await activeGeneration(db.store)).toBe(2);
  expect(await listGenerations(db.store)).toEqual([1, 2]);

  await expect(dropGeneration(db.store, 2)).rejects.toThrow(/readers use it/);
  await dropGeneration(db.store, 1);
  await dropGeneration(db.store, 1);
  expect(await listGenerations(db.store)).toEqual([2]);
});

Deno.test("Readers never miss a view while it is swapped", async () => {
  await using db = await clickhouse.database();
  await createGeneration(db.store, 2);
  let swapping = true;
  let reads = 0;
  const reader = async () => {
    while (swapping) {
      expect(await db.store.query("SELECT count() AS n FROM events_list")).toEqual([{ n: "0" }]);
      reads++;
    }
  };
  const readers = [reader(), reader(), reader()];
  for (let round = 0; round < 10; round++) await swapViews(db.store, 1 + (round + 1) % 2);
  swapping = false;
  await Promise.all(readers);
  expect(reads).toBeGreaterThan(0);
});

Deno.test("A generation is a whole number from 1", async () => {
  await using db = await clickhouse.database();
  for (const wrong of [0, -1, 1.5, NaN]) {
    await expect(createGeneration(db.store, wrong)).rejects.toThrow(RangeError);
  }
});

Deno.test("A repeated event counts once through the views with final=1, and the newest one wins", async () => {
  await using db = await clickhouse.database();
  // Different batches, so that no deduplication token helps; the later position has the larger index.
  for (const [log_index, cost_usd] of [[7, "0.2"], [8, "0.3"], [6, "0.1"]] as const) {
    for (const table of ["events", "events_list"] as const) {
      await db.store.insert(generationTable(table, 1), [event("e", { log_index, cost_usd })]);
    }
  }
  for (const table of ["events", "events_list"]) {
    const rows = await db.store.query(
      `SELECT toUInt32(count()) AS n, toString(sum(cost_usd)) AS usd FROM ${table}`,
      {},
      { settings: { final: 1, do_not_merge_across_partitions_select_final: 1 } },
    );
    expect(rows).toEqual([{ n: 1, usd: "0.3" }]);
  }
});

Deno.test("Log positions grow with generation, then commit, then place in the record", async () => {
  await using db = await clickhouse.database();
  const ascending = [
    { log_gen: 1, log_versionstamp: "00000000000000000000", log_index: 0 },
    { log_gen: 1, log_versionstamp: "00000000000000000000", log_index: 65535 },
    { log_gen: 1, log_versionstamp: "00000000000000000001", log_index: 0 },
    { log_gen: 1, log_versionstamp: "0000000000000a000000", log_index: 3 },
    { log_gen: 1, log_versionstamp: "ffffffffffffffffffff", log_index: 65535 },
    { log_gen: 2, log_versionstamp: "00000000000000000000", log_index: 0 },
    { log_gen: 4294967295, log_versionstamp: "ffffffffffffffffffff", log_index: 65535 },
  ].map((fields, i) => event(`e${i}`, fields));
  await db.store.insert("events_g1", ascending);

  const rows = await db.store.query<{ event_id: string; log_position: string }>(
    "SELECT event_id, log_position FROM events_g1 ORDER BY log_position",
  );

  expect(rows.map(({ event_id }) => event_id)).toEqual(ascending.map(({ event_id }) => event_id));
  expect(new Set(rows.map(({ log_position }) => log_position)).size).toBe(ascending.length);
  expect(rows.at(-1)?.log_position).toBe(String(2n ** 128n - 1n));
});

Deno.test("Search finds whole words in any case and any script, and uses the index", async () => {
  await using db = await clickhouse.database();
  await db.store.insert("event_bodies_g1", [
    event("a", { input_text: "How do I reset my Password?", output_text: "" }),
    event("b", { input_text: "Как сбросить ПАРОЛЬ учётной записи", output_text: "" }),
    event("c", { input_text: "", output_text: "passwords are hashed" }),
  ]);
  const found = (column: string, words: string) =>
    db.store.query<{ event_id: string }>(
      `SELECT event_id FROM event_bodies
       WHERE project_id = 'p1' AND hasAllTokens(${column}, {words:String}) ORDER BY event_id`,
      { words },
    );
  expect(await found("input_text", "PASSWORD reset")).toEqual([{ event_id: "a" }]);
  expect(await found("input_text", "пароль")).toEqual([{ event_id: "b" }]);
  expect(await found("input_text", "pass")).toEqual([]);
  expect(await found("output_text", "hashed")).toEqual([{ event_id: "c" }]);

  const plan = await db.store.query<{ explain: string }>(
    `EXPLAIN indexes = 1 SELECT event_id FROM event_bodies WHERE hasAllTokens(input_text, 'reset')`,
  );
  expect(plan.map(({ explain }) => explain).join("\n")).toContain("input_words");
});

Deno.test("The latest rows of a project are read in order, without a sort of all", async () => {
  await using db = await clickhouse.database();
  await db.store.insert("events_list_g1", [event("a")]);
  const plan = await db.store.query<{ explain: string }>(
    `EXPLAIN actions = 1 SELECT event_id FROM events_list WHERE project_id = 'p1'
     ORDER BY timestamp DESC, event_id DESC LIMIT 50`,
  );
  expect(plan.map(({ explain }) => explain).join("\n")).toMatch(/InReverseOrder/);
});

Deno.test("A retried batch that spans months is stored once", async () => {
  await using db = await clickhouse.database();
  const months = ["2026-09", "2026-10", "2026-11"].map((month, i) =>
    event(`e${i}`, { timestamp: `${month}-15T00:00:00.000Z` })
  );
  for (let i = 0; i < 2; i++) await db.store.insert("events_g1", months, { token: "t" });
  expect(await db.store.query("SELECT toUInt32(count()) AS n FROM events")).toEqual([{ n: 3 }]);
});
