/**
 * The consumers process: projects the log into ClickHouse until it is told to stop.
 *
 * @module
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { activeGeneration } from "@/clickhouse/generation.ts";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { forgetWhereEmpty } from "@/consumers/clickhouse/begin_again.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import { createRoller } from "@/consumers/clickhouse/rollup.ts";
import { runRollups } from "@/consumers/clickhouse/run_rollups.ts";
import { systemClock } from "@/consumers/clock.ts";
import type { Notice } from "@/consumers/loop.ts";
import { listenForNudges, nudgePath } from "@/consumers/nudge.ts";
import { patientKv } from "@/consumers/patient_kv.ts";
import type { ConsumerDeps } from "@/consumers/run.ts";
import { listConsumers, registerConsumer } from "@/consumers/registry.ts";
import { runRetention } from "@/consumers/retention/run.ts";
import { runConsumers } from "@/consumers/run.ts";
import { createBell } from "@/consumers/wake.ts";
import { failureReason } from "@/core/caught.ts";
import type { Config } from "@/core/config.ts";
import type { KvHandles } from "@/core/log/kv.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { sweepBlobs } from "@/core/log/sweep.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { failure } from "./failure.ts";
import { Refusal } from "./refusal.ts";
import { retentionOf } from "./retention_parts.ts";
import { stopSignal } from "./stop_signal.ts";
import { openClickHouse, openKv } from "./stores.ts";

export interface ConsumeDeps {
  readonly config: Config;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const sweepEveryMs = 60 * 60 * 1000;

/** Runs until it is told to stop. Resolves to the exit code. */
export async function consume(args: readonly string[], deps: ConsumeDeps): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { supervised: { type: "boolean" } },
  });
  const { config, report } = deps;
  const stopping = stopSignal({ supervised: values.supervised ?? false });
  using kv = await openKv(config);
  const store = openClickHouse(config);
  const bell = createBell();
  using _nudges = listenForNudges(nudgePath(resolve(config.WATCHLLM_DATA_DIR)), () => bell.ring());
  const sweeping = setInterval(() => {
    sweepBlobs({ kv: kv.write }).catch((error) =>
      report("Lost blobs could not be swept", { reason: failureReason(error) })
    );
  }, sweepEveryMs);
  const consumers = await createConsumers({ kv, store, report });
  // The supervisor runs one such process: started anew, it takes its own leases back at once.
  const owner = values.supervised ? { owner: "supervised" } : {};
  const roller = createRoller({ store, now: Date.now, random: Math.random });
  const log = await openLog(kv);
  // For what retention takes away: an event now and then, beside the web process's own.
  const writer = createLogWriter({ kv: kv.write, ...log, onCommit: () => bell.ring() });
  const reader = createLogReader({ kv: kv.read, ...log });
  const look = retentionOf({ kv: kv.write, reader, log: writer, store, ...owner });
  await Promise.all([
    runConsumers({ ...consumers, ...owner, bell }, stopping.signal),
    runRollups({ roller, clock: systemClock, report }, stopping.signal),
    runRetention({ look, clock: systemClock, report }, stopping.signal),
  ]);
  await writer.close();
  clearInterval(sweeping);
  await store.close();
  stopping.dispose();
  return 0;
}

export interface ConsumerParts {
  readonly kv: KvHandles;
  readonly store: ClickHouseStore;
  readonly report: ConsumeDeps["report"];
}

/** The consumers of this installation, the first one registered when there is none. */
export async function createConsumers({ kv, store, report }: ConsumerParts): Promise<ConsumerDeps> {
  const log = await openLog(kv);
  const { partitions } = log;
  // The web process starts at the same moment, and writes too.
  const patient = patientKv(kv.write, systemClock, Math.random);
  await forgetWhereEmpty({ kv: patient, store, partitions, report }).catch((error) =>
    report("Whether ClickHouse is empty could not be seen", { reason: failureReason(error) })
  );
  const registered = (await listConsumers(kv.read))
    .some(({ projection, state }) => projection === "clickhouse" && state === "active");
  if (!registered) {
    const generation = await activeGeneration(store).catch((error) => {
      throw new Refusal(failure(error), 1);
    }) ?? 1;
    const first = { projection: "clickhouse", generation, state: "active" } as const;
    await registerConsumer(patient, first, Date.now());
  }
  return {
    kv: kv.write,
    reader: createLogReader({ kv: kv.read, ...log }),
    projectionOf: ({ projection, generation }) =>
      projection === "clickhouse"
        ? createClickHouseProjection({ store, generation, logGeneration: log.generation })
        : null,
    report: (notice: Notice) => {
      if (notice.level === "info") return;
      const { consumer, partition } = notice;
      report(notice.message, { consumer, partition });
    },
  };
}
