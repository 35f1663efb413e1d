/**
 * What is asked for: *how*, *why*, *when*, *where*, *who*, *whether*.
 *
 * @module
 */
import type { Frame } from "../text/frames.ts";
import type { Guard } from "./guard.ts";

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

export const asking: Guard = {
  name: "asking",
  says: "the same kind of question: how, why, when, where, who, whether",
  disagree(query, entry) {
    const [one, other] = [kinds[query.frame], kinds[entry.frame]];
    if (one === undefined || other === undefined || one === other) return null;
    // *What* leads into so many questions that only a plain *whether*, *why*, … stands against it.
    if ((one === "what" || other === "what") && ![one, other].some((kind) => firm.has(kind))) {
      return null;
    }
    return { query: one, entry: other };
  },
};
