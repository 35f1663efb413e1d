/**
 * A vector for questions that are compared by words: each content word at places that its hash chooses,
 * as heavy as it says much. The cosine of two is about the share of weight that they have in common.
 *
 * @module
 */
import { normalised } from "../embed/embedder.ts";
import type { Weigh } from "../matcher/pair_view.ts";
import type { Question } from "../text/question.ts";

const length = 256;

/** At length one; all zeros for a question without content. */
export function wordVector({ content }: Question, weigh: Weigh): Float32Array {
  const vector = new Float32Array(length);
  for (const stem of new Set(content.map((item) => item.stem))) {
    const weight = Math.sqrt(weigh(stem));
    // Two places, so that a word that meets another at one is told apart at the other.
    for (const seed of [0x811c9dc5, 0x01000193]) {
      const hash = hashOf(stem, seed);
      const at = hash % length;
      vector[at] = (vector[at] ?? 0) + ((hash >>> 16) & 1 ? weight : -weight);
    }
  }
  return normalised(vector);
}

/** FNV-1a over UTF-16 units, mixed once more. */
function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
