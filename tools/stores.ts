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
import { exists } from "./backup/exists.ts";
import { Refusal } from "./refusal.ts";

/**
 * For commands that work on an installation: a directory that is none is not made one.
 *
 * @throws {Refusal} when there is no event log
 */
export async function requireLog({ WATCHLLM_DATA_DIR }: Config): Promise<void> {
  const dataDir = resolve(WATCHLLM_DATA_DIR);
  if (await exists(join(dataDir, "log.sqlite3"))) return;
  throw new Refusal(
    `There is no event log in ${dataDir}: set WATCHLLM_DATA_DIR to the installation's.`,
    1,
  );
}

export interface OpenKv extends KvHandles, Disposable {}

/**
 * Two handles on the event log's store: a file in the data directory, or the database that Deno
 * Deploy has assigned to the application.
 */
export async function openKv({ WATCHLLM_DATA_DIR }: Config, onDeploy = false): Promise<OpenKv> {
  const path = onDeploy ? undefined : join(resolve(WATCHLLM_DATA_DIR), "log.sqlite3");
  if (path) {
    await Deno.mkdir(resolve(WATCHLLM_DATA_DIR), { recursive: true, mode: 0o700 });
    await makePrivately(path);
  }
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

/**
 * The log has what people asked: its file is its owner's alone, in whatever directory. An empty file is a
 * new database; those that SQLite puts beside it take its mode.
 */
async function makePrivately(path: string): Promise<void> {
  try {
    (await Deno.open(path, { createNew: true, write: true, mode: 0o600 })).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
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
        throw new Refusal(
          `The event log ${path} cannot be read (${reason}): move it away and bring a backup back ` +
            "(deno task restore), or repair the file.",
        );
      }
      if (path && /unable to open|readonly|disk is full|disk I\/O/i.test(reason)) {
        throw new Refusal(
          `The event log ${path} cannot be opened (${reason}): this user must be able to write to ` +
            "it, and its disk must have room.",
          1,
        );
      }
      if (opening === openings || !reason.includes("database is locked")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The client of the ClickHouse that the configuration names. */
export function openClickHouse(config: Config): ClickHouseStore {
  if (!config.CLICKHOUSE_URL) {
    throw new Refusal(
      "No ClickHouse: set CLICKHOUSE_URL, or use `deno task start`, which brings an embedded one.",
    );
  }
  return createStore({
    url: config.CLICKHOUSE_URL,
    user: config.CLICKHOUSE_USER,
    password: config.CLICKHOUSE_PASSWORD,
    database: config.CLICKHOUSE_DATABASE,
  });
}
