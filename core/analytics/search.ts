/**
 * Search in bodies. Whole words in Latin letters go through the text index; what its tokenizer does not
 * split (other scripts, punctuation) is looked for as it stands.
 *
 * @module
 */
import type { Where } from "./where.ts";

const columns = ["input_text", "output_text"] as const;

/** The words that `hasAllTokens` takes at once. */
export const mostWords = 32;

/** The words of a search, each once; those in Latin letters as the index has them, in lower case. */
export function searchWords(q: string): string[] {
  const words = q.split(/[^A-Za-z0-9\u0080-\u{10ffff}]+/u).filter(Boolean);
  // Others keep their case: ClickHouse and JavaScript do not agree on the lower case of every letter.
  return [...new Set(words.map((word) => isLatin(word) ? word.toLowerCase() : word))];
}

/** True for bodies in whose request, or in whose answer, everything stands that `q` asks for. */
export function searchCondition(q: string): Where {
  const words = searchWords(q);
  const indexed = words.filter(isLatin);
  const others = words.length === 0 ? [q] : words.filter((word) => !indexed.includes(word));
  const inColumn = (column: string) =>
    [
      ...(indexed.length > 0 ? [`hasAllTokens(${column}, {words:Array(String)})`] : []),
      ...others.map((_, i) => `positionCaseInsensitiveUTF8(${column}, {text_${i}:String}) > 0`),
    ].join(" AND ");
  return {
    sql: `(${columns.map((column) => `(${inColumn(column)})`).join(" OR ")})`,
    params: {
      ...(indexed.length > 0 && { words: indexed }),
      ...Object.fromEntries(others.map((text, i) => [`text_${i}`, text])),
    },
  };
}

function isLatin(word: string): boolean {
  return /^[A-Za-z0-9]+$/.test(word);
}
