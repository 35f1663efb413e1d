/**
 * ClickHouse for those who wait for it. One that did not answer when it was last asked whether it is there
 * is asked that again before it is asked for more: one that hangs must not hold up every page, and every
 * connection of a browser, for as long as the longest query may take.
 *
 * @module
 */
import type { CallOptions, ClickHouseStore } from "@/clickhouse/client.ts";
import type { Params } from "@/core/analytics/store.ts";

/** Long enough for a busy machine, and about as long as people wait. */
const answersWithinMs = 3_000;

/** Reads and pings as `store` does; a read fails early, as one of a ClickHouse that is away. */
export function waryStore(store: ClickHouseStore): ClickHouseStore {
  let isWary = false;
  let asking: Promise<void> | null = null;

  const ping = async (options?: CallOptions) => {
    try {
      await store.ping(options);
      isWary = false;
    } catch (error) {
      isWary = true;
      throw error;
    }
  };
  /** All who wait are told by one question. */
  const unlessItHangs = async () => {
    if (!isWary) return;
    asking ??= ping({ timeout: answersWithinMs }).finally(() => asking = null);
    await asking;
  };

  return {
    ...store,
    ping,
    async query<T>(sql: string, params?: Params, options?: CallOptions): Promise<T[]> {
      await unlessItHangs();
      return await store.query<T>(sql, params, options);
    },
    async *stream<T>(sql: string, params?: Params, options?: CallOptions) {
      await unlessItHangs();
      yield* store.stream<T>(sql, params, options);
    },
  };
}
