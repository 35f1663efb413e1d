/**
 * Says that something could not be read, and what to do. The rest of the page stays.
 *
 * @module
 */
import type { ReadFailure } from "./data/read.ts";
import { Icon } from "./icon.tsx";
import { formatClock, type Zone } from "./zone.ts";

interface ReadFailureNoteProps {
  readonly failure: ReadFailure;
  /** When the figures on the page were read; null when there are none. */
  readonly readAt: string | null;
  readonly zone: Zone;
  readonly retry: () => void;
}

export function ReadFailureNote({ failure, readAt, zone, retry }: ReadFailureNoteProps) {
  // The banner of the page says it better, with what waits.
  if (failure.reason === "away" && readAt) return null;
  return (
    <p class="notice error" role="status">
      <Icon name="error" />
      <span>
        <strong>{failure.message}</strong>{" "}
        {readAt && `What you see is from ${formatClock(readAt, zone)}. `}
        {failure.requestId && (
          <>
            Request <code>{failure.requestId}</code>.{" "}
          </>
        )}
        {failure.reason === "signed-out"
          ? <a href={`/sign-in?next=${encodeURIComponent(hereOr("/dashboard"))}`}>Sign in again</a>
          : <button type="button" class="link" onClick={retry}>Try now</button>}
      </span>
    </p>
  );
}

function hereOr(fallback: string): string {
  return typeof location === "undefined" ? fallback : location.pathname + location.search;
}
