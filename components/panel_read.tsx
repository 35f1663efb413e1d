/**
 * What a panel beside a list shows: read when it is opened, with its skeleton, and another try when it
 * could not be read.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Read } from "./data/read.ts";
import { ReadFailureNote } from "./read_failure.tsx";
import type { Zone } from "./zone.ts";

/**
 * What was read last.
 *
 * @param of what it is of: read anew when this changes
 * @param keeps whether the one before stays until this one has come
 */
export function usePanelRead<T>(
  of: string | null,
  load: (signal: AbortSignal) => Promise<Read<T>>,
  { keeps }: { readonly keeps: boolean },
): readonly [got: Read<T> | null, retry: () => void] {
  const [got, setGot] = useState<Read<T> | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const end = new AbortController();
    if (!keeps) setGot(null);
    // A read that was broken off is nobody's news.
    load(end.signal).then(setGot, () => {});
    return () => end.abort();
  }, [of, attempt]);
  return [got, () => setAttempt((before) => before + 1)];
}

interface PanelReadProps<T> {
  readonly got: Read<T> | null;
  readonly retry: () => void;
  /** What is being read, e.g. `the call`. */
  readonly what: string;
  readonly zone: Zone;
  readonly children: (value: T) => ComponentChildren;
}

export function PanelRead<T>({ got, retry, what, zone, children }: PanelReadProps<T>) {
  if (!got) {
    return (
      <div class="skeleton" role="status">
        <span class="sr">{`Reading ${what}`}</span>
        <i class="line short" />
        <i class="block" />
        <i class="block tall" />
        <i class="line" />
      </div>
    );
  }
  if (!got.ok) {
    return <ReadFailureNote failure={got.failure} readAt={null} zone={zone} retry={retry} />;
  }
  return <>{children(got.value)}</>;
}
