/**
 * The shape of a guard. A guard may only veto: it looks at two questions that something found similar
 * and names a reason why their answers must differ, whatever the similarity says.
 *
 * @module
 */
import type { Alignment } from "../matcher/align.ts";
import { difference } from "../text/multiset.ts";
import type { Question } from "../text/question.ts";

/** What a guard saw on either side. */
export interface Seen {
  readonly query: string;
  readonly entry: string;
}

export interface Guard {
  readonly name: string;
  /** One sentence for the documentation. */
  readonly says: string;
  /** What disagrees; null lets the pair pass. */
  disagree(query: Question, entry: Question, alignment: Alignment): Seen | null;
}

const shown = (items: readonly string[]) => items.slice(0, 5).join(" ").slice(0, 80);

/** A guard that wants two lists to hold the same items, in any order. */
export function sameItems(
  name: string,
  says: string,
  itemsOf: (question: Question) => readonly string[],
): Guard {
  return {
    name,
    says,
    disagree(query, entry) {
      const [onlyQuery, onlyEntry] = difference(itemsOf(query), itemsOf(entry));
      if (onlyQuery.length + onlyEntry.length === 0) return null;
      return { query: shown(onlyQuery), entry: shown(onlyEntry) };
    },
  };
}
