/**
 * What stands in a chart's place when the range holds no call.
 *
 * @module
 */
import type { Period } from "@/core/analytics/types.ts";
import { periodWords } from "./overview_data.ts";

interface EmptyRangeProps {
  readonly period: Period;
  /** The same view over 30 days; null when it is that one already. */
  readonly wider: string | null;
}

export function EmptyRange({ period, wider }: EmptyRangeProps) {
  return (
    <div class="empty">
      <p>
        <strong>{`No calls in the last ${periodWords[period]}.`}</strong>
      </p>
      <p class="muted">
        {wider ? <a href={wider}>Widen the range to 30 days</a> : "Send a call"}
        {wider ? " or send a call: it shows here by itself." : ": it shows here by itself."}
      </p>
    </div>
  );
}
