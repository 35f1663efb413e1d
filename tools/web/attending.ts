/**
 * The consumers as the web process looks after them: how far they are, what they set aside, and another
 * try for that.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import { listDeadLetters } from "@/consumers/dead_letter.ts";
import { readLag } from "@/consumers/lag.ts";
import { listConsumers, type Registration } from "@/consumers/registry.ts";
import { replayAll, type ReplaySummary } from "@/consumers/replay.ts";
import type { LogReader } from "@/core/log/contract.ts";
import type { KvHandles } from "@/core/log/kv.ts";
import type { Attending } from "@/routes/(_api)/health.ts";

export interface AttendingPorts {
  readonly kv: KvHandles;
  readonly reader: LogReader;
  readonly store: ClickHouseStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether this process drains the log itself. */
  readonly drained: boolean;
}

export function createAttending({ kv, reader, store, now, drained }: AttendingPorts): Attending {
  const present = async (): Promise<Registration[]> =>
    (await listConsumers(kv.read)).filter(({ state }) => state !== "retired");

  return {
    lags: () => readLag(kv.read, reader, now(), drained),
    async letters(limit) {
      const pages = await Promise.all(
        (await present()).map(({ id }) => listDeadLetters(kv.read, id, { limit })),
      );
      return pages.flatMap(({ letters }) => letters).slice(0, limit);
    },
    async replay(signal) {
      const sum = { replayed: 0, left: 0 };
      for (const { projection, generation } of await present()) {
        if (projection !== "clickhouse") continue;
        const done: ReplaySummary = await replayAll({
          kv: kv.write,
          reader,
          projection: createClickHouseProjection({
            store,
            generation,
            logGeneration: reader.generation,
          }),
        }, signal);
        sum.replayed += done.replayed;
        sum.left += done.left;
      }
      return sum;
    },
  };
}
