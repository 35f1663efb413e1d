/**
 * The figures of a range on a page that follows them: what could not be read, why there is nothing, the
 * figures, and as of when they are.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { ReadFailure } from "./data/read.ts";
import { EmptyRange } from "./empty_range.tsx";
import { NoFigures } from "./no_figures.tsx";
import { ReadFailureNote } from "./read_failure.tsx";
import type { View } from "./view.ts";
import { formatClock, type Zone } from "./zone.ts";

interface LiveFiguresProps {
  /** Calls of the range; null while ClickHouse is away. */
  readonly calls: number | null;
  /** ISO UTC of the moment that the figures are of. */
  readonly readAt: string;
  readonly failure: ReadFailure | null;
  readonly retry: () => void;
  readonly view: View;
  readonly url: URL;
  readonly zone: Zone;
  /** The figures, shown when there are calls. */
  readonly children: ComponentChildren;
  /** What stands below them, calls or none. */
  readonly below?: ComponentChildren;
}

export function LiveFigures(props: LiveFiguresProps) {
  const { calls, readAt, failure, retry, view, url, zone, children, below } = props;
  const isRead = calls !== null;
  return (
    <div class="overview">
      {failure && (
        <ReadFailureNote
          failure={failure}
          readAt={isRead ? readAt : null}
          zone={zone}
          retry={retry}
        />
      )}
      {calls === null && <NoFigures retry={retry} />}
      {calls === 0 && <EmptyRange view={view} url={url} />}
      {calls !== null && calls > 0 && children}
      {below}
      <p class="small muted num as-of">
        {isRead && (
          <>
            As of <time datetime={readAt}>{formatClock(readAt, zone)}</time>.{" "}
          </>
        )}
        {`Times in ${zone}.`}
      </p>
    </div>
  );
}
