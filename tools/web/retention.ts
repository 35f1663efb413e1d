/**
 * Retention as the web process shows it and asks for it; what is due is done beside the consumers.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { amountsBefore, amountsOf, removedAmounts } from "@/core/retention/figures.ts";
import { readPassState } from "@/core/retention/pass_state.ts";
import { cutsSoFar, erase, readRemoved, type RemovalPorts } from "@/core/retention/removed.ts";
import type { RetentionApi } from "@/routes/(_api)/retention.ts";

export interface RetentionWebPorts extends RemovalPorts {
  readonly store: ClickHouseStore;
}

export function createRetentionApi(ports: RetentionWebPorts): RetentionApi {
  const { store, kv } = ports;
  return {
    before: (project, cuts, signal) => amountsBefore(store, project, cuts, { signal }),
    cuts: async (project) => cutsSoFar(await readRemoved(kv, project)),
    removed: (project, signal) => removedAmounts(store, project, { signal }),
    pass: () => readPassState(kv),
    of: (project, whom, signal) => amountsOf(store, project, whom, { signal }),
    erase: (project, whom) => erase(ports, project, whom),
  };
}
