/**
 * Quoted text: the question is about these very words.
 *
 * @module
 */
import type { Question } from "../text/question.ts";
import { sameItems, type Seen } from "./guard.ts";

const marks = /"+([^"]+)"+|(?<=\s)'([^']+)'(?=[\s?.,!]|$)/g;

/** Text in quotation marks, lower case, without punctuation at its ends. */
export function quoted(question: Question): string[] {
  return [...question.text.replaceAll(/[“”«»]/g, '"').replaceAll(/[‘’]/g, "'").matchAll(marks)]
    .map((match) =>
      (match[1] ?? match[2] ?? "").toLowerCase().replaceAll(/^[\s.,!?]+|[\s.,!?]+$/g, "")
    );
}

const inside = (question: Question) => {
  const text = question.text.toLowerCase();
  return (words: string) => text.includes(words);
};

/** *'a' + 'b'* and *'b' + 'a'*. */
function exchanged(one: readonly string[], other: readonly string[]): Seen | null {
  const [x, y] = [one.join(" "), other.join(" ")];
  const isSame = x === y || [...one].sort().join() !== [...other].sort().join();
  return isSame ? null : { query: x.slice(0, 80), entry: y.slice(0, 80) };
}

const strict = sameItems("quotation", "the same quoted words", quoted);

export const quotation: typeof strict = {
  ...strict,
  disagree(query, entry) {
    // The same words without the marks are the same words.
    const missing = quoted(query).filter((words) => !inside(entry)(words));
    const extra = quoted(entry).filter((words) => !inside(query)(words));
    if (missing.length + extra.length === 0) return exchanged(quoted(query), quoted(entry));
    return { query: missing.join(" ").slice(0, 80), entry: extra.join(" ").slice(0, 80) };
  },
};
