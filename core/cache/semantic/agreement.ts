/**
 * Whether a stored answer and the real one say the same: the verdict that shadow mode learns from. It
 * leans towards "no": a right hit that is called wrong costs savings, a wrong one that is called right
 * costs the promise.
 *
 * @module
 */
import type { Agreement, JudgePort } from "./contract.ts";
import { dot, type Embedder } from "./embed/embedder.ts";
import { casing } from "./guards/casing.ts";
import { entities } from "./guards/entities.ts";
import type { Guard } from "./guards/guard.ts";
import { code, identifiers } from "./guards/identifiers.ts";
import { language } from "./guards/language.ts";
import { negation } from "./guards/negation.ts";
import { dates, numbersOf, units } from "./guards/numbers.ts";
import { opposites } from "./guards/opposites.ts";
import { order } from "./guards/order.ts";
import { prefixed } from "./guards/prefixes.ts";
import { align } from "./matcher/align.ts";
import type { Weigh } from "./matcher/pair_view.ts";
import { readQuestion } from "./text/question.ts";
import { longestText } from "./text/tokens.ts";

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
  const by = embedder ? "embedding" as const : "words" as const;
  if (!nothingDisagrees(stored.answer, real.answer)) return { correct: false, by };
  if (embedder) {
    const [a, b] = await embedder.embed([stored.answer, real.answer]);
    return { correct: !!a && !!b && dot(a, b) >= vectorsAgree, by };
  }
  return { correct: sharedWords(stored.answer, real.answer, weigh) >= wordsAgree, by };
}

/** Without capitals, marks of emphasis and what ends a sentence; signs inside of words and code stay. */
function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase()
    .replaceAll(/^#{1,6}\s+/gm, "")
    .replaceAll(/(\*\*|__|[*_`])(?=\S)([^\n]+?)(?<=\S)\1/g, "$2")
    .replaceAll(/(?<=^|[\s(])["'“”‘’]+|["'“”‘’]+(?=$|[\s.,;:!?)])/gm, "")
    .replaceAll(/(?<=[\p{L}\p{N}\])])[.,;:!?]+(?=$|\s)/gmu, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** What one answer may not say where the other says something else, however alike they are. */
const telling: readonly Guard[] = [
  dates,
  units,
  identifiers,
  code,
  language,
  negation,
  opposites,
  prefixed,
  casing,
  entities,
  order,
];

function nothingDisagrees(a: string, b: string): boolean {
  // What stands behind that nobody reads.
  if (Math.max(a.length, b.length) > longestText) return false;
  const [x, y] = [readQuestion(a), readQuestion(b)];
  if (numbersOf(x).join(" ") !== numbersOf(y).join(" ")) return false;
  const alignment = align(x, y);
  return telling.every((guard) => guard.disagree(x, y, alignment) === null);
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
