/**
 * Words of opposite sense: one question has one of them where the other has its counterpart.
 *
 * @module
 */
import { areOpposites } from "../text/lexicon.ts";
import { difference } from "../text/multiset.ts";
import type { Guard } from "./guard.ts";

/** Verbs of which one form tells what causes a feeling and the other who has it: *boring*, *bored*. */
const feelings =
  "bor interest excit confus annoy tir amaz shock embarrass frustrat depress scar surpris satisfy disappoint exhaust fascinat irritat"
    .split(" ");
const causing = new Map(feelings.map((verb) => [`${verb}ing`, verb]));
const felt = new Map(feelings.map((verb) => [`${verb.replace(/y$/, "i")}ed`, verb]));

/** A cause on one side where the other has the feeling, if there is one. */
function causeAgainstFeeling(some: readonly string[], others: readonly string[]) {
  for (const text of some) {
    const verb = causing.get(text);
    if (verb === undefined) continue;
    const feeling = others.find((other) => felt.get(other) === verb);
    if (feeling !== undefined) return { cause: text, feeling };
  }
  return null;
}

/** Who does it and to whom it is done: *employer* and *employee*. */
function roleAgainstRole(some: readonly string[], others: readonly string[]) {
  const parts = (word: string) => /^(.{3,}?)(ers?|ors?|ees?)$/.exec(word)?.slice(1, 3) ?? null;
  for (const one of some) {
    const [base, ending = ""] = parts(one) ?? [];
    const other = base && others.find((word) => {
      const [same, end = ""] = parts(word) ?? [];
      return same === base && end.startsWith("ee") !== ending.startsWith("ee");
    });
    if (other) return { query: one, entry: other };
  }
  return null;
}

export const opposites: Guard = {
  name: "opposites",
  says: "no word of opposite sense, such as increase and decrease, or boring and bored",
  disagree(query, entry) {
    const stems = (words: typeof query.words) => words.map((word) => word.stem);
    const [onlyQuery, onlyEntry] = difference(stems(query.words), stems(entry.words));
    for (const one of onlyQuery) {
      const other = onlyEntry.find((stem) => areOpposites(one, stem));
      if (other !== undefined) return { query: one, entry: other };
    }
    const texts = (words: typeof query.words) => words.map((word) => word.text);
    const [queryTexts, entryTexts] = difference(texts(query.words), texts(entry.words));
    const inQuery = causeAgainstFeeling(queryTexts, entryTexts);
    if (inQuery) return { query: inQuery.cause, entry: inQuery.feeling };
    const roles = roleAgainstRole(queryTexts, entryTexts);
    if (roles) return roles;
    const inEntry = causeAgainstFeeling(entryTexts, queryTexts);
    return inEntry && { query: inEntry.feeling, entry: inEntry.cause };
  },
};
