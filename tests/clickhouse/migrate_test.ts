import { expect } from "expect";
import {
  activeGeneration,
  createGeneration,
  generationTable,
  listGenerations,
} from "@/clickhouse/generation.ts";
import { migrate, MigrationRefused } from "@/clickhouse/migrate.ts";
import { parseMigration, readMigrations } from "@/clickhouse/migration.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { eventually } from "../fixtures/eventually.ts";

const clickhouse = useClickHouse();

Deno.test("migrate() says which migrations it applies, and none the second time", async () => {
  await using db = await clickhouse.database({ migrated: false });
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);

  const first = await migrate({ ...db.options, log });
  const files = await readMigrations();
  expect(first.applied).toEqual(files.map(({ name }) => name));
  expect(lines).toHaveLength(files.length);
  expect(lines[0]).toContain("0001_events");

  const second = await migrate({ ...db.options, log });
  expect(second).toEqual({ applied: [], version: first.version });
  expect(lines).toHaveLength(files.length);
  expect(await activeGeneration(db.store)).toBe(1);
});

Deno.test("migrate() makes the database when it is missing", async () => {
  await using db = await clickhouse.database({ migrated: false });
  await db.store.command("DROP DATABASE {name:Identifier} SYNC", { name: db.options.database });

  await migrate({ ...db.options, log: () => {} });

  expect(await db.store.query("SELECT count() AS n FROM events")).toEqual([{ n: "0" }]);
});

Deno.test("Eight migrators at once leave one schema and one record of each migration", async () => {
  await using db = await clickhouse.database({ migrated: false });

  await Promise.all(Array.from({ length: 8 }, () => migrate({ ...db.options, log: () => {} })));

  const files = await readMigrations();
  const recorded = await db.store.query(
    "SELECT name, checksum FROM schema_migrations FINAL ORDER BY version",
  );
  expect(recorded).toEqual(files.map(({ name, checksum }) => ({ name, checksum })));
  expect(await listGenerations(db.store)).toEqual([1]);
  expect(await activeGeneration(db.store)).toBe(1);
  // Nothing half-made is left behind by views that were replaced at the same moment.
  await eventually(async () => {
    const tables = await db.store.query<{ name: string }>("SHOW TABLES");
    expect(tables.map(({ name }) => name).filter((name) => name.startsWith("_tmp"))).toEqual([]);
  });
});

Deno.test("migrate() refuses a migration that was changed after it was applied", async () => {
  await using db = await clickhouse.database();
  const [first, ...rest] = await readMigrations();
  if (first === undefined) throw new Error("there are migrations");
  const changed = await parseMigration(
    `${first.name}.sql`,
    "CREATE TABLE surprise (a UInt8) ENGINE = Memory;",
  );

  const run = migrate({ ...db.options, log: () => {}, migrations: [changed, ...rest] });

  await expect(run).rejects.toThrow(MigrationRefused);
  await expect(run).rejects.toThrow(/0001_events was changed.*restore the file/);
  expect(await db.store.query("EXISTS TABLE surprise")).toEqual([{ result: 0 }]);
});

Deno.test("migrate() refuses a database that a newer version has migrated", async () => {
  await using db = await clickhouse.database();
  const older = (await readMigrations()).slice(0, -1);

  const run = migrate({ ...db.options, log: () => {}, migrations: older });

  await expect(run).rejects.toThrow(/does not know.*start the version that made it/);
});

Deno.test("A migration that failed half-way is completed by the next run", async () => {
  await using db = await clickhouse.database();
  const files = await readMigrations();
  const next = (text: string) => parseMigration("9000_next.sql", text);
  const added = "ALTER TABLE events_g{g} ADD COLUMN IF NOT EXISTS added_later UInt8;\n";
  const broken = await next(`${added}SELECT no_such_function();`);
  const mended = await next(`${added}CREATE TABLE IF NOT EXISTS later (a UInt8) ENGINE = Memory;`);

  await expect(migrate({ ...db.options, log: () => {}, migrations: [...files, broken] }))
    .rejects.toMatchObject({ kind: "configuration", exceptionCode: 46 });
  const { applied } = await migrate({
    ...db.options,
    log: () => {},
    migrations: [...files, mended],
  });

  expect(applied).toEqual(["9000_next"]);
  expect(await db.store.query("SELECT max(added_later) AS newest FROM events"))
    .toEqual([{ newest: 0 }]);
});

Deno.test("A later migration reaches every generation that exists", async () => {
  await using db = await clickhouse.database();
  const files = await readMigrations();
  await createGeneration(db.store, 2);
  const later = await parseMigration(
    "9000_later.sql",
    "ALTER TABLE events_list_g{g} ADD COLUMN IF NOT EXISTS later UInt8;",
  );

  await migrate({ ...db.options, log: () => {}, migrations: [...files, later] });

  for (const generation of [1, 2]) {
    const table = generationTable("events_list", generation);
    expect(await db.store.query(`SELECT count(later) AS n FROM ${table}`)).toEqual([{ n: "0" }]);
  }
});
