/**
 * Names of people, places, products and languages. A name is what is written with a capital where the
 * start of a sentence does not ask for one.
 *
 * @module
 */
import { stem } from "../text/stem.ts";
import { properNames } from "../text/proper_names.ts";
import type { Content, Question } from "../text/question.ts";
import type { Guard } from "./guard.ts";

/** Words that are often written with a capital and name nothing by themselves. */
const ordinary = new Set(
  "government state president new year tv television series language university company day world country people main book question"
    .split(" ").map(stem),
);

export const entities: Guard = {
  name: "entities",
  says: "the same names of people, places, products and languages",
  disagree(query, entry, { leftA, leftB, pairs }) {
    const onlyQuery = namesAmong(leftA.map((i) => query.content[i]), entry);
    const onlyEntry = namesAmong(leftB.map((i) => entry.content[i]), query);
    for (const { a, b, link } of pairs) {
      const [x, y] = [query.content[a], entry.content[b]];
      if (link === "same" || link === "compound" || !x || !y) continue;
      // A name that is nearly another is another name: Austria, Australia; Iran, Iraq.
      if (x.text !== y.text && properNames.has(x.text) && properNames.has(y.text)) {
        // Named by the same stem or by synonyms, and yet two: India, Indians.
        onlyQuery.push(x.text);
        onlyEntry.push(y.text);
      } else if (link === "typo" && x.named && y.named && single(x.text) !== single(y.text)) {
        onlyQuery.push(x.text);
        onlyEntry.push(y.text);
      }
    }
    if (onlyQuery.length + onlyEntry.length === 0) return null;
    return { query: onlyQuery.join(" "), entry: onlyEntry.join(" ") };
  },
};

/** Doubled letters written once: *Phillip* and *Philip* are one name. */
const single = (text: string) => text.replaceAll(/(.)\1/g, "$1");

/** Names that the other question does not hold anywhere, not even as part of a word. */
function namesAmong(left: readonly (Content | undefined)[], other: Question): string[] {
  const text = other.text.toLowerCase();
  const holds = (name: string) =>
    name.length > 3
      ? text.includes(name)
      : other.words.some((word) => word.text === name && /^\P{Ll}+$/u.test(word.token.raw));
  return left.flatMap((item) =>
    item && ((item.named && !ordinary.has(item.stem)) || properNames.has(item.text)) &&
      !holds(item.text)
      ? [item.text]
      : []
  );
}
