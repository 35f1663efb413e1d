/**
 * How much is asked: a question with a second one behind it (*… Why?*) wants a longer answer.
 *
 * @module
 */
import type { Question } from "../text/question.ts";
import type { Guard } from "./guard.ts";

const asked = (question: Question) =>
  Math.max(1, question.text.match(/\?+(?=\s|$|["')])/g)?.length ?? 1);

export const parts: Guard = {
  name: "parts",
  says: "as many questions in one",
  disagree(query, entry) {
    const [one, other] = [asked(query), asked(entry)];
    return one === other ? null : { query: `asks ${one}`, entry: `asks ${other}` };
  },
};
