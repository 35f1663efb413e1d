/**
 * The event that tells that a limit was crossed.
 *
 * @module
 */
import type { EventOf } from "../event/event.ts";
import { amountText } from "./amount.ts";
import type { Crossing } from "./limiter.ts";

/** @param at milliseconds since 1970 */
export function crossedEvent(
  { limit, account: { id: { project, subject, window } }, level, spent }: Crossing,
  id: string,
  at: number,
): EventOf<"limit.crossed"> {
  return {
    id,
    type: "limit.crossed",
    v: 1,
    project,
    at: new Date(at).toISOString(),
    data: {
      limit: limit.id,
      scope: limit.scope,
      subject,
      unit: limit.unit,
      window: String(limit.window),
      quota: amountText(limit.unit, limit.quota),
      used: amountText(limit.unit, spent),
      resets_at: new Date(window.end).toISOString(),
      level: level === 1 ? "warning" : "exceeded",
      dry_run: !limit.enforced,
    },
  };
}
