/**
 * Past, future and unreal: *who won* and *who will win*, *can it be* and *could it have been*.
 *
 * @module
 */
import type { Question } from "../text/question.ts";
import type { Guard } from "./guard.ts";

const pasts = new Set("was were did had".split(" "));
const futures = new Set("will shall".split(" "));
const pastForms = new Set(
  "won died became happened invented discovered started began went made wrote created built lost got came took said killed"
    .split(" "),
);

function tenses(question: Question): string {
  const texts = question.words.map((word) => word.text);
  const found = new Set<string>();
  texts.forEach((text, at) => {
    if (pasts.has(text) || (pastForms.has(text) && at <= 2)) found.add("past");
    if (
      futures.has(text) ||
      (text === "going" && texts[at + 1] === "to" &&
        ["is", "are"].some((be) => texts.slice(0, at).includes(be)))
    ) found.add("future");
    if (
      ["would", "could", "should", "might"].includes(text) &&
      texts.slice(at + 1, at + 5).includes("have") && texts.slice(at + 1, at + 6).some((t) =>
        t === "been" || t.endsWith("ed")
      )
    ) found.add("unreal");
  });
  return [...found].sort().join("+");
}

export const tense: Guard = {
  name: "tense",
  says: "the same time: past, present, future, or unreal",
  disagree(query, entry) {
    const [one, other] = [tenses(query), tenses(entry)];
    // Present beside past or future is often loose writing, and left to the matcher.
    const clash = (one === "past" && other === "future") ||
      (one === "future" && other === "past") ||
      one.includes("unreal") !== other.includes("unreal");
    return clash ? { query: one || "present", entry: other || "present" } : null;
  },
};
