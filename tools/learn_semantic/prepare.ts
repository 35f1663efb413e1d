/**
 * From pairs to rows of features: reads the questions, aligns them, asks the guards, weighs the words.
 *
 * @module
 */
import type { Veto } from "@/core/cache/semantic/contract.ts";
import { vetoesOf } from "@/core/cache/semantic/guards/guards.ts";
import { align, type Alignment } from "@/core/cache/semantic/matcher/align.ts";
import { featureNames, featuresOf } from "@/core/cache/semantic/matcher/features.ts";
import { pairView, type Weigh } from "@/core/cache/semantic/matcher/pair_view.ts";
import { type Question, readQuestion } from "@/core/cache/semantic/text/question.ts";
import type { QuestionPair } from "../eval_semantic/pairs.ts";

export interface Read {
  readonly pair: QuestionPair;
  readonly a: Question;
  readonly b: Question;
  readonly alignment: Alignment;
  readonly vetoes: readonly Veto[];
}

/** Everything about the pairs that needs no learning. */
export function readAll(pairs: readonly QuestionPair[]): Read[] {
  return pairs.map((pair) => {
    const [a, b] = [readQuestion(pair.a), readQuestion(pair.b)];
    const alignment = align(a, b);
    return { pair, a, b, alignment, vetoes: vetoesOf(a, b, alignment) };
  });
}

/** Fewest questions a word must occur in to be written down: no question's own words get in. */
export const support = 40;
/** Weight of all other words. */
export const unknownWeight = 6.5;

/**
 * Common words by how much they say: `levels[i]` lists those of weight `(i + 1) / 2`, where weight is
 * the logarithm of how seldom a word occurs.
 */
export function learnLevels(read: readonly Read[]): string[] {
  const occurs = new Map<string, number>();
  for (const question of read.flatMap(({ a, b }) => [a, b])) {
    for (const stem of new Set(question.words.map((word) => word.stem))) {
      occurs.set(stem, (occurs.get(stem) ?? 0) + 1);
    }
  }
  const levels: string[][] = [];
  for (const [stem, times] of [...occurs].sort(([x], [y]) => x < y ? -1 : 1)) {
    if (times < support || !/^[a-z]+$/.test(stem)) continue;
    const weight = Math.log(2 * read.length / times);
    const level = Math.max(0, Math.min(2 * unknownWeight, Math.round(weight * 2)) - 1);
    (levels[level] ??= []).push(stem);
  }
  return Array.from(levels, (stems) => (stems ?? []).join(" "));
}

export function weighBy(levels: readonly string[]): Weigh {
  const weights = new Map(
    levels.flatMap((stems, at) => stems.split(" ").map((stem) => [stem, (at + 1) / 2] as const)),
  );
  return (stem) => weights.get(stem) ?? unknownWeight;
}

export interface Row {
  readonly features: Float64Array;
  readonly same: boolean;
  /** Whether it takes part in learning: no veto, and at least half of what the questions say is shared. */
  readonly learns: boolean;
}

const overlapAt = featureNames.indexOf("overlap");

export function rowsOf(read: readonly Read[], weigh: Weigh): Row[] {
  return read.map(({ pair, a, b, alignment, vetoes }) => {
    const features = featuresOf(pairView(a, b, alignment, weigh));
    return {
      features,
      same: pair.same,
      learns: vetoes.length === 0 && (features[overlapAt] ?? 0) >= 0.5,
    };
  });
}
