/**
 * Two questions side by side, with what several features look at worked out once.
 *
 * @module
 */
import { functionWords } from "../text/lexicon.ts";
import type { Content, Question } from "../text/question.ts";
import type { Aligned, Alignment } from "./align.ts";

/** How much a content word says; rare words say more. */
export type Weigh = (stem: string) => number;

export interface PairView {
  readonly a: Question;
  readonly b: Question;
  readonly alignment: Alignment;
  readonly weigh: Weigh;
  readonly textsA: readonly string[];
  readonly textsB: readonly string[];
  readonly stemsA: readonly string[];
  readonly stemsB: readonly string[];
  readonly functionA: readonly string[];
  readonly functionB: readonly string[];
  /** Content words without a counterpart. */
  readonly leftA: readonly Content[];
  readonly leftB: readonly Content[];
  readonly weightA: number;
  readonly weightB: number;
  readonly leftWeightA: number;
  readonly leftWeightB: number;
  /** Aligned as the same word. */
  readonly same: readonly Aligned[];
  readonly sameWeight: number;
  /** Longest common subsequence of all words. */
  readonly common: number;
}

/** Lays out a pair. */
export function pairView(a: Question, b: Question, alignment: Alignment, weigh: Weigh): PairView {
  const at = (of: Question, indexes: readonly number[]) =>
    indexes.flatMap((i) => of.content[i] ?? []);
  const sum = (of: readonly Content[]) => of.reduce((total, item) => total + weigh(item.stem), 0);
  const texts = (of: Question) => of.words.map((word) => word.text);
  const stems = (of: Question) => of.words.map((word) => word.stem);
  const [textsA, textsB, stemsA, stemsB] = [texts(a), texts(b), stems(a), stems(b)];
  const leftA = at(a, alignment.leftA);
  const leftB = at(b, alignment.leftB);
  const same = alignment.pairs.filter((pair) => pair.link === "same");
  return {
    a,
    b,
    alignment,
    weigh,
    textsA,
    textsB,
    stemsA,
    stemsB,
    functionA: textsA.filter((text) => functionWords.has(text)),
    functionB: textsB.filter((text) => functionWords.has(text)),
    leftA,
    leftB,
    weightA: sum(a.content),
    weightB: sum(b.content),
    leftWeightA: sum(leftA),
    leftWeightB: sum(leftB),
    same,
    sameWeight: sum(at(a, same.map((pair) => pair.a))),
    common: longestCommon(stemsA, stemsB),
  };
}

/** Length of the longest common subsequence. */
export function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Uint16Array(b.length + 1);
  for (const x of a) {
    const next = new Uint16Array(b.length + 1);
    for (let j = 1; j <= b.length; j++) {
      const [diagonal = 0, above = 0, before = 0] = [row[j - 1], row[j], next[j - 1]];
      next[j] = x === b[j - 1] ? diagonal + 1 : Math.max(above, before);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
