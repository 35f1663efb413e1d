/**
 * Words of opposite sense: one question has one of them where the other has its counterpart.
 *
 * @module
 */
import { areOpposites } from "../text/lexicon.ts";
import { difference } from "../text/multiset.ts";
import type { Guard } from "./guard.ts";

export const opposites: Guard = {
  name: "opposites",
  says: "no word of opposite sense, such as increase and decrease",
  disagree(query, entry) {
    const stems = (words: typeof query.words) => words.map((word) => word.stem);
    const [onlyQuery, onlyEntry] = difference(stems(query.words), stems(entry.words));
    for (const one of onlyQuery) {
      const other = onlyEntry.find((stem) => areOpposites(one, stem));
      if (other !== undefined) return { query: one, entry: other };
    }
    return null;
  },
};
