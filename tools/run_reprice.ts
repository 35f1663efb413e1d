/**
 * Opens what `reprice` works on: the data directory's log and its ClickHouse, running or not.
 *
 * @module
 */
import { resolve } from "node:path";
import { ulid } from "ulid";
import { createStore } from "@/clickhouse/client.ts";
import { activeGeneration } from "@/clickhouse/generation.ts";
import { systemClock } from "@/consumers/clock.ts";
import { createNudger, nudgePath } from "@/consumers/nudge.ts";
import { patientKv } from "@/consumers/patient_kv.ts";
import type { Config } from "@/core/config.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { createPriceBook } from "@/core/pricing/price_book.ts";
import { createRepriceBoard } from "@/core/pricing/reprice_board.ts";
import { clickhouseTarget } from "./clickhouse_target.ts";
import { readRepriceOrder, reprice, type RepriceCommandDeps, repriceHelp } from "./reprice.ts";
import { refusedCode } from "./refusal.ts";
import { openKv, requireLog } from "./stores.ts";
import { untilStopped } from "./until_stopped.ts";

export interface RunRepriceDeps extends Pick<RepriceCommandDeps, "say" | "screen"> {
  readonly config: Config;
}

/** Between two times that the dashboard is told how far it is. */
const tellMs = 1_000;

/** Resolves to the exit code. */
export async function runReprice(args: readonly string[], deps: RunRepriceDeps): Promise<number> {
  const { config, say, screen } = deps;
  if (args.includes("--help")) {
    say(repriceHelp);
    return 0;
  }
  const now = () => Date.now();
  const order = readRepriceOrder(args, now());
  if (typeof order === "string") {
    say(`${order}\nWhat it takes: deno task reprice --help`);
    return refusedCode;
  }
  const newId = () => ulid(now());
  return await untilStopped(say, async (signal) => {
    await requireLog(config);
    await using target = await clickhouseTarget(config, say);
    using kv = await openKv(config);
    using nudger = createNudger(nudgePath(resolve(config.WATCHLLM_DATA_DIR)));
    const log = createLogWriter({
      kv: kv.write,
      ...await openLog(kv),
      onCommit: () => nudger.nudge(),
    });
    const prices = createPriceBook({ kv: kv.read, log, now, newId });
    const store = createStore(target.address);
    const board = createRepriceBoard({ kv: patientKv(kv.read, systemClock, Math.random), now });
    const tick = (ended: AbortSignal) => systemClock.sleep(tellMs, ended);
    const code = await activeGeneration(store) === null
      ? noTables(say)
      : await reprice({ store, log, prices, board, tick, newId, now, say, screen, signal }, order);
    await log.close();
    await store.close();
    return code;
  });
}

function noTables(say: (line: string) => void): number {
  say("ClickHouse has no tables yet: run `deno task migrate` first.");
  return 1;
}
