/**
 * Opens what `dead-letters` works on: the data directory's log and its ClickHouse, running or not.
 *
 * @module
 */
import { createStore } from "@/clickhouse/client.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import { listConsumers } from "@/consumers/registry.ts";
import type { Config } from "@/core/config.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { clickhouseTarget } from "./clickhouse_target.ts";
import { deadLetters, deadLettersHelp, readDeadLettersOrder } from "./dead_letters.ts";
import { refusedCode } from "./refusal.ts";
import { openKv, requireLog } from "./stores.ts";
import { untilStopped } from "./until_stopped.ts";

export interface RunDeadLettersDeps {
  readonly config: Config;
  readonly say: (line: string) => void;
}

/** Resolves to the exit code. */
export async function runDeadLetters(
  args: readonly string[],
  { config, say }: RunDeadLettersDeps,
): Promise<number> {
  if (args.includes("--help")) {
    say(deadLettersHelp);
    return 0;
  }
  const order = readDeadLettersOrder(args);
  if (typeof order === "string") {
    say(`${order}\nWhat it takes: deno task dead-letters --help`);
    return refusedCode;
  }
  return await untilStopped(say, async (signal) => {
    await requireLog(config);
    await using target = await clickhouseTarget(config, say);
    using kv = await openKv(config);
    const log = await openLog(kv);
    const reader = createLogReader({ kv: kv.read, ...log });
    const store = createStore(target.address);
    const projections = (await listConsumers(kv.read))
      .filter(({ projection, state }) => projection === "clickhouse" && state === "active")
      .map(({ generation }) =>
        createClickHouseProjection({ store, generation, logGeneration: log.generation })
      );
    const code = await deadLetters({ kv: kv.write, reader, projections, say, signal }, order);
    await store.close();
    return code;
  });
}
