/**
 * Exchanged places: *What Danes think of Swedes* and *what Swedes think of Danes* hold the same words.
 *
 * @module
 */
import type { Alignment } from "../matcher/align.ts";
import { functionWords, wordClasses } from "../text/lexicon.ts";
import type { Question } from "../text/question.ts";
import type { Guard } from "./guard.ts";

/** Texts that cross more often are in another order, whatever joins their words. */
const mostCrossings = 200;

/** The first two aligned words that stand in each other's place, if there are any. */
export function swappedWords(
  a: Question,
  b: Question,
  { pairs }: Alignment,
): readonly [string, string] | null {
  let crossings = 0;
  for (const [i, p] of pairs.entries()) {
    for (const [offset, q] of pairs.slice(i + 1).entries()) {
      if (p.b < q.b) continue;
      if (++crossings > mostCrossings) {
        return [a.content[p.a]?.text ?? "", a.content[q.a]?.text ?? ""];
      }
      const between = pairs.slice(i + 1, i + 1 + offset);
      const stays = between.filter((m) => m.b > q.b && m.b < p.b).length;
      const slots = Number(before(a, p.a) === before(b, q.b)) +
        Number(before(a, q.a) === before(b, p.b));
      // Around something that stays, or each after the very word that the other stood after.
      const exchanged = between.length > 0
        ? stays === between.length
        : slots === 2 || isWhether(a) && isWhether(b) ||
          isOneName(a, p.a, q.a) && isOneName(b, q.b, p.b);
      if (exchanged && !coordinated(a, p.a, q.a) && !coordinated(b, q.b, p.b)) {
        return [a.content[p.a]?.text ?? "", a.content[q.a]?.text ?? ""];
      }
    }
  }
  return null;
}

const whether = new Set(["is", "are", "do", "does", "did"]);

/** *Is every cat a mammal?* is not *Is every mammal a cat?*. */
function isWhether({ words }: Question): boolean {
  return whether.has(words[0]?.text ?? "");
}

/** *Paul Simon* is not *Simon Paul*. */
function isOneName(question: Question, first: number, last: number): boolean {
  const [one, other] = [question.content[first], question.content[last]];
  return !!one?.named && !!other?.named && other.place === one.place + 1;
}

const joining = new Set(["and", "or", "versus", "&", "/"]);
const binding = new Set(["a", "an", "the", "being", "between"]);

/** *X and Y* may be said as *Y and X*, when nothing but what both share stands between them. */
function coordinated(question: Question, from: number, to: number): boolean {
  const [first, last] = [question.content[from]?.place ?? 0, question.content[to]?.place ?? 0];
  const between = question.words.slice(first + 1, last);
  const symmetric = question.frame === "difference" ||
    question.words.some((word) => word.stem === "differ" || word.text === "between");
  return symmetric || between.some((word) => joining.has(word.text)) &&
      between.every((word) =>
        !functionWords.has(word.text) || joining.has(word.text) || binding.has(word.text)
      );
}

/** The word that another stands after, articles apart. */
function before(question: Question, content: number): string {
  const words = question.words.slice(0, question.content[content]?.place ?? 0);
  return words.findLast(({ text }) => !wordClasses.articles.has(text))?.stem ?? "";
}

export const order: Guard = {
  name: "order",
  says: "no two words in each other's place",
  disagree(query, entry, alignment) {
    const swapped = swappedWords(query, entry, alignment);
    if (!swapped) return null;
    const [one, other] = swapped;
    return { query: `${one} … ${other}`, entry: `${other} … ${one}` };
  },
};
