/**
 * `deno task migrate`: brings ClickHouse's tables up to date, on the server that `CLICKHOUSE_URL` names
 * or in the data directory's embedded engine.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { migrate as applyMigrations, MigrationRefused } from "@/clickhouse/migrate.ts";
import type { Config } from "@/core/config.ts";
import { clickhouseTarget } from "./clickhouse_target.ts";
import { failure } from "./failure.ts";

const help =
  `Brings ClickHouse's tables up to date. Safe to run twice, and from two machines at once.

Usage: deno task migrate

Without CLICKHOUSE_URL it migrates the embedded engine of the data directory. \`start\` migrates by
itself.
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
  try {
    await using target = await clickhouseTarget(config, say);
    const { applied, version } = await applyMigrations({ ...target.address, log: say });
    say(applied.length === 0 ? `Up to date at version ${version}.` : `Now at version ${version}.`);
    return 0;
  } catch (error) {
    say(failure(error));
    return error instanceof MigrationRefused ? 2 : 1;
  }
}
