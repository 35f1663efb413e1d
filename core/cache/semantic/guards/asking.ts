/**
 * What is asked for: *how*, *why*, *when*, *where*, *who*, *whether*.
 *
 * @module
 */
import { type Frame, frameOf } from "../text/frames.ts";
import type { Question } from "../text/question.ts";
import { type Guard, sameItems } from "./guard.ts";

/** Frames that ask for the same kind of answer share a name here; the others are left to the matcher. */
const kinds: Partial<Record<Frame, string>> = {
  how: "how",
  how_to: "how",
  why: "why",
  who: "who",
  when: "when",
  where: "where",
  how_much: "how much",
  how_many: "how many",
  how_long: "how long",
  can: "whether",
  should: "whether it should",
  would: "whether it would",
  is: "whether",
  do: "whether",
  difference: "difference",
  what: "what",
  what_is: "what",
  which: "what",
  best: "what",
  examples: "what",
  effect: "effect",
  benefit: "benefit",
  feels: "feeling",
  opinion: "opinion",
};

const firm = new Set(["whether", "why", "when", "where"]);

/** *What does it do?* */
function asksDeed({ words }: Question): boolean {
  const [first, second] = words;
  return first?.text === "what" && /^(?:do|does|did)$/.test(second?.text ?? "") &&
    words.length > 3 && words.at(-1)?.text === "do";
}

/** The place among the content words of what is asked for: *language* in *What language should I learn?* */
function whatThing({ words, content }: Question): number {
  const leads = words[0]?.text === "what" || words[0]?.text === "which";
  return leads ? content.findIndex(({ place }) => place === 1) : -1;
}

/** A thing that is asked for on one side and does not occur on the other, or leads to how something is done. */
function otherThing(one: Question, left: readonly number[], other: Question): string | null {
  const thing = whatThing(one);
  if (thing === -1) return null;
  const isHow = kinds[other.frame] === "how" && kinds[one.frame] !== "how";
  return left.includes(thing) || isHow ? one.content[thing]?.text ?? "" : null;
}

/** What the sentences after the first one ask for: a preface hides it from the frame of the whole. */
function laterKinds({ words }: Question): string[] {
  const starts = words.flatMap(({ token }, at) =>
    at > 0 && token.opens && words[at - 1]?.token !== token ? [at] : []
  );
  return starts.flatMap((from, i) => {
    const sentence = words.slice(from, starts[i + 1]).map(({ text }) => text);
    const kind = kinds[frameOf(sentence).frame];
    return kind === undefined ? [] : [kind];
  });
}

const measures = new Set(
  "tall old young big small long fast slow deep wide far near hot cold heavy often rich high low thick soon late early expensive cheap hard"
    .split(" "),
);
const sameMeasure: Readonly<Record<string, string>> = {
  large: "big",
  quick: "fast",
  quickly: "fast",
};

/** By what *how* measures: *how tall*, *how old*; empty when it measures nothing, null without a *how*. */
function measureOf({ words }: Question): string | null {
  const at = words.findIndex(({ text }) => text === "how");
  if (at === -1) return null;
  const next = words[at + 1]?.text ?? "";
  const measure = (Object.hasOwn(sameMeasure, next) ? sameMeasure[next] : undefined) ?? next;
  return measures.has(measure) ? measure : "";
}

const sentences = sameItems(
  "asking",
  "the same kinds of questions, sentence by sentence",
  laterKinds,
);

export const asking: Guard = {
  name: "asking",
  says: "the same kind of question: how, why, when, where, who, whether, which thing",
  disagree(query, entry, alignment) {
    const later = sentences.disagree(query, entry, alignment);
    if (later) return later;
    const measured = [measureOf(query), measureOf(entry)] as const;
    if (measured[0] !== null && measured[1] !== null && measured[0] !== measured[1]) {
      return { query: `how ${measured[0]}`, entry: `how ${measured[1]}` };
    }
    const { leftA, leftB } = alignment;
    if (asksDeed(query) && entry.frame === "what_is") return { query: "does", entry: "is" };
    if (asksDeed(entry) && query.frame === "what_is") return { query: "is", entry: "does" };
    const things = [otherThing(query, leftA, entry), otherThing(entry, leftB, query)] as const;
    if (things[0] !== null || things[1] !== null) {
      return { query: things[0] ?? "", entry: things[1] ?? "" };
    }
    const [one, other] = [kinds[query.frame], kinds[entry.frame]];
    if (one === undefined || other === undefined || one === other) return null;
    // *What* leads into so many questions that only a plain *whether*, *why*, … stands against it.
    if ((one === "what" || other === "what") && ![one, other].some((kind) => firm.has(kind))) {
      return null;
    }
    return { query: one, entry: other };
  },
};
