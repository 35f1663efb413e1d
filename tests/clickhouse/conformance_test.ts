/**
 * What this product needs of `@clickhouse/client-web` and a server together. Runs against the embedded
 * engine, and against any server that CLICKHOUSE_URL names.
 */
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client-web";
import { expect } from "expect";
import { type TestDatabase, useClickHouse } from "../fixtures/clickhouse.ts";
import { eventually } from "./eventually.ts";

const clickhouse = useClickHouse();

/** A plain client on an empty database: nothing of our own store in between. */
async function connect(
  options: Parameters<typeof createClient>[0] = {},
): Promise<{ client: ClickHouseClient; db: TestDatabase } & AsyncDisposable> {
  const db = await clickhouse.database({ migrated: false });
  const { url, user: username, password, database } = db.options;
  const client = createClient({
    url,
    username,
    password,
    database,
    log: { level: ClickHouseLogLevel.OFF },
    ...options,
  });
  return {
    client,
    db,
    async [Symbol.asyncDispose]() {
      await client.close();
      await db[Symbol.asyncDispose]();
    },
  };
}

async function rows<T>(client: ClickHouseClient, query: string, query_params = {}): Promise<T[]> {
  const result = await client.query({ query, query_params, format: "JSONEachRow" });
  return await result.json<T>();
}

Deno.test("ping() succeeds with the password and fails without", async () => {
  await using c = await connect();
  expect(await c.client.ping()).toEqual({ success: true });

  await using stranger = await connect({ password: "wrong" });
  expect(await stranger.client.ping()).toMatchObject({ success: false, error: { code: "516" } });
});

Deno.test("command() makes, alters and drops tables", async () => {
  await using c = await connect();
  await c.client.command({ query: "CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a" });
  await c.client.command({ query: "ALTER TABLE t ADD COLUMN b Map(String, String)" });
  expect(await rows(c.client, "SELECT name FROM system.columns WHERE database = currentDatabase()"))
    .toEqual([{ name: "a" }, { name: "b" }]);
  await c.client.command({ query: "DROP TABLE t SYNC" });
  expect(await rows(c.client, "EXISTS TABLE t")).toEqual([{ result: 0 }]);
});

Deno.test("insert() stores 100,000 rows of which none is lost or changed", async () => {
  await using c = await connect();
  await c.client.command({
    query:
      "CREATE TABLE t (id UInt32, name String, cost Decimal(18, 12)) ENGINE = MergeTree ORDER BY id",
  });
  const values = Array.from(
    { length: 100_000 },
    (_, id) => ({ id, name: `row "${id}" é\n`, cost: `0.${String(id).padStart(12, "0")}` }),
  );

  await c.client.insert({ table: "t", values, format: "JSONEachRow" });

  const [sums] = await rows(
    c.client,
    `SELECT toUInt32(count()) AS n, toUInt32(uniqExact(id)) AS ids, toString(sum(cost)) AS cost,
       toUInt32(countIf(name = concat('row "', toString(id), '" é\\n'))) AS names FROM t`,
  );
  expect(sums).toEqual({ n: 100_000, ids: 100_000, cost: "0.00499995", names: 100_000 });
});

const parameters: [type: string, value: unknown, read?: unknown][] = [
  ["String", "it's \"quoted\" \\ back\\slash\ttab\nline\r\n 🐘 {a:String} ' OR 1=1 --"],
  ["String", ""],
  ["String", "x".repeat(30_000)],
  ["UInt8", 255],
  ["UInt64", "18446744073709551615"],
  ["Int64", "-9223372036854775808"],
  ["UInt128", "340282366920938463463374607431768211455"],
  ["Float64", 0.1, "0.1"],
  ["Bool", true],
  ["Decimal(18, 12)", "123456.000000000001"],
  ["UUID", "61f0c404-5cb3-11e7-907b-a6006ad3dba0"],
  ["IPv4", "127.0.0.1"],
  ["Date", "2026-02-28"],
  ["DateTime64(3, 'UTC')", "2026-11-23 08:00:00.123"],
  ["Nullable(String)", null],
  ["Array(String)", ["a'b", "c,d", "[e]"], "['a\\'b','c,d','[e]']"],
  ["Array(UInt32)", [1, 2, 3], "[1,2,3]"],
  ["Array(String)", [], "[]"],
  ["Map(String, String)", { "k'1": "v\n1" }, "{'k\\'1':'v\\n1'}"],
  ["LowCardinality(String)", "gpt-4o"],
];

for (const [type, value, read = value] of parameters) {
  const shown = JSON.stringify(value).slice(0, 30);
  Deno.test(`A ${type} parameter arrives as it was given: ${shown}`, async () => {
    await using c = await connect();
    const [row] = await rows<{ v: string | null }>(
      c.client,
      `SELECT toString({v:${type}}) AS v`,
      { v: value },
    );
    expect(row?.v).toBe(read === null ? null : String(read));
  });
}

Deno.test("A stream gives 100,000 rows in order and in pieces", async () => {
  await using c = await connect();
  const result = await c.client.query({
    query: "SELECT number AS n FROM system.numbers LIMIT 100000",
    format: "JSONEachRow",
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
  let next = 0;
  let pieces = 0;
  for await (const piece of result.stream<{ n: number }>()) {
    pieces++;
    for (const row of piece) if (row.json().n === next) next++;
  }
  expect(next).toBe(100_000);
  expect(pieces).toBeGreaterThan(1);
});

Deno.test("Aborting a read ends the query on the server", async () => {
  await using c = await connect();
  const query_id = crypto.randomUUID();
  const running = () =>
    rows<{ query_id: string }>(
      c.client,
      "SELECT query_id FROM system.processes WHERE query_id = {query_id:String}",
      { query_id },
    );
  const abort = new AbortController();
  const slow = c.client.query({
    query: "SELECT sleepEachRow(0.1) FROM system.numbers LIMIT 3000",
    format: "JSONEachRow",
    query_id,
    abort_signal: abort.signal,
    clickhouse_settings: {
      cancel_http_readonly_queries_on_client_close: 1,
      readonly: "2",
      wait_end_of_query: 1,
      max_block_size: "1",
    },
  });
  slow.catch(() => {});
  await eventually(async () => expect(await running()).toHaveLength(1));

  abort.abort();

  await expect(slow).rejects.toThrow("aborted");
  await eventually(async () => expect(await running()).toHaveLength(0));
});

Deno.test("Leaving a stream ends the query on the server", async () => {
  await using c = await connect();
  const query_id = crypto.randomUUID();
  const result = await c.client.query({
    query: "SELECT number, repeat('x', 1000) FROM system.numbers",
    format: "JSONEachRow",
    query_id,
    clickhouse_settings: {
      cancel_http_readonly_queries_on_client_close: 1,
      readonly: "2",
      max_block_size: "1000",
    },
  });
  const reader = result.stream().getReader();
  await reader.read();
  await reader.cancel();
  await eventually(async () => {
    const running = await rows(
      c.client,
      "SELECT 1 FROM system.processes WHERE query_id = {query_id:String}",
      { query_id },
    );
    expect(running).toHaveLength(0);
  });
});

const failures: [name: string, code: string, query: string, settings?: Record<string, string>][] = [
  ["a syntax error", "62", "SELEKT 1"],
  ["an unknown table", "60", "SELECT * FROM no_such_table"],
  ["an unknown column", "47", "SELECT no_such_column FROM system.one"],
  ["a query that takes too long", "159", "SELECT sum(sleepEachRow(0.05)) FROM numbers(600)", {
    max_execution_time: "1",
    max_block_size: "1",
  }],
  [
    "a query that needs too much memory",
    "241",
    "SELECT groupArray(number) FROM numbers(10000000)",
    {
      max_memory_usage: "10000000",
    },
  ],
];

for (const [name, code, query, clickhouse_settings = {}] of failures) {
  Deno.test(`The error of ${name} carries code ${code}`, async () => {
    await using c = await connect();
    const run = c.client.query({
      query,
      clickhouse_settings: { wait_end_of_query: 1, ...clickhouse_settings },
    });
    await expect(run).rejects.toMatchObject({ code });
  });
}

Deno.test("An error in the middle of a stream is an error, not an end", async () => {
  await using c = await connect();
  const result = await c.client.query({
    query:
      "SELECT repeat('x', 1000) AS x, throwIf(number = 20000, 'here') AS n FROM system.numbers",
    format: "JSONEachRow",
    clickhouse_settings: { output_format_parallel_formatting: 0, max_block_size: "1000" },
  });
  const read = async () => {
    for await (const _ of result.stream());
  };
  // ClickHouse's exception, or the broken connection that follows it: whichever is seen first.
  await expect(read()).rejects.toThrow(/here|reading a body/);
});

Deno.test("One bad row refuses its batch", async () => {
  await using c = await connect();
  await c.client.command({ query: "CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a" });
  const run = c.client.insert({
    table: "t",
    values: [{ a: 1 }, { a: "many" }],
    format: "JSONEachRow",
    clickhouse_settings: { wait_end_of_query: 1, async_insert: 0 },
  });
  await expect(run).rejects.toHaveProperty("code");
  expect(await rows(c.client, "SELECT a FROM t")).toEqual([]);
});

Deno.test("Gzip works in both directions", async () => {
  let answer: Response | undefined;
  await using c = await connect({
    compression: { response: true, request: false },
    fetch: async (input, init) => {
      const gzip = new Blob([String(init?.body)]).stream().pipeThrough(
        new CompressionStream("gzip"),
      );
      const headers = new Headers(init?.headers);
      headers.set("content-encoding", "gzip");
      const body = await new Response(gzip).arrayBuffer();
      return answer = await fetch(input, { ...init, headers, body });
    },
  });
  await c.client.command({ query: "CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a" });
  const a = "squeezed ".repeat(10_000);
  await c.client.insert({ table: "t", values: [{ a }], format: "JSONEachRow" });
  expect(await rows(c.client, "SELECT a FROM t")).toEqual([{ a }]);
  expect(answer?.headers.get("content-encoding")).toBe("gzip");
});

Deno.test("Fifty queries at once get each their own answer", async () => {
  await using c = await connect();
  const answers = await Promise.all(Array.from({ length: 50 }, async (_, i) => {
    const [row] = await rows<{ a: number; n: string }>(
      c.client,
      "SELECT {i:UInt32} AS a, count() AS n FROM numbers({rows:UInt32}) WHERE sleep(0.01) = 0",
      { i, rows: i * 10 },
    );
    return { a: row?.a, n: Number(row?.n) };
  }));
  expect(answers).toEqual(Array.from({ length: 50 }, (_, i) => ({ a: i, n: i * 10 })));
});

Deno.test("A session keeps its temporary table to itself", async () => {
  await using c = await connect({ session_id: crypto.randomUUID() });
  await c.client.command({ query: "CREATE TEMPORARY TABLE mine (a UInt8)" });
  await c.client.insert({ table: "mine", values: [{ a: 1 }], format: "JSONEachRow" });
  expect(await rows(c.client, "SELECT a FROM mine")).toEqual([{ a: 1 }]);
  await expect(c.db.store.query("SELECT a FROM mine")).rejects.toMatchObject({ exceptionCode: 60 });
});
