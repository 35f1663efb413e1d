/**
 * Projects a test's whole log into fresh tables, as `deno task rebuild` does.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { rebuildClickHouse, type Rebuilt } from "@/consumers/clickhouse/rebuild.ts";
import { systemClock } from "@/consumers/clock.ts";
import type { TestLog } from "./log.ts";

export function rebuilt({ kv, reader }: TestLog, store: ClickHouseStore): Promise<Rebuilt> {
  return rebuildClickHouse(
    { kv, reader, store, clock: systemClock, report: () => {}, onProgress: () => {} },
    { acceptDifferences: false, back: false, signal: new AbortController().signal },
  );
}
