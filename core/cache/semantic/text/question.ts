/**
 * A question, read once: its words, its frame, and its content words in order. Everything the matcher
 * and the guards look at is in here, so that a stored question is analysed once and compared often.
 *
 * @module
 */
import { type Frame, frameOf } from "./frames.ts";
import { functionWords } from "./lexicon.ts";
import { type Token, tokens } from "./tokens.ts";
import { type Word, words } from "./words.ts";

/** A content word of the body, with its place among all words. */
export interface Content {
  readonly stem: string;
  readonly text: string;
  readonly place: number;
  /** A capital that the start of a sentence does not explain. */
  readonly named: boolean;
}

export interface Question {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly words: readonly Word[];
  readonly frame: Frame;
  /** How many words the frame takes. */
  readonly framed: number;
  readonly content: readonly Content[];
  readonly sentences: number;
  readonly trigrams: ReadonlyMap<string, number>;
  readonly trigramNorm: number;
}

/** Reads a question. */
export function readQuestion(text: string): Question {
  const cut = tokens(text);
  const all = words(cut);
  const { frame, taken } = frameOf(all.map((word) => word.text));
  const trigrams = countTrigrams(all);
  return {
    text,
    tokens: cut,
    words: all,
    frame,
    framed: taken,
    content: contentOf(all, taken),
    sentences: Math.max(1, cut.filter((token) => token.opens).length),
    trigrams,
    trigramNorm: Math.sqrt([...trigrams.values()].reduce((sum, n) => sum + n * n, 0)),
  };
}

function contentOf(all: readonly Word[], framed: number): Content[] {
  const body = all.map((word, place) => ({ word, place })).slice(framed);
  const rich = body.filter(({ word }) => !isFunction(word));
  const kept = rich.length > 0
    ? rich
    : body.length > 0
    ? body
    : all.map((word, place) => ({ word, place }));
  // In A Title Like This One capitals say nothing.
  const title = kept.length >= 4 &&
    kept.filter(({ word }) => isNamed(word.token)).length > 0.6 * kept.length;
  return kept.map(({ word, place }) => ({
    stem: word.stem,
    text: word.text,
    place,
    named: !title && isNamed(word.token),
  }));
}

function isFunction(word: Word): boolean {
  return word.token.kind === "word" && functionWords.has(word.text) &&
    !/^[A-Z]{2,}$/.test(word.token.raw);
}

function isNamed(token: Token): boolean {
  return token.kind === "word" && /\p{Lu}/u.test(token.raw) && token.raw !== "I" &&
    (!token.opens || /\p{Lu}.*\p{Lu}/u.test(token.raw));
}

function countTrigrams(all: readonly Word[]): Map<string, number> {
  const text = ` ${all.map((word) => word.text).join(" ")} `;
  const counts = new Map<string, number>();
  for (let at = 0; at + 3 <= text.length; at++) {
    const gram = text.slice(at, at + 3);
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** Cosine of two questions' character 3-gram counts: the first baseline, and one feature among many. */
export function trigramCosine(a: Question, b: Question): number {
  const [small, large] = a.trigrams.size < b.trigrams.size ? [a, b] : [b, a];
  let dot = 0;
  for (const [gram, count] of small.trigrams) dot += count * (large.trigrams.get(gram) ?? 0);
  return dot === 0 ? 0 : dot / (a.trigramNorm * b.trigramNorm);
}
