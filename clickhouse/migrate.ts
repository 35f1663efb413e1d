/**
 * Brings the database up to this version of the schema. Up only.
 *
 * One ClickHouse server has no transactions and no locks to offer, so nothing here relies on them: every
 * statement is idempotent (IF NOT EXISTS, OR REPLACE), a migration is recorded after its last statement,
 * and recording it twice leaves one row. A run that was cut off is simply run again, and two at once
 * do the same work twice with the same result.
 *
 * @module
 */
import { type ClickHouseStore, createStore, type StoreOptions } from "./client.ts";
import { activeGeneration, listGenerations, swapViews } from "./generation.ts";
import { forGeneration, isPerGeneration, type Migration, readMigrations } from "./migration.ts";

export interface MigrateOptions extends StoreOptions {
  /** Takes one line for each migration that is applied. */
  log: (line: string) => void;
  /** @default {the files in migrations/} */
  migrations?: readonly Migration[];
}

export interface MigrateResult {
  /** Names of the migrations that this run applied, in order. */
  applied: string[];
  /** Version of the newest migration that the database has now. */
  version: number;
}

export class MigrationRefused extends Error {
  override readonly name = "MigrationRefused";
}

/** Makes the database and applies what is missing. Throws `MigrationRefused` before it changes anything. */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const { database, log } = options;
  const migrations = options.migrations ?? await readMigrations();
  await createDatabase(options);
  const store = createStore(options);
  try {
    await store.command(migrationsTable);
    const missing = missingMigrations(migrations, await appliedMigrations(store), database);
    for (const migration of missing) {
      log(`Migrating ${database}: ${migration.name}`);
      await apply(store, migration);
    }
    if (missing.length > 0 || await activeGeneration(store) === null) await refreshViews(store);
    return {
      applied: missing.map(({ name }) => name),
      version: migrations.at(-1)?.version ?? 0,
    };
  } finally {
    await store.close();
  }
}

const firstGeneration = 1;

const migrationsTable = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    version UInt32,
    name String,
    checksum FixedString(64),
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
  ) ENGINE = ReplacingMergeTree ORDER BY version`;

interface Applied {
  version: number;
  name: string;
  checksum: string;
}

async function createDatabase(options: StoreOptions): Promise<void> {
  if (options.database === "default") return;
  const store = createStore({ ...options, database: "default" });
  try {
    await store.command("CREATE DATABASE IF NOT EXISTS {database:Identifier}", {
      database: options.database,
    });
  } finally {
    await store.close();
  }
}

function appliedMigrations(store: ClickHouseStore): Promise<Applied[]> {
  return store.query<Applied>(
    "SELECT version, name, checksum FROM schema_migrations FINAL ORDER BY version",
  );
}

/** What is still to be done; throws when the database and these files have gone different ways. */
function missingMigrations(
  migrations: readonly Migration[],
  applied: readonly Applied[],
  database: string,
): Migration[] {
  for (const { version, name, checksum } of applied) {
    const known = migrations.find((migration) => migration.version === version);
    if (known === undefined) {
      throw new MigrationRefused(
        `Database "${database}" has migration ${name}, which this version does not know: ` +
          `start the version that made it, or a newer one.`,
      );
    }
    if (known.checksum !== checksum) {
      throw new MigrationRefused(
        `Migration ${name} was changed after it was applied to database "${database}": ` +
          `restore the file (SHA-256 ${checksum}, now ${known.checksum}) and put the change into a new one.`,
      );
    }
  }
  const done = new Set(applied.map(({ version }) => version));
  return migrations.filter(({ version }) => !done.has(version));
}

async function apply(store: ClickHouseStore, migration: Migration): Promise<void> {
  const existing = await listGenerations(store);
  const generations = existing.length > 0 ? existing : [firstGeneration];
  for (const statement of migration.statements) {
    const forms = isPerGeneration(statement)
      ? generations.map((generation) => forGeneration(statement, generation))
      : [statement];
    for (const form of forms) await store.command(form, {}, { timeout: migrationTimeoutMs });
  }
  const { version, name, checksum } = migration;
  await store.insert("schema_migrations", [{ version, name, checksum }]);
}

const migrationTimeoutMs = 3_600_000;

/** A view keeps the columns of the day it was made: made again, it shows the new ones. */
async function refreshViews(store: ClickHouseStore): Promise<void> {
  await swapViews(store, await activeGeneration(store) ?? firstGeneration);
}
