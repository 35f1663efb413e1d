/**
 * `deno task migrate`: brings ClickHouse's tables up to date, on the server that `CLICKHOUSE_URL` names
 * or in the data directory's embedded engine.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startEmbedded } from "@/clickhouse/embedded/engine.ts";
import { migrate as applyMigrations, MigrationRefused } from "@/clickhouse/migrate.ts";
import type { Config } from "@/core/config.ts";

const help =
  `Brings ClickHouse's tables up to date. Safe to run twice, and from two machines at once.

Usage: deno task migrate

Without CLICKHOUSE_URL it migrates the embedded engine of the data directory, which must not be
running: \`start\` migrates by itself.
`;

export interface MigrateDeps {
  readonly config: Config;
  readonly say: (line: string) => void;
}

/** Resolves to the exit code. */
export async function migrate(args: readonly string[], deps: MigrateDeps): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { help: { type: "boolean" } } });
  const { config, say } = deps;
  if (values.help) {
    say(help);
    return 0;
  }
  const log = (line: string) => say(line);
  try {
    await using target = await openTarget(config, log);
    const { applied, version } = await applyMigrations({ ...target.address, log });
    say(applied.length === 0 ? `Up to date at version ${version}.` : `Now at version ${version}.`);
    return 0;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return error instanceof MigrationRefused ? 2 : 1;
  }
}

async function openTarget(config: Config, log: (line: string) => void) {
  const database = config.CLICKHOUSE_DATABASE;
  if (config.CLICKHOUSE_URL) {
    const { CLICKHOUSE_URL: url, CLICKHOUSE_USER: user, CLICKHOUSE_PASSWORD: password } = config;
    return { address: { url, user, password, database }, [Symbol.asyncDispose]: async () => {} };
  }
  const dataDir = join(resolve(config.WATCHLLM_DATA_DIR), "clickhouse");
  const engine = await startEmbedded({ dataDir, log });
  return { address: engine, [Symbol.asyncDispose]: () => engine.stop() };
}
