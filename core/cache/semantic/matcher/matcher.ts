/**
 * The embedded matcher: the chance that two questions ask for the same, from features of the words and
 * the learnt coefficients. It needs no network and no model file. It is made to be right when it says
 * yes, and to say yes seldom.
 *
 * @module
 */
import type { Question } from "../text/question.ts";
import { align, type Alignment } from "./align.ts";
import { coefficients } from "./coefficients.ts";
import type { Coefficients } from "./coefficients_form.ts";
import { featuresOf } from "./features.ts";
import { pairView, type Weigh } from "./pair_view.ts";
import { readTrees, scoreOf, type Tree } from "./trees.ts";

export interface Matcher {
  readonly weigh: Weigh;
  /** 0 to 1. */
  score(a: Question, b: Question, alignment?: Alignment): number;
}

/** Makes a matcher of coefficients; the shipped ones unless told otherwise. */
export function createMatcher(from: Coefficients = coefficients): Matcher {
  const weights = new Map(
    from.levels.flatMap((stems, at) =>
      stems.split(" ").map((stem) => [stem, (at + 1) / 2] as const)
    ),
  );
  const weigh = (stem: string) => weights.get(stem) ?? from.unknown;
  let trees: readonly Tree[] | undefined;
  return {
    weigh,
    score(a, b, alignment = align(a, b)) {
      trees ??= readTrees(from.trees, from.cuts);
      const sum = scoreOf(trees, featuresOf(pairView(a, b, alignment, weigh)));
      return 1 / (1 + Math.exp(-(sum + from.bias)));
    },
  };
}
