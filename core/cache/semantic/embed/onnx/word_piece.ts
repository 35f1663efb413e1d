/**
 * BERT's tokenizer: text to the numbers of word pieces. Splits at spaces and punctuation, takes off case
 * and accents where the vocabulary does, then takes the longest known piece from the left, again and
 * again. Gives the numbers that the models were trained with.
 *
 * Source: the reference implementation that was published with BERT.
 *
 * @module
 */
import type { Vocabulary } from "./vocabulary.ts";

/** A word of more signs than this is unknown as a whole. */
const longestWord = 100;

/**
 * The pieces of a text, without the marks of its beginning and end.
 *
 * @example
 * ```ts
 * import { expect } from "expect";
 * import { wordPieces } from "@/core/cache/semantic/embed/onnx/word_piece.ts";
 * import { readVocabulary } from "@/core/cache/semantic/embed/onnx/vocabulary.ts";
 *
 * const vocabulary = readVocabulary("[UNK]\n[CLS]\n[SEP]\nun\n##aff\n##able\n!\n");
 * expect(wordPieces("Unaffable!", vocabulary)).toEqual([3, 4, 5, 6]);
 * expect(wordPieces("what", vocabulary)).toEqual([0]);
 * ```
 */
export function wordPieces(text: string, vocabulary: Vocabulary): number[] {
  return words(text, vocabulary).flatMap((word) => piecesOf(word, vocabulary));
}

function words(text: string, { lowercase, stripAccents }: Vocabulary): string[] {
  const spaced = [...text].map(spacedSign).join("");
  return spaced.split(" ").filter((word) => word !== "").flatMap((word) => {
    const cased = lowercase ? word.toLowerCase() : word;
    const plain = stripAccents ? cased.normalize("NFD").replaceAll(/\p{Mn}/gu, "") : cased;
    return plain.split(punctuation).filter((part) => part !== "");
  });
}

/** Control signs go, all that is space is one, and each ideograph stands alone. */
function spacedSign(sign: string): string {
  if (/[\t\n\r\p{Zs}]/u.test(sign)) return " ";
  if (sign === "\0" || sign === "\ufffd" || /\p{C}/u.test(sign)) return "";
  return isIdeograph(sign.codePointAt(0) ?? 0) ? ` ${sign} ` : sign;
}

/** All that ASCII has besides letters and digits counts, `$` and `^` too. Kept by the capture. */
const punctuation = /([!-/:-@[-`{-~\p{P}])/u;

const ideographs: readonly (readonly [number, number])[] = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b820, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
];

function isIdeograph(code: number): boolean {
  return ideographs.some(([first, last]) => code >= first && code <= last);
}

function piecesOf(word: string, { ids, unknown, prefix }: Vocabulary): number[] {
  const signs = [...word];
  if (signs.length > longestWord) return [unknown];
  const pieces: number[] = [];
  for (let start = 0; start < signs.length;) {
    let end = signs.length;
    let id: number | undefined;
    for (; end > start; end--) {
      id = ids.get((start > 0 ? prefix : "") + signs.slice(start, end).join(""));
      if (id !== undefined) break;
    }
    if (id === undefined) return [unknown];
    pieces.push(id);
    start = end;
  }
  return pieces;
}
