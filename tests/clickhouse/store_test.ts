import { expect } from "expect";
import { AppError } from "@/core/error.ts";
import { createStore } from "@/clickhouse/client.ts";
import { StoreError } from "@/clickhouse/store_error.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { eventually } from "./eventually.ts";

const clickhouse = useClickHouse();

const TABLE = `CREATE TABLE t (
    id UInt64, small UInt8, at DateTime64(3, 'UTC'), usd Decimal(18, 12), note Nullable(String)
  ) ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100`;
const row = (id: number) => ({
  id,
  small: 1,
  at: "2026-11-23T08:00:00.123Z",
  usd: "0.000000000001",
  note: null,
});

async function withTable() {
  const db = await clickhouse.database({ migrated: false });
  await db.store.command(TABLE);
  return db;
}

const count = "SELECT toUInt32(count()) AS n FROM t";

Deno.test("query() gives 64-bit integers and decimals as strings, times as ISO, NaN as null", async () => {
  await using db = await withTable();
  await db.store.insert("t", [{ ...row(0), id: "18446744073709551615" }]);
  expect(await db.store.query("SELECT *, nan AS none FROM t")).toEqual([{
    ...row(0),
    id: "18446744073709551615",
    none: null,
  }]);
});

Deno.test("query() cannot write", async () => {
  await using db = await withTable();
  await expect(db.store.query("INSERT INTO t (id) SELECT 1")).rejects.toMatchObject({
    exceptionCode: 164,
    kind: "configuration",
  });
});

Deno.test("query() takes arrays, large values and none at all as parameters", async () => {
  await using db = await withTable();
  const many = Array.from({ length: 5_000 }, (_, i) => `model-${i}`);
  const large = "x".repeat(100_000);
  const [answer] = await db.store.query<Record<string, unknown>>(
    `SELECT toUInt32(length({many:Array(String)})) AS many, toUInt32(length({large:String})) AS large,
       {none:Nullable(String)} AS none, {yes:Bool} AS yes`,
    { many, large, none: null, yes: true },
  );
  expect(answer).toEqual({ many: 5_000, large: 100_000, none: null, yes: true });
});

Deno.test("query() takes lists that are longer than a value may be, whatever is in them", async () => {
  await using db = await withTable();
  const kinds = ["x".repeat(256), "漢".repeat(256), "\\'\n\t".repeat(64), "\u{1f600}".repeat(128)];
  const ids = Array.from({ length: 1_000 }, (_, i) => `${i}${kinds[i % kinds.length]}`);
  const [answer] = await db.store.query<Record<string, unknown>>(
    `SELECT toUInt32(length({ids:Array(String)})) AS many, {ids:Array(String)} AS same,
       toUInt32(countIf({one:String} IN {ids:Array(String)})) AS found`,
    { ids, one: ids[998] ?? "" },
  );
  expect(answer).toEqual({ many: 1_000, same: ids, found: 1 });
});

Deno.test("insert() stores a batch once, however often it is sent under its token", async () => {
  await using db = await withTable();
  const batch = [row(1), row(2)];
  for (let i = 0; i < 3; i++) await db.store.insert("t", batch, { token: "1:clickhouse:0:a-b" });
  expect(await db.store.query(count)).toEqual([{ n: 2 }]);
  await db.store.insert("t", batch, { token: "another" });
  expect(await db.store.query(count)).toEqual([{ n: 4 }]);
});

Deno.test("insert() of no rows is no request", async () => {
  const store = createStore({
    url: "http://127.0.0.1:1",
    user: "",
    password: "",
    database: "x",
    fetch: () => Promise.reject(new Error("asked")),
  });
  await store.insert("t", []);
  await store.close();
});

Deno.test("insert() refuses a column that the table does not have", async () => {
  await using db = await withTable();
  await expect(db.store.insert("t", [{ ...row(1), surprise: 1 }])).rejects.toMatchObject({
    name: "AppError",
    exceptionCode: expect.any(Number),
  });
  expect(await db.store.query(count)).toEqual([{ n: 0 }]);
});

Deno.test("insert() refuses null where the column has none, instead of storing a default", async () => {
  await using db = await withTable();
  await expect(db.store.insert("t", [{ ...row(1), usd: null }])).rejects.toMatchObject({
    kind: "poison",
  });
  expect(await db.store.query(count)).toEqual([{ n: 0 }]);
});

Deno.test("insert() refuses rows of unlike columns before it sends them", async () => {
  await using db = await withTable();
  const { note: _, ...short } = row(2);
  for (const rows of [[row(1), short], [short, row(1)], [row(1), { ...row(2), note: undefined }]]) {
    await expect(db.store.insert("t", rows)).rejects.toThrow(/same columns/);
    await expect(db.store.insert("t", rows)).rejects.toBeInstanceOf(TypeError);
  }
  expect(await db.store.query(count)).toEqual([{ n: 0 }]);
});

Deno.test("A row that is no JSON is the caller's mistake, not ClickHouse's", async () => {
  await using db = await withTable();
  await expect(db.store.insert("t", [{ ...row(1), id: 1n }])).rejects.toThrow(/BigInt/);
  await expect(db.store.insert("t", [{ ...row(1), id: 1n }])).rejects.not.toBeInstanceOf(
    StoreError,
  );
});

Deno.test("A value of the wrong type is poison; a missing table is configuration", async () => {
  await using db = await withTable();
  await expect(db.store.insert("t", [{ ...row(1), id: "one" }])).rejects.toMatchObject({
    kind: "poison",
  });
  await expect(db.store.insert("u", [row(1)])).rejects.toMatchObject({
    kind: "configuration",
    exceptionCode: 60,
  });
});

Deno.test("Too little memory is transient", async () => {
  await using db = await withTable();
  const run = db.store.query("SELECT groupArray(number) FROM numbers(10000000)", {}, {
    settings: { max_memory_usage: 10_000_000 },
  });
  await expect(run).rejects.toMatchObject({ kind: "transient", exceptionCode: 241 });
});

Deno.test("A wrong password is configuration, and an error that clients can be given", async () => {
  await using db = await withTable();
  const stranger = createStore({ ...db.options, password: "guess" });
  const error = await stranger.ping().catch((error) => error);
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({
    kind: "configuration",
    exceptionCode: 516,
    code: "analytics_unavailable",
    status: 503,
    details: undefined,
  });
  expect(error.message).not.toContain("guess");
  expect(error.reason).toContain("AUTHENTICATION_FAILED");
  await stranger.close();
});

Deno.test("A server that is away is transient, for reads after a wait and for writes at once", async () => {
  const store = createStore({
    url: `http://127.0.0.1:${freePort()}`,
    user: "app",
    password: "",
    database: "x",
    waitForServerMs: 100,
  });
  // What went wrong, not the settings that stand in the address.
  const reason = expect.not.stringContaining("query_id");
  const away = { kind: "transient", exceptionCode: null, reason };
  await expect(store.query("SELECT 1")).rejects.toMatchObject(away);
  await expect(store.ping()).rejects.toMatchObject(away);
  await expect(store.command("SELECT 1")).rejects.toMatchObject(away);
  await expect(store.insert("t", [row(1)])).rejects.toMatchObject(away);
  await store.close();
});

Deno.test("A proxy's error page is judged by its status", async () => {
  for (const [status, kind] of [[502, "transient"], [404, "configuration"]] as const) {
    const store = createStore({
      url: "http://127.0.0.1:1",
      user: "",
      password: "",
      database: "x",
      waitForServerMs: 0,
      fetch: () => Promise.resolve(new Response("<h1>Sorry</h1>", { status })),
    });
    await expect(store.query("SELECT 1")).rejects.toMatchObject({ kind, exceptionCode: null });
    await store.close();
  }
});

Deno.test("stream() gives every row, and ends the query when its reader leaves", async () => {
  await using db = await withTable();
  let sum = 0;
  for await (
    const { n } of db.store.stream<{ n: string }>("SELECT number AS n FROM numbers(50000)")
  ) {
    sum += Number(n);
  }
  expect(sum).toBe(50_000 * 49_999 / 2);

  const marker = crypto.randomUUID();
  const endless = db.store.stream(`SELECT number, '${marker}' AS marker FROM system.numbers`);
  for await (const _ of endless) break;
  await eventually(async () => expect(await running(marker)).toEqual([{ n: 0 }]));

  function running(marker: string) {
    return db.store.query(
      `SELECT toUInt32(count()) AS n FROM system.processes
       WHERE position(query, {marker:String}) > 0 AND position(query, 'system.processes') = 0`,
      { marker },
    );
  }
});

Deno.test("An aborted call throws the caller's reason and ends on the server", async () => {
  await using db = await withTable();
  const reason = new Error("the reader has gone");
  const early = AbortSignal.abort(reason);
  await expect(db.store.query("SELECT 1", {}, { signal: early })).rejects.toBe(reason);

  const abort = new AbortController();
  const marker = crypto.randomUUID();
  const slow = db.store.query(
    `SELECT '${marker}', sleepEachRow(0.1) FROM system.numbers LIMIT 3000`,
    {},
    { signal: abort.signal, settings: { max_block_size: 1 } },
  );
  slow.catch(() => {});
  const running = () =>
    db.store.query<{ n: number }>(
      `SELECT toUInt32(count()) AS n FROM system.processes
       WHERE position(query, {marker:String}) > 0 AND position(query, 'system.processes') = 0`,
      { marker },
    );
  await eventually(async () => expect(await running()).toEqual([{ n: 1 }]));
  abort.abort(reason);
  await expect(slow).rejects.toBe(reason);
  await eventually(async () => expect(await running()).toEqual([{ n: 0 }]));
});

Deno.test("A call that takes too long is transient", async () => {
  await using db = await withTable();
  const run = db.store.query("SELECT sleepEachRow(0.1) FROM system.numbers LIMIT 3000", {}, {
    timeout: 200,
    settings: { max_block_size: 1 },
  });
  await expect(run).rejects.toMatchObject({ kind: "transient", reason: /200 ms|TIMEOUT/ });
});

Deno.test("Large inserts and answers can be compressed", async () => {
  await using db = await withTable();
  const encodings: (string | null)[] = [];
  const store = createStore({
    ...db.options,
    compress: true,
    fetch: async (input, init) => {
      encodings.push(new Headers(init?.headers).get("content-encoding"));
      return await fetch(input, init);
    },
  });
  await store.insert("t", Array.from({ length: 1_000 }, (_, id) => row(id)));
  expect(await store.query(count)).toEqual([{ n: 1_000 }]);
  expect(encodings).toEqual(["gzip", null]);
  await store.close();
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
