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
import type { Metrics } from "@/core/metrics/metrics.ts";
import type { Check } from "@/routes/(_api)/readiness.ts";

/** Not ok while there is no consumer, or one of them stands still until a person acts. */
export function consumersCheck(kv: KvPort, reader: LogReader): Check {
  return async () => {
    const lags = await readLag(kv, reader);
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
