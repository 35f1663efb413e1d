/**
 * Who it is about: *my messages* and *someone's messages*, *he* and *she*. *I*, *we*, *you* and *one*
 * stand for whoever asks.
 *
 * @module
 */
import type { Question } from "../text/question.ts";
import type { Guard } from "./guard.ts";

const he = new Set(["he", "him", "his", "himself"]);
const she = new Set(["she", "her", "hers", "herself"]);
const other = new Set(["someone", "somebody", "else", "others"]);
const own = new Set(["my", "your", "mine", "our", "myself", "yourself"]);

function personsOf(question: Question): ReadonlySet<string> {
  const body = question.words.slice(question.framed).map((word) => word.text);
  const kinds = { he, she, other, own };
  return new Set(
    Object.entries(kinds).filter(([, words]) => body.some((text) => words.has(text))).map((
      [kind],
    ) => kind),
  );
}

const self = new Set(["i", "you", "we", "me", "us", ...own]);

/** Who comes first: *someone asked you* is not *you asked someone*. */
function turns(question: Question): ReadonlySet<string> {
  return new Set(
    question.words.slice(question.framed).flatMap(({ text }) =>
      self.has(text)
        ? ["self"]
        : he.has(text)
        ? ["he"]
        : she.has(text)
        ? ["she"]
        : other.has(text)
        ? ["other"]
        : []
    ),
  );
}

const clashes = [["he", "she"], ["other", "own"]] as const;

export const people: Guard = {
  name: "people",
  says: "the same persons: he or she, one's own or someone else's",
  disagree(query, entry) {
    const [one, two] = [personsOf(query), personsOf(entry)];
    for (const [x, y] of clashes) {
      if (one.has(x) && !one.has(y) && two.has(y) && !two.has(x)) return { query: x, entry: y };
      if (one.has(y) && !one.has(x) && two.has(x) && !two.has(y)) return { query: y, entry: x };
    }
    const [first, second] = [turns(query), turns(entry)];
    if (first.size > 1 && second.size > 1 && [...first].join() !== [...second].join()) {
      return { query: [...first].join(" … "), entry: [...second].join(" … ") };
    }
    return null;
  },
};
