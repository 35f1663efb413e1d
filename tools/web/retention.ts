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
import { erasuresOfUser, relatedTo } from "@/core/retention/related.ts";
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
    async of(project, whom, signal) {
      if (!("user_id" in whom)) return await amountsOf(store, project, whom, { signal });
      const related = await relatedTo(store, project, whom.user_id, { signal });
      return await amountsOf(store, project, { ...whom, ...related }, { signal });
    },
    async erase(project, whom) {
      const parts = "user_id" in whom
        ? erasuresOfUser(whom.user_id, await relatedTo(store, project, whom.user_id))
        : [whom];
      for (const part of parts) await erase(ports, project, part);
      await cache.erase(project, whom);
    },
  };
}
