/** The databases of tests are what the migrations make, the later ones of a file as well as its first. */
import { expect } from "expect";
import { migrate } from "@/clickhouse/migrate.ts";
import { type TestDatabase, useClickHouse } from "../fixtures/clickhouse.ts";

const clickhouse = useClickHouse();

/** Everything that ClickHouse knows of a database's tables and their columns, without its name. */
async function schemaOf({ store, options }: TestDatabase): Promise<unknown> {
  const { database } = options;
  const tables = await store.query<Record<string, string>>(
    `SELECT name, engine, create_table_query, as_select FROM system.tables
     WHERE database = {database:String} ORDER BY name`,
    { database },
  );
  const columns = await store.query(
    `SELECT table, name, type, position, default_kind, default_expression, compression_codec
     FROM system.columns WHERE database = {database:String} ORDER BY table, position`,
    { database },
  );
  const migrations = await store.query(
    "SELECT version, name, checksum FROM schema_migrations FINAL ORDER BY version",
  );
  return JSON.parse(
    JSON.stringify({ tables, columns, migrations }).replaceAll(database, "database"),
  );
}

Deno.test("a file's later databases have the schema that the migrations made of its first", async () => {
  await using first = await clickhouse.database();
  await using second = await clickhouse.database();
  const made = await schemaOf(first);
  expect(await schemaOf(second)).toEqual(made);
  // There is nothing left to do in it, and doing it changes nothing.
  expect(await migrate({ ...second.options, log: () => {} })).toMatchObject({ applied: [] });
  expect(await schemaOf(second)).toEqual(made);
});
