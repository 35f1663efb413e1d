/**
 * Says that the figures could not be read again, and what to do. The rest of the page stays.
 *
 * @module
 */
import { Icon } from "./icon.tsx";
import type { ReadFailure } from "./live_client.ts";
import { formatClock, type Zone } from "./zone.ts";

interface ReadFailureNoteProps {
  readonly failure: ReadFailure;
  /** When the figures on the page were read; null when there are none. */
  readonly readAt: string | null;
  readonly zone: Zone;
  readonly retry: () => void;
}

export function ReadFailureNote({ failure, readAt, zone, retry }: ReadFailureNoteProps) {
  return (
    <p class="notice error" role="status">
      <Icon name="error" />
      <span>
        <strong>{failure.message}</strong>{" "}
        {readAt && `The figures are from ${formatClock(readAt, zone)}. `}
        {failure.requestId && (
          <>
            Request <code>{failure.requestId}</code>.{" "}
          </>
        )}
        {failure.reason === "signed-out"
          ? <a href="/sign-in?next=/dashboard">Sign in again</a>
          : <button type="button" class="link" onClick={retry}>Try now</button>}
      </span>
    </p>
  );
}
