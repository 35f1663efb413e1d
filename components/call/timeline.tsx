/**
 * Where a call's time went: in the gateway, waiting for the first byte, receiving the answer.
 *
 * @module
 */
import type { EventRow } from "@/core/analytics/types.ts";
import { formatDuration } from "../format.ts";

interface Phase {
  readonly id: "queue" | "waiting" | "stream";
  readonly label: string;
  readonly ms: number;
}

export function Timeline({ event }: { event: EventRow }) {
  // Nobody told how long it took: then there is nothing to divide.
  const { latency_ms } = event;
  const phases = latency_ms === null ? [] : phasesOf({ ...event, latency_ms });
  const total = Math.max(1, latency_ms ?? 0);
  let start = 0;
  return (
    <div class="timeline">
      <svg viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">
        <rect width="1000" height="14" class="ground" />
        {phases.map(({ id, ms }) => {
          const x = start / total * 1_000;
          start += ms;
          return (
            <rect key={id} class={id} x={x} width={Math.max(2, ms / total * 1_000)} height="14" />
          );
        })}
      </svg>
      <dl class="num">
        {phases.map(({ id, label, ms }) => (
          <div key={id}>
            <dt class={`key ${id}`}>{label}</dt>
            <dd>{formatDuration(ms)}</dd>
          </div>
        ))}
        <div class="all">
          <dt>In all</dt>
          <dd>{formatDuration(latency_ms)}</dd>
        </div>
      </dl>
    </div>
  );
}

function phasesOf(
  { overhead_ms, ttft_ms, latency_ms, cache, stream }: EventRow & { latency_ms: number },
): Phase[] {
  const queue: Phase = {
    id: "queue",
    label: "In the gateway",
    ms: Math.min(overhead_ms, latency_ms),
  };
  if (cache.startsWith("HIT")) {
    return [queue, { id: "stream", label: "From the cache", ms: latency_ms - queue.ms }];
  }
  if (ttft_ms === null) {
    return [queue, { id: "waiting", label: "Waiting for the provider", ms: latency_ms - queue.ms }];
  }
  const waiting = Math.max(0, Math.min(ttft_ms, latency_ms) - queue.ms);
  return [
    queue,
    { id: "waiting", label: "Until the first byte", ms: waiting },
    {
      id: "stream",
      label: stream ? "Streaming the answer" : "Receiving the answer",
      ms: Math.max(0, latency_ms - queue.ms - waiting),
    },
  ];
}
