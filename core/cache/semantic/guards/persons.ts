/**
 * Who it is about: *my messages* and *someone's messages*, *he* and *she*. *I*, *we*, *you* and *one*
 * stand for whoever asks.
 *
 * @module
 */
import { difference } from "../text/multiset.ts";
import type { Question } from "../text/question.ts";
import type { Guard } from "./guard.ts";

const he = new Set(["he", "him", "his", "himself"]);
const she = new Set(["she", "her", "hers", "herself"]);
const other = new Set(["someone", "somebody", "else", "others"]);
const own = new Set(["my", "your", "mine", "our", "myself", "yourself"]);

const kinds = { he, she, other, own };
type Kind = keyof typeof kinds;

function countsOf(question: Question): (kind: Kind) => number {
  const body = question.words.slice(question.framed).map((word) => word.text);
  return (kind) => body.filter((text) => kinds[kind].has(text)).length;
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

/** One question has more of the first where the other has more of the second. */
const clashes = [["he", "she"], ["other", "own"], ["he", "own"], ["she", "own"]] as const;

/** *Which have you read?* wants what somebody has lived through, *which can one read?* does not. */
function asksExperience({ words }: Question): boolean {
  return words.some(({ text }, at) => {
    const next = words[at + 1]?.text;
    return text === "you" && (next === "have" || next === "had" || next === "ever") ||
      next === "you" && (text === "have" || text === "did" || text === "had");
  });
}

function namesNobody({ words }: Question): boolean {
  return !words.some(({ text }) => self.has(text));
}

const texts = ({ words }: Question) => words.map(({ text }) => text);

/** *What is my number?* and *What is your number?*: nothing else differs. */
function isMineOrYours(ours: readonly string[], theirs: readonly string[]): boolean {
  const all = (list: readonly string[], word: string) =>
    list.length > 0 && list.every((text) => text === word);
  return all(ours, "my") && all(theirs, "your") || all(ours, "your") && all(theirs, "my");
}

export const people: Guard = {
  name: "people",
  says: "the same persons: he or she, one's own or someone else's, lived through by you or not",
  disagree(query, entry) {
    const [one, two] = [countsOf(query), countsOf(entry)];
    for (const [x, y] of clashes) {
      const [more, less] = [one(x) - two(x), one(y) - two(y)];
      if (more > 0 && less < 0) return { query: x, entry: y };
      if (more < 0 && less > 0) return { query: y, entry: x };
    }
    if (asksExperience(query) && namesNobody(entry)) return { query: "you", entry: "" };
    if (asksExperience(entry) && namesNobody(query)) return { query: "", entry: "you" };
    const [ours, theirs] = difference(texts(query), texts(entry));
    if (isMineOrYours(ours, theirs)) return { query: ours.join(" "), entry: theirs.join(" ") };
    const [first, second] = [turns(query), turns(entry)];
    if (first.size > 1 && second.size > 1 && [...first].join() !== [...second].join()) {
      return { query: [...first].join(" … "), entry: [...second].join(" … ") };
    }
    return null;
  },
};
