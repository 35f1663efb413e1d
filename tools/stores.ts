/**
 * Opens what a process of ours stores things in. The caller closes it.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { type ClickHouseStore, createStore } from "@/clickhouse/client.ts";
import { errorMessage } from "@/core/caught.ts";
import type { Config } from "@/core/config.ts";
import type { KvHandles } from "@/core/log/kv.ts";

/** The event log's file is none any more: nothing can go on until somebody has brought it back. */
export class LogDamaged extends Error {
  override readonly name = "LogDamaged";

  constructor(path: string, reason: string) {
    super(
      `The event log ${path} cannot be read (${reason}): move it away and bring a backup back ` +
        "(deno task restore), or repair the file.",
    );
  }
}

export interface OpenKv extends KvHandles, Disposable {}

/**
 * Two handles on the event log's store: a file in the data directory, or the database that Deno
 * Deploy has assigned to the application.
 */
export async function openKv({ WATCHLLM_DATA_DIR }: Config, onDeploy = false): Promise<OpenKv> {
  const path = onDeploy ? undefined : join(resolve(WATCHLLM_DATA_DIR), "log.sqlite3");
  if (path) await Deno.mkdir(resolve(WATCHLLM_DATA_DIR), { recursive: true, mode: 0o700 });
  const write = await openAt(path);
  const read = await openAt(path);
  return {
    write,
    read,
    [Symbol.dispose]() {
      write.close();
      read.close();
    },
  };
}

/** A new file is prepared by whoever opens it first; the others wait for that. */
const openings = 40;

async function openAt(path: string | undefined): Promise<Deno.Kv> {
  for (let opening = 1;; opening++) {
    try {
      return await Deno.openKv(path);
    } catch (error) {
      const reason = errorMessage(error);
      if (path && /not a database|malformed|corrupt/i.test(reason)) {
        throw new LogDamaged(path, reason);
      }
      if (opening === openings || !reason.includes("database is locked")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The client of the ClickHouse that the configuration names. */
export function openClickHouse(config: Config): ClickHouseStore {
  if (!config.CLICKHOUSE_URL) {
    throw new Error(
      "No ClickHouse: set CLICKHOUSE_URL, or use `start`, which brings an embedded one",
    );
  }
  return createStore({
    url: config.CLICKHOUSE_URL,
    user: config.CLICKHOUSE_USER,
    password: config.CLICKHOUSE_PASSWORD,
    database: config.CLICKHOUSE_DATABASE,
  });
}
