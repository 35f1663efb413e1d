/**
 * Which of a trace's rows are shown: those below a closed row are not, and while something is searched
 * for only what fits and what it stands in.
 *
 * @module
 */
import type { TraceRow } from "@/core/analytics/trace_rows.ts";

export interface Choice {
  /** Places of closed rows. */
  readonly closed: ReadonlySet<number>;
  /** Words that a row's name or kind must hold; empty for all. */
  readonly search: string;
  /** Only rows that failed, or stand above one that did. */
  readonly onlyErrors: boolean;
}

/**
 * Places of the rows that are shown, in order.
 *
 * @example
 * ```ts
 * import { shownRows } from "@/components/trace/shown_rows.ts";
 * import { expect } from "expect";
 *
 * expect(shownRows([], { closed: new Set(), search: "", onlyErrors: false })).toEqual([]);
 * ```
 */
export function shownRows(rows: readonly TraceRow[], choice: Choice): number[] {
  const { closed, onlyErrors } = choice;
  const words = choice.search.toLowerCase().split(/\s+/).filter(Boolean);
  const narrowed = words.length > 0 || onlyErrors;
  const kept = narrowed ? keptRows(rows, words, onlyErrors) : null;
  const shown: number[] = [];
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place];
    if (!row || (kept && !kept.has(place))) continue;
    shown.push(place);
    // What is looked for is shown wherever it stands.
    if (!narrowed && closed.has(place)) place += row.size;
  }
  return shown;
}

function keptRows(
  rows: readonly TraceRow[],
  words: readonly string[],
  onlyErrors: boolean,
): ReadonlySet<number> {
  const kept = new Set<number>();
  const above: number[] = [];
  for (const [place, row] of rows.entries()) {
    above.length = row.depth;
    above.push(place);
    const text = `${row.name} ${row.kind}`.toLowerCase();
    const fits = words.every((word) => text.includes(word)) &&
      (!onlyErrors || row.status === "error");
    if (fits) { for (const one of above) kept.add(one); }
  }
  return kept;
}
