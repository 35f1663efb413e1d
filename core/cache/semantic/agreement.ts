/**
 * Whether a stored answer and the real one say the same: the verdict that shadow mode learns from. It
 * leans towards "no": a right hit that is called wrong costs savings, a wrong one that is called right
 * costs the promise.
 *
 * @module
 */
import type { Agreement, JudgePort } from "./contract.ts";
import { dot, type Embedder } from "./embed/embedder.ts";
import { numbers } from "./guards/numbers.ts";
import { align } from "./matcher/align.ts";
import type { Weigh } from "./matcher/pair_view.ts";
import { readQuestion } from "./text/question.ts";

export interface Answered {
  readonly question: string;
  readonly answer: string;
}

export interface AgreementDeps {
  readonly weigh: Weigh;
  readonly embedder: Embedder | null;
  readonly judge: JudgePort | null;
}

export interface Judgement {
  readonly correct: boolean;
  readonly by: Agreement;
}

/** Cosine of two answers' vectors from which they agree. */
const vectorsAgree = 0.93;
/** Share of weighted words that two answers must have in common, when words are all there is. */
const wordsAgree = 0.8;

/** Compares a stored answer with the real one. */
export async function compareAnswers(
  stored: Answered,
  real: Answered,
  { weigh, embedder, judge }: AgreementDeps,
): Promise<Judgement> {
  if (stored.answer === real.answer) return { correct: true, by: "exact" };
  if (plain(stored.answer) === plain(real.answer)) return { correct: true, by: "normalised" };
  if (judge) {
    const correct = await judge.agree({
      questionA: stored.question,
      answerA: stored.answer,
      questionB: real.question,
      answerB: real.answer,
    });
    return { correct, by: "judge" };
  }
  const numbersAgree = sameNumbers(stored.answer, real.answer);
  if (embedder) {
    const [a, b] = await embedder.embed([stored.answer, real.answer]);
    return { correct: numbersAgree && !!a && !!b && dot(a, b) >= vectorsAgree, by: "embedding" };
  }
  const shared = sharedWords(stored.answer, real.answer, weigh);
  return { correct: numbersAgree && shared >= wordsAgree, by: "words" };
}

/** Letters and digits alone, lower case; signs that carry meaning between them are kept. */
function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/[\s.,;:!?"'`*_#]+/g, " ").trim();
}

function sameNumbers(a: string, b: string): boolean {
  const [x, y] = [readQuestion(a), readQuestion(b)];
  return numbers.disagree(x, y, align(x, y)) === null;
}

function sharedWords(a: string, b: string, weigh: Weigh): number {
  const bag = (text: string) => {
    const counts = new Map<string, number>();
    for (const { stem } of readQuestion(text).words) counts.set(stem, (counts.get(stem) ?? 0) + 1);
    return counts;
  };
  const [x, y] = [bag(a), bag(b)];
  let [both, all] = [0, 0];
  for (const stem of new Set([...x.keys(), ...y.keys()])) {
    const [inX, inY] = [x.get(stem) ?? 0, y.get(stem) ?? 0];
    both += 2 * Math.min(inX, inY) * weigh(stem);
    all += (inX + inY) * weigh(stem);
  }
  return all === 0 ? 0 : both / all;
}
