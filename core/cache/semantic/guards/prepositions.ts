/**
 * Small words that turn a question round: *on page* and *off page*, *a chess strategy* and *a strategy
 * against chess*, *from Rome* and *to Rome*, *by 5 %* and *to 5 %*, *only Bob ate* and *Bob only ate*.
 *
 * @module
 */
import { functionWords } from "../text/lexicon.ts";
import type { Question } from "../text/question.ts";
import { type Guard, sameItems, type Seen } from "./guard.ts";

const turning = new Set(
  "against off under before after until since versus instead rather except despite".split(" "),
);

const turned = sameItems(
  "prepositions",
  "the same small words that turn a question round: against, off, before, only, from and to",
  (question) =>
    question.words.flatMap(({ text }, at) => {
      if (turning.has(text)) return [text];
      if (text === "only") return [`only ${topicAfter(question, at)}`];
      const isAmount = question.words[at + 1]?.token.kind === "number";
      return isAmount && (text === "by" || text === "to") ? [`${text} an amount`] : [];
    }),
);

function topicAfter({ words }: Question, at: number): string {
  return words.slice(at + 1).find(({ text }) => !functionWords.has(text))?.stem ?? "";
}

const away = new Set(["from"]);
const towards = new Set(["to", "into", "onto", "towards"]);

/** What the question comes from, and what it goes to. */
function places(question: Question, direction: ReadonlySet<string>): string[] {
  return question.words.flatMap(({ text }, at) =>
    direction.has(text) ? [topicAfter(question, at)] : []
  ).filter((topic) => topic !== "");
}

function reversed(one: Question, other: Question): Seen | null {
  const to = new Set(places(other, towards));
  const back = new Set(places(other, away));
  const place = places(one, away).find((topic) => to.has(topic) && !back.has(topic));
  return place === undefined ? null : { query: `from ${place}`, entry: `to ${place}` };
}

export const prepositions: Guard = {
  ...turned,
  disagree(query, entry, alignment) {
    const seen = turned.disagree(query, entry, alignment) ?? reversed(query, entry);
    if (seen) return seen;
    const back = reversed(entry, query);
    return back && { query: back.entry, entry: back.query };
  },
};
