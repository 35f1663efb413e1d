/**
 * Pairs with the scores that are compared: the embedded matcher's, two baselines', and what the guards
 * say.
 *
 * @module
 */
import type { Veto } from "@/core/cache/semantic/contract.ts";
import { vetoesOf } from "@/core/cache/semantic/guards/guards.ts";
import { align } from "@/core/cache/semantic/matcher/align.ts";
import type { Matcher } from "@/core/cache/semantic/matcher/matcher.ts";
import { type Question, readQuestion, trigramCosine } from "@/core/cache/semantic/text/question.ts";
import type { QuestionPair } from "./pairs.ts";

export interface ScoredPair {
  readonly pair: QuestionPair;
  readonly vetoes: readonly Veto[];
  /** The embedded matcher, guards not asked. */
  readonly matcher: number;
  /** Cosine of character 3-gram counts. */
  readonly trigrams: number;
  /** Cosine of word counts, rare words counting more. */
  readonly words: number;
}

/** Scores pairs. */
export function scorePairs(pairs: readonly QuestionPair[], matcher: Matcher): ScoredPair[] {
  return pairs.map((pair) => {
    const [a, b] = [readQuestion(pair.a), readQuestion(pair.b)];
    const alignment = align(a, b);
    return {
      pair,
      vetoes: vetoesOf(a, b, alignment),
      matcher: matcher.score(a, b, alignment),
      trigrams: trigramCosine(a, b),
      words: wordCosine(a, b, matcher),
    };
  });
}

function wordCosine(a: Question, b: Question, { weigh }: Matcher): number {
  const vector = (question: Question) => {
    const counts = new Map<string, number>();
    for (const { stem } of question.words) counts.set(stem, (counts.get(stem) ?? 0) + weigh(stem));
    return counts;
  };
  const [x, y] = [vector(a), vector(b)];
  const square = (of: Map<string, number>) => [...of.values()].reduce((sum, n) => sum + n * n, 0);
  const dot = [...x].reduce((sum, [stem, n]) => sum + n * (y.get(stem) ?? 0), 0);
  return dot === 0 ? 0 : dot / Math.sqrt(square(x) * square(y));
}
