/**
 * What was lately removed, so that an answer that was on its way then is not stored afterwards: whoever
 * removes answers means those that are being given as well.
 *
 * @module
 */
import { type Entry, type EntrySummary, summaryOf } from "./entry.ts";

/** Removals remembered. An answer that was on its way for more of them is not stored. */
const kept = 256;

interface Removal {
  readonly project: string;
  readonly matches: (entry: EntrySummary) => boolean;
}

export class Removals {
  #latest: Removal[] = [];
  #count = 0;

  /** All that there have been. */
  get count(): number {
    return this.#count;
  }

  add(project: string, matches: Removal["matches"]): void {
    this.#count++;
    this.#latest = [...this.#latest.slice(1 - kept), { project, matches }];
  }

  /** Whether one of the removals after the first `since` fits an entry. */
  fits(entry: Entry, since: number): boolean {
    const later = this.#count - since;
    if (later <= 0) return false;
    if (later > this.#latest.length) return true;
    const { project } = entry.head;
    const summary = summaryOf(entry);
    return this.#latest.slice(-later)
      .some((removal) => removal.project === project && removal.matches(summary));
  }
}
