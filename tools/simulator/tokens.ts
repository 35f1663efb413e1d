/**
 * A tokenizer of our own: not any provider's, but as fine as theirs (about four Latin letters or one
 * or two East Asian characters a token) and always the same, so that bills can be checked to the unit.
 *
 * @module
 */

const word = /\s?[\p{L}\p{M}'’]+|\s?\d{1,3}|\s+|[^\s\p{L}\p{M}\d]{1,3}/gu;
const eastAsian = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** The text as its tokens; joined they are the text again. */
export function tokenize(text: string): string[] {
  const tokens: string[] = [];
  for (const [match] of text.matchAll(word)) {
    const size = eastAsian.test(match) ? 2 : 7;
    if (match.length <= size) tokens.push(match);
    else tokens.push(...cut(match, size));
  }
  return tokens;
}

/** How many tokens the text has. */
export function countTokens(text: string): number {
  return text === "" ? 0 : tokenize(text).length;
}

/** Groups tokens into a number of chunks of text. */
export function chunked(tokens: readonly string[], chunks: number): string[][] {
  const count = Math.max(1, Math.min(chunks, tokens.length));
  return Array.from({ length: count }, (_, i) =>
    tokens.slice(
      Math.floor(i * tokens.length / count),
      Math.floor((i + 1) * tokens.length / count),
    ));
}

function cut(text: string, size: number): string[] {
  // By code points: half a surrogate pair would become U+FFFD on the wire.
  const points = [...text];
  const parts: string[] = [];
  for (let i = 0; i < points.length; i += size) parts.push(points.slice(i, i + size).join(""));
  return parts;
}
