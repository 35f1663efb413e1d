/**
 * The ClickHouse that a command works on: the server of `CLICKHOUSE_URL`, else the engine of the
 * installation that runs on the data directory, else that engine started for the command alone.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { startEmbedded } from "@/clickhouse/embedded/engine.ts";
import type { Config } from "@/core/config.ts";
import { claimDataDirectory } from "./data_directory.ts";
import { Refusal } from "./refusal.ts";
import { type ClickHouseAddress, readRunning } from "./running.ts";

export interface ClickHouseTarget extends AsyncDisposable {
  readonly address: ClickHouseAddress;
}

export async function clickhouseTarget(
  config: Config,
  say: (line: string) => void,
): Promise<ClickHouseTarget> {
  const server = configuredServer(config);
  if (server) return borrowed(server);
  const dataDir = resolve(config.WATCHLLM_DATA_DIR);
  const claim = await claimDataDirectory(dataDir);
  if (claim.ok) {
    const engine = await startEmbedded({ dataDir: join(dataDir, "clickhouse"), log: say });
    return {
      address: engine,
      async [Symbol.asyncDispose]() {
        await engine.stop();
        claim.release();
      },
    };
  }
  if (claim.reason === "unusable") throw new Refusal(claim.message, 1);
  const running = await readRunning(dataDir);
  if (!running) throw new Error(`${claim.message} (It has not finished starting.)`);
  return borrowed(running.clickhouse);
}

/** The server that the configuration names; null when there is none. */
export function configuredServer(config: Config): ClickHouseAddress | null {
  if (!config.CLICKHOUSE_URL) return null;
  return {
    url: config.CLICKHOUSE_URL,
    user: config.CLICKHOUSE_USER,
    password: config.CLICKHOUSE_PASSWORD,
    database: config.CLICKHOUSE_DATABASE,
  };
}

function borrowed(address: ClickHouseAddress): ClickHouseTarget {
  return { address, [Symbol.asyncDispose]: () => Promise.resolve() };
}
