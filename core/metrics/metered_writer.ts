/**
 * Measures the log's appends without the log knowing.
 *
 * @module
 */
import type { LogWriter } from "../log/contract.ts";
import type { LogHealth } from "./log_health.ts";
import type { Metrics } from "./metrics.ts";

/**
 * The same writer; the time to each commit and what waits for one are in `metrics`.
 *
 * @param clock milliseconds that only grow, e.g. `() => performance.now()`
 * @param health is told what becomes of each append
 */
export function meteredWriter(
  writer: LogWriter,
  metrics: Metrics,
  clock: () => number,
  health?: LogHealth,
): LogWriter {
  const seconds = metrics.histogram(
    "watchllm_log_append_seconds",
    "Time from an append to its commit.",
  );
  const failures = metrics.counter("watchllm_log_append_failures_total", "Appends that failed.");
  metrics.gauge("watchllm_log_pending_events", "Events that wait for their commit.", () => [
    { value: writer.pending.events },
  ]);
  metrics.gauge("watchllm_log_pending_bytes", "Bytes that wait for their commit.", () => [
    { value: writer.pending.bytes },
  ]);
  return {
    async append(event, payloads, beside) {
      const begun = clock();
      health?.begun(begun);
      try {
        const appended = await writer.append(event, payloads, beside);
        const at = clock();
        health?.stored(at);
        seconds.observe((at - begun) / 1000);
        return appended;
      } catch (error) {
        const at = clock();
        failures.add();
        health?.failed(error, at);
        seconds.observe((at - begun) / 1000);
        throw error;
      }
    },
    get pending() {
      return writer.pending;
    },
    close: () => writer.close(),
  };
}
