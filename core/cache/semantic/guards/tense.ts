/**
 * Past, future and unreal: *who won* and *who will win*, *can it be* and *could it have been*.
 *
 * @module
 */
import { difference } from "../text/multiset.ts";
import type { Question } from "../text/question.ts";
import type { Guard, Seen } from "./guard.ts";

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

const now = new Set(["is", "are"]);
const then = new Set(["was", "were"]);

/** *Who is on call?* and *Who was on call?*: where nothing else differs, the time is what is asked. */
function onlyPast(one: Question, other: Question): Seen | null {
  const texts = ({ words }: Question) => words.map(({ text }) => text);
  const [ours, theirs] = difference(texts(one), texts(other));
  const differs = ours.length > 0 && theirs.length > 0 &&
    ours.every((text) => now.has(text)) && theirs.every((text) => then.has(text));
  return differs ? { query: "present", entry: "past" } : null;
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
    if (clash) return { query: one || "present", entry: other || "present" };
    const past = onlyPast(query, entry);
    if (past) return past;
    return onlyPast(entry, query) && { query: "past", entry: "present" };
  },
};
