/**
 * The embedded matcher: the chance that two questions ask for the same, from features of the words and
 * the learnt coefficients. It needs no network and no model file. It is made to be right when it says
 * yes, and to say yes seldom.
 *
 * @module
 */
import { functionWords, wordClasses } from "../text/lexicon.ts";
import { differing } from "../text/multiset.ts";
import type { Question } from "../text/question.ts";
import { align, type Alignment } from "./align.ts";
import { coefficients } from "./coefficients.ts";
import type { Coefficients } from "./coefficients_form.ts";
import { featuresOf } from "./features.ts";
import { pairView, type Weigh } from "./pair_view.ts";
import { readTrees, scoreOf, type Tree } from "./trees.ts";

/** Content words of the longest questions that the coefficients were learnt from, nearly all of them. */
const longestLearnt = 16;

/** In a text of several sentences one word weighs little, and may be all that matters. */
function isBeyondLearning(...questions: readonly Question[]): boolean {
  return questions.some(({ sentences, content }) =>
    sentences > 1 || content.length > longestLearnt
  );
}

/** Whether anything differs but synonyms, spellings, articles and words of politeness. */
function differs(a: Question, b: Question, { leftA, leftB }: Alignment): boolean {
  if (leftA.length + leftB.length > 0) return true;
  const small = ({ words }: Question) =>
    words.flatMap(({ text }) => functionWords.has(text) && !isIdle(text) ? [text] : []);
  return differing(small(a), small(b)).length > 0;
}

const polite = new Set(["please", "kindly"]);
const isIdle = (text: string) =>
  polite.has(text) || wordClasses.articles.has(text) || wordClasses.degrees.has(text);

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
      if (isBeyondLearning(a, b) && differs(a, b, alignment)) return 0;
      trees ??= readTrees(from.trees, from.cuts);
      const sum = scoreOf(trees, featuresOf(pairView(a, b, alignment, weigh)));
      return 1 / (1 + Math.exp(-(sum + from.bias)));
    },
  };
}
