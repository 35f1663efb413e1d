/**
 * Opens what `rebuild` works on: the data directory's log and its ClickHouse, running or not.
 *
 * @module
 */
import { createStore } from "@/clickhouse/client.ts";
import { replayJudgements } from "@/core/cache/semantic/replay_judgements.ts";
import type { Config } from "@/core/config.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { clickhouseTarget } from "./clickhouse_target.ts";
import { readRebuildOrder, rebuild, type RebuildCommandDeps, rebuildHelp } from "./rebuild.ts";
import { openKv, requireLog } from "./stores.ts";
import { untilStopped } from "./until_stopped.ts";

export interface RunRebuildDeps extends Pick<RebuildCommandDeps, "say" | "screen"> {
  readonly config: Config;
}

/** Resolves to the exit code. */
export async function runRebuild(args: readonly string[], deps: RunRebuildDeps): Promise<number> {
  const { config, say, screen } = deps;
  if (args.includes("--help")) {
    say(rebuildHelp);
    return 0;
  }
  const order = readRebuildOrder(args);
  return await untilStopped(say, async (signal) => {
    await requireLog(config);
    await using target = await clickhouseTarget(config, say);
    using kv = await openKv(config);
    const log = await openLog(kv);
    const store = createStore(target.address);
    const reader = createLogReader({ kv: kv.read, ...log });
    const code = await rebuild({ kv: kv.write, reader, store, say, screen, signal }, order);
    await store.close();
    if (code === 0 && !order.back) {
      const contexts = await replayJudgements(kv.read, reader);
      if (contexts > 0) {
        say(`What the semantic cache has learnt was counted anew: ${contexts} contexts.`);
      }
    }
    return code;
  });
}
