/**
 * Says that ClickHouse is away: since when, what waits, and that nothing is lost.
 *
 * @module
 */
import { countOf } from "./format.ts";
import { Icon } from "./icon.tsx";
import type { Readiness } from "./readiness.ts";
import { formatClock, type Zone } from "./zone.ts";

export function AwayBanner({ readiness, zone }: { readiness: Readiness; zone: Zone }) {
  const { clickhouse, waiting } = readiness;
  if (clickhouse.reachable) return null;
  const events = waiting === 0
    ? "New calls are kept in the log."
    : `${countOf(waiting, "event waits", "events wait")} in the log.`;
  return (
    <p class="notice warning num" role="status">
      <Icon name="warning" />
      <span>
        <strong>
          ClickHouse has been away since{" "}
          <time datetime={clickhouse.since}>{formatClock(clickhouse.since, zone)}</time>.
        </strong>{" "}
        {events} Nothing is lost; figures catch up by themselves when it is back.
      </span>
    </p>
  );
}
