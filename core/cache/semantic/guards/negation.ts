/**
 * Negation: as many on either side, and of the same words.
 *
 * @module
 */
import { functionWords } from "../text/lexicon.ts";
import type { Question } from "../text/question.ts";
import { sameItems } from "./guard.ts";

const words: Readonly<Record<string, string>> = {
  not: "not",
  no: "not",
  never: "not",
  none: "not",
  nobody: "not",
  nothing: "not",
  neither: "not",
  nor: "not",
  without: "not",
  hardly: "not",
  fail: "not",
  except: "except",
  least: "least",
  unless: "unless",
  non: "not",
  // German, French, Spanish, Italian, Portuguese and Dutch.
  ...Object.fromEntries(
    "nicht kein keine keinen keiner keines ohne nie pas jamais aucun aucune nunca jamás ningún ninguna senza mai não sem niet geen zonder nooit"
      .split(" ").map((word) => [word, "not"]),
  ),
};

/** A negation and the word it is about: what is not so matters as much as that something is not. */
function negations(question: Question): string[] {
  return question.words.flatMap(({ text, stem }, at) => {
    const kind = Object.hasOwn(words, text)
      ? words[text]
      : Object.hasOwn(words, stem)
      ? words[stem]
      : undefined;
    if (kind === undefined) return [];
    const about = question.words.slice(at + 1).find((word) => !functionWords.has(word.text));
    return [about ? `${kind} ${about.stem}` : kind];
  });
}

export const negation = sameItems(
  "negation",
  "the same negations (not, never, without) of the same words",
  negations,
);
