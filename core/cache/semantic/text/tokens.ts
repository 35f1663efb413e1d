/**
 * Cuts a question into tokens without losing what tells questions apart: `C++`, `node.js`, `1/2+1/2`,
 * `2024/05/01` and `ABC-12` stay whole, and signs that are not punctuation stay at all.
 *
 * @module
 */

export type TokenKind = "word" | "number" | "identifier" | "sign" | "script";

export interface Token {
  /** As written. */
  readonly raw: string;
  /** Lower case. */
  readonly lower: string;
  readonly kind: TokenKind;
  /** First word of a sentence, where a capital letter says nothing. */
  readonly opens: boolean;
}

const patterns: readonly (readonly [TokenKind, string])[] = [
  ["identifier", String.raw`(?:https?:\/\/|www\.)[^\s<>"')\]]+`],
  ["identifier", String.raw`[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+`],
  ["identifier", String.raw`\d{1,4}[-\/.]\d{1,2}[-\/.]\d{1,4}(?![\p{L}\d])`],
  ["identifier", String.raw`(?<![\p{L}\d])(?:[cC]\+\+|[cCfFjJ]#|\.[nN][eE][tT]\b)(?:\d+)?`],
  ["number", String.raw`\d+(?:[.,:]\d+)*(?:st|nd|rd|th|s|k|K)?(?![\p{L}\d_])`],
  // Letters mixed with digits, or joined by what joins names in code and part numbers.
  ["identifier", String.raw`(?=[\p{L}_]*\d)[\p{L}\d]+(?:[-_.][\p{L}\d]+)*`],
  [
    "identifier",
    String.raw`[\p{Script=Latin}\d]+(?:(?:_|::|->|\.(?=\p{L}))[\p{Script=Latin}\d]+)+(?:\(\))?`,
  ],
  ["identifier", String.raw`[\p{L}]+-\d[\p{L}\d-]*`],
  ["word", String.raw`[\p{Script=Latin}\p{M}]+(?:'[\p{Script=Latin}]+)*'?`],
  ["script", String.raw`[\p{L}\p{M}]+`],
  ["sign", String.raw`[^\s\p{L}\p{M}\d.,?!:;"'\-]`],
  ["sign", String.raw`(?<=\d\s?)-(?=\s?\d)|(?<![^\s(])-(?=\d)|--|[=!<>]=`],
];

const lexer = new RegExp(patterns.map(([, source]) => `(${source})`).join("|"), "gu");
const sentenceEnd = /[.?!:]["')\]]*\s*$/;

/** Longest text that is read; what follows takes no part (callers refuse longer turns). */
export const longestText = 4_000;

/** The tokens of a text, in order. */
export function tokens(text: string): Token[] {
  const plain = text.slice(0, longestText).normalize("NFKC").replaceAll(/[‘’ʼ`´]/g, "'")
    .replaceAll(/[“”«»]/g, '"').replaceAll(/[‐-―−]/g, "-");
  const found: Token[] = [];
  for (const match of plain.matchAll(lexer)) {
    const raw = match[0].replace(/'$/, "");
    if (raw === "") continue;
    const before = plain.slice(Math.max(0, match.index - 8), match.index);
    const kind = patterns[match.slice(1).findIndex((group) => group !== undefined)]?.[0] ?? "sign";
    found.push({
      raw,
      lower: raw.toLowerCase(),
      kind,
      opens: match.index === 0 || found.length === 0 || sentenceEnd.test(before),
    });
  }
  return found;
}
