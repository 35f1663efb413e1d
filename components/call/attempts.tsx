/**
 * The attempts of a call that needed more than one: where each went, how it ended, how long it took.
 *
 * @module
 */
import type { Attempt, Decision } from "@/core/analytics/types.ts";
import { formatDuration } from "../format.ts";
import { formatUsd } from "../money.ts";
import { VisibleText } from "../visible_text.tsx";

export function Attempts({ decisions }: { decisions: readonly Decision[] }) {
  const attempts = decisions.flatMap(({ attempt }) => attempt ?? []);
  if (attempts.length === 0) return null;
  const longest = Math.max(
    1,
    ...attempts.map(({ waited_ms, latency_ms }) => waited_ms + latency_ms),
  );
  return (
    <ol class="attempts num" role="list" aria-label="Attempts">
      {attempts.map((attempt) => (
        <li key={attempt.number} class={failed(attempt) ? "failed" : ""}>
          <span class="attempt-name">
            {`${attempt.number}. `}
            <VisibleText
              text={attempt.target || `${attempt.provider}/${attempt.model}`}
              most={80}
            />
          </span>
          <span class="muted small">{outcome(attempt)}</span>
          <svg viewBox="0 0 1000 6" preserveAspectRatio="none" aria-hidden="true">
            <rect width={attempt.waited_ms / longest * 1_000} height="6" class="queue" />
            <rect
              x={attempt.waited_ms / longest * 1_000}
              width={Math.max(3, attempt.latency_ms / longest * 1_000)}
              height="6"
              class={failed(attempt) ? "broken" : "stream"}
            />
          </svg>
        </li>
      ))}
    </ol>
  );
}

function failed({ status, error }: Attempt): boolean {
  return error !== null || (status ?? 0) >= 400;
}

function outcome(attempt: Attempt): string {
  const { status, error, waited_ms, latency_ms, cost_usd } = attempt;
  return [
    error ?? status ?? "no answer",
    formatDuration(latency_ms),
    ...(waited_ms >= 1 ? [`waited ${formatDuration(waited_ms)}`] : []),
    ...(cost_usd === null ? [] : [formatUsd(cost_usd)]),
  ].join(", ");
}
