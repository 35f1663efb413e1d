/**
 * A call's name: model, how it ended, cost, time.
 *
 * @module
 */
import type { EventRow } from "@/core/analytics/types.ts";
import { CacheWord, Cost, Status } from "../requests/cells.tsx";
import { CallLine } from "./facts.tsx";

export function CallHead({ event }: { event: EventRow }) {
  return (
    <p class="call-head num">
      <Status row={event} />
      <Cost row={event} />
      <CallLine event={event} />
      <CacheWord cache={event.cache} />
      {event.stream && <span class="muted">streamed</span>}
      {event.demo && <span class="muted">demo</span>}
    </p>
  );
}

export function callName({ model, path }: EventRow): string {
  return model || path || "a call";
}
