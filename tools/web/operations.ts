/**
 * What the web process tells operators of the log and its consumers.
 *
 * @module
 */
import { readLag } from "@/consumers/lag.ts";
import type { ExactStore } from "@/core/cache/exact/store.ts";
import type { Gateway } from "@/core/gateway/gateway.ts";
import type { LogReader } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { defaultLimits } from "@/core/log/limits.ts";
import type { LogHealth } from "@/core/metrics/log_health.ts";
import type { Metrics } from "@/core/metrics/metrics.ts";
import type { Check } from "@/routes/(_api)/readiness.ts";

/**
 * Not ok while there is no consumer, or one of them stands still until a person acts. `drained`: this
 * process drains the log itself.
 */
export function consumersCheck(kv: KvPort, reader: LogReader, drained = false): Check {
  return async () => {
    const lags = await readLag(kv, reader, Date.now(), drained);
    const pending = lags.reduce((sum, lag) => sum + lag.pending, 0);
    const dead = lags.reduce((sum, lag) => sum + lag.deadLetters, 0);
    const figures = { lag_events: pending, dead_letters: dead };
    if (lags.length === 0) return { ok: false, detail: "No consumer has started yet.", figures };
    const parked = lags.flatMap(({ partitions }) => partitions)
      .find(({ state }) => state?.state === "parked")?.state;
    if (parked?.state === "parked") {
      return { ok: false, detail: `A consumer is parked: ${parked.reason}.`, figures };
    }
    const unattended = lags.find(({ state, status }) =>
      state === "active" && status === "unattended"
    );
    if (unattended) return { ok: false, detail: "No consumer is at work.", figures };
    return { ok: true, figures };
  };
}

/** Events that wait for so long stand before a store that hangs. */
const stalledMs = 2_000;
const probeLifeMs = 60_000;

/**
 * Not ok while the log refuses what is given to it, or takes nothing. Once it has refused, the store is
 * asked with a value as large as a record: whoever sends this process no calls while it is not ready
 * learns so that it may have them again.
 *
 * @param clock the one that `health` is told the time by
 */
export function logCheck(
  health: LogHealth,
  kv: Pick<KvPort, "set" | "delete">,
  clock: () => number,
): Check {
  const key = ["probe", crypto.randomUUID()];
  let asking: Promise<boolean> | null = null;

  async function takes(): Promise<boolean> {
    try {
      await kv.set(key, new Uint8Array(defaultLimits.recordBytes), { expireIn: probeLifeMs });
      await kv.delete(key);
      health.recovered();
      return true;
    } catch {
      return false;
    } finally {
      asking = null;
    }
  }

  return async () => {
    const stalled = health.stalledMs(clock());
    if (stalled >= stalledMs) {
      return { ok: false, detail: "Events wait for the log, and it takes none of them." };
    }
    if (!health.refusing || await (asking ??= takes())) return { ok: true };
    return {
      ok: false,
      detail: "The log refused the latest event: see whether its disk is full or read-only.",
    };
  };
}

export interface Gauged {
  readonly gateway: Gateway;
  readonly cache: Pick<ExactStore, "memory">;
  readonly kv: KvPort;
  readonly reader: LogReader;
}

export function gaugeInstallation(metrics: Metrics, { gateway, cache, kv, reader }: Gauged): void {
  const gauge = (name: string, help: string, value: () => number) =>
    metrics.gauge(name, help, () => [{ value: value() }]);
  gauge("watchllm_gateway_open_calls", "Calls that are being answered.", () => gateway.open);
  gauge(
    "watchllm_gateway_unrecorded_calls",
    "Calls that were answered but that the log refused.",
    () => gateway.unrecorded,
  );
  gauge("watchllm_cache_memory_bytes", "Stored answers in memory.", () => cache.memory.bytes);
  gauge("process_resident_memory_bytes", "Resident memory.", () => Deno.memoryUsage().rss);
  metrics.gauge(
    "watchllm_consumer_lag_events",
    "Events in the log that a consumer has yet to project.",
    async () =>
      (await readLag(kv, reader)).map(({ id, pending }) => ({
        value: pending,
        labels: { consumer: id },
      })),
  );
}
