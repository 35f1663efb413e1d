/**
 * Measures the log's appends without the log knowing.
 *
 * @module
 */
import type { LogWriter } from "../log/contract.ts";
import type { Metrics } from "./metrics.ts";

/**
 * The same writer; the time to each commit and what waits for one are in `metrics`.
 *
 * @param clock milliseconds that only grow, e.g. `() => performance.now()`
 */
export function meteredWriter(writer: LogWriter, metrics: Metrics, clock: () => number): LogWriter {
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
      try {
        return await writer.append(event, payloads, beside);
      } catch (error) {
        failures.add();
        throw error;
      } finally {
        seconds.observe((clock() - begun) / 1000);
      }
    },
    get pending() {
      return writer.pending;
    },
    close: () => writer.close(),
  };
}
