/**
 * Questions about something that is not in them: *this sentence*, *the following program*. Two such
 * questions may mean different things however alike they read.
 *
 * @module
 */
import type { Question } from "../text/question.ts";
import type { Guard } from "./guard.ts";

const pointing = new Set(["following", "attached"]);
const pointers = new Set(["this", "these"]);
const generic = new Set(
  `question sentence sentences equation problem math program code picture image photo logo song movie film book text paragraph word words name thing symbol
statement poem essay answer article function integral problem problems puzzle riddle one it data table graph video website app game error query phrase insect plant snake spider
font font's animal quote anime manga music genre language chord passage person girl guy actor actress shoe dress jee`
    .split(/\s+/),
);

function points(question: Question): string | null {
  for (const [at, { text }] of question.words.entries()) {
    if (pointing.has(text) && question.words[at - 1]?.text === "the") return text;
    if ((text === "below" || text === "above") && at === question.words.length - 1) return text;
    if (!pointers.has(text)) continue;
    const next = question.words.slice(at + 1, at + 4).map((word) => word.text);
    if (next.length === 0 || next.some((word) => generic.has(word))) return text;
    if (question.words[at - 1]?.text === "is" || question.words[at - 1]?.text === "are") {
      return text;
    }
  }
  return null;
}

const times = new Set([
  "year",
  "month",
  "week",
  "day",
  "time",
  "moment",
  "morning",
  "century",
  "way",
  "kind",
]);

/** How often a question says *this* or *these* of anything but a time. */
function pointersIn(question: Question): number {
  return question.words.filter(({ text }, at) =>
    pointers.has(text) && !times.has(question.words[at + 1]?.stem ?? "")
  ).length;
}

export const reference: Guard = {
  name: "reference",
  says: "nothing that points outside the question, such as `this sentence` or `the following`",
  disagree(query, entry) {
    const [one, other] = [points(query), points(entry)];
    if (one !== null || other !== null) return { query: one ?? "", entry: other ?? "" };
    const [inQuery, inEntry] = [pointersIn(query), pointersIn(entry)];
    return inQuery === inEntry ? null : { query: `this: ${inQuery}`, entry: `this: ${inEntry}` };
  },
};
