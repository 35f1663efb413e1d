/**
 * Retention as the web process shows it and asks for it; what is due is done beside the consumers.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import type { Cache } from "@/core/cache/cache.ts";
import { amountsBefore, amountsOf, removedAmounts } from "@/core/retention/figures.ts";
import { readPassState } from "@/core/retention/pass_state.ts";
import { cutsSoFar, erase, readRemoved, type RemovalPorts } from "@/core/retention/removed.ts";
import type { RetentionApi } from "@/routes/(_api)/retention.ts";

export interface RetentionWebPorts extends RemovalPorts {
  readonly store: ClickHouseStore;
  readonly cache: Pick<Cache, "erase">;
}

export function createRetentionApi(ports: RetentionWebPorts): RetentionApi {
  const { store, kv, cache } = ports;
  return {
    before: (project, cuts, signal) => amountsBefore(store, project, cuts, { signal }),
    cuts: async (project) => cutsSoFar(await readRemoved(kv, project)),
    removed: (project, signal) => removedAmounts(store, project, { signal }),
    pass: () => readPassState(kv),
    of: (project, whom, signal) => amountsOf(store, project, whom, { signal }),
    async erase(project, whom) {
      await erase(ports, project, whom);
      await cache.erase(project, whom);
    },
  };
}
