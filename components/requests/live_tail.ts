/**
 * New calls beside a list that is being read: they are counted, and join it when they are asked for.
 *
 * @module
 */

interface Row {
  readonly event_id: string;
  readonly timestamp: string;
}

/**
 * The rows of the latest page that belong above the shown ones. A call that began earlier and ended
 * later is new as well: it is told by its id.
 *
 * @example
 * ```ts
 * import { newerRows } from "@/components/requests/live_tail.ts";
 * import { expect } from "expect";
 *
 * const row = (event_id: string, second: number) => ({
 *   event_id,
 *   timestamp: `2026-11-02T10:00:0${second}.000Z`,
 * });
 * expect(newerRows([row("b", 2), row("a", 1)], [row("c", 3), row("b", 2), row("a", 1)]))
 *   .toEqual([row("c", 3)]);
 * ```
 */
export function newerRows<T extends Row>(shown: readonly T[], latest: readonly T[]): readonly T[] {
  const known = new Set(shown.map(({ event_id }) => event_id));
  const oldest = shown.at(-1)?.timestamp ?? "";
  return latest.filter(({ event_id, timestamp }) => !known.has(event_id) && timestamp >= oldest);
}

interface Page<T> {
  readonly logs: readonly T[];
  readonly next_cursor: string | null;
}

interface Joined<T> {
  readonly rows: readonly T[];
  /** Where the next page begins, when that has changed. */
  readonly next?: string | null;
}

/** The shown rows with the new ones above. When there is a gap between both, the latest page alone. */
export function withNewer<T extends Row>(shown: readonly T[], latest: Page<T>): Joined<T> {
  const newer = newerRows(shown, latest.logs);
  if (newer.length === latest.logs.length && shown.length > 0) {
    return { rows: latest.logs, next: latest.next_cursor };
  }
  const joined = [...newer, ...shown].sort((a, b) =>
    a.timestamp === b.timestamp
      ? (a.event_id < b.event_id ? 1 : -1)
      : (a.timestamp < b.timestamp ? 1 : -1)
  );
  return { rows: joined };
}
