/**
 * The figures of a range on a page that follows them: what could not be read, why there is nothing, the
 * figures, and as of when they are.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Live } from "./data/use_live.ts";
import { EmptyRange } from "./empty_range.tsx";
import { NoFigures } from "./no_figures.tsx";
import { ReadFailureNote } from "./read_failure.tsx";
import { useZone } from "./use_zone.ts";
import type { View } from "./view.ts";
import { formatClock } from "./zone.ts";

interface LiveFiguresProps {
  /** Calls of the range; null while ClickHouse is away. */
  readonly calls: number | null;
  readonly live: Live<unknown>;
  readonly view: View;
  readonly url: URL;
  /** The figures, shown when there are calls. */
  readonly children: ComponentChildren;
  /** What stands below them, calls or none. */
  readonly below?: ComponentChildren;
}

export function LiveFigures(props: LiveFiguresProps) {
  const { calls, live: [{ readAt, failure }, retry], view, url, children, below } = props;
  const zone = useZone();
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
