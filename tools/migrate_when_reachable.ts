/**
 * Brings ClickHouse's tables up to date as soon as it can be reached. Until then the log waits.
 *
 * @module
 */
import { migrate } from "@/clickhouse/migrate.ts";
import { systemClock } from "@/consumers/clock.ts";
import { failure, isAway } from "./failure.ts";
import type { ClickHouseAddress } from "./running.ts";

export interface MigrateWhenReachableOptions {
  readonly server: ClickHouseAddress;
  readonly say: (line: string) => void;
  readonly stopping: AbortSignal;
  /** Called once, when the first attempt found nobody. */
  readonly onAway: () => void;
  /** Between two attempts. @default {2_000} */
  readonly pauseMs?: number;
}

/**
 * Resolves when the tables are there, or when everything stops.
 *
 * @throws when ClickHouse answers and refuses: waiting would not help
 */
export async function migrateWhenReachable(options: MigrateWhenReachableOptions): Promise<void> {
  const { server, say, stopping, onAway, pauseMs = 2_000 } = options;
  let away = false;
  while (!stopping.aborted) {
    try {
      await migrate({ ...server, log: say });
      if (away) say("clickhouse: reached");
      return;
    } catch (error) {
      if (!isAway(error)) throw error;
      if (!away) {
        say(`${failure(error)}. Calls are answered and recorded; analytics wait for it.`);
        onAway();
      }
      away = true;
    }
    await systemClock.sleep(pauseMs, stopping);
  }
}
