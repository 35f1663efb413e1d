/**
 * Names that machines read: part numbers, versions, addresses, file names, and signs of code or
 * mathematics. `C`, `C++` and `C#` differ here.
 *
 * @module
 */
import type { Question } from "../text/question.ts";
import { type Guard, sameItems } from "./guard.ts";

const names = sameItems(
  "identifiers",
  "the same part numbers, versions, addresses and names in code",
  (question) =>
    question.tokens.filter((token) => token.kind === "identifier" || isShortName(token.raw))
      .map((token) => token.lower),
);

/** *A from B* and *B from A*: single letters in another order. */
function letters({ tokens }: Question): string {
  return tokens.filter(({ raw }) => /^[A-HJ-Z]$/.test(raw)).map(({ raw }) => raw).join(" ");
}

export const identifiers: Guard = {
  ...names,
  disagree(query, entry, alignment) {
    const seen = names.disagree(query, entry, alignment);
    if (seen) return seen;
    const [one, other] = [letters(query), letters(entry)];
    const exchanged = one !== other && [...one].sort().join() === [...other].sort().join();
    return exchanged ? { query: one, entry: other } : null;
  },
};

/** A single capital letter that is no pronoun or article: the language C, vitamin D, plan B. */
function isShortName(raw: string): boolean {
  return /^[B-HJ-Z]$/.test(raw);
}

const block = /```[\s\S]*?```|`[^`\n]+`/g;

function codeOf(question: Question): string[] {
  const blocks = [...question.text.matchAll(block)].map((match) => match[0]);
  const signs = question.tokens
    .filter((token) => token.kind === "sign" && !harmless.has(token.raw))
    .map((token) => token.raw);
  return [...blocks, ...signs, ...placed(question.text)];
}

/** Operators by the side of what they stand at, `!x` and `i++`, and flags such as `-r`. */
function placed(text: string): string[] {
  const before = [...text.matchAll(/(?<![\p{L}\d_)\]!?.*&])(?:\+\+|!|~|&|\*)(?=[\p{L}_(])/gu)];
  const after = [...text.matchAll(/(?<=[\p{L}\d_)\]])(?:\+\+|--)(?![\p{L}\d+-])/gu)];
  const flags = [...text.matchAll(/(?<=\s)--?[\p{L}][\w-]*/gu)];
  return [
    ...before.map(([sign]) => `${sign}x`),
    ...after.map(([sign]) => `x${sign}`),
    ...flags.map(([flag]) => flag),
  ];
}

/** Signs that people scatter through prose. */
const harmless = new Set([
  "(",
  ")",
  "[",
  "]",
  "&",
  "/",
  "--",
  "*",
  "_",
  "…",
  "•",
  "|",
  "$",
  "€",
  "£",
  "₹",
  "%",
  "©",
  "®",
  "™",
  "\\",
]);

export const code = sameItems("code", "the same signs, operators and pieces of code", codeOf);

/** The signs above count when they are all that a question is about: `()` and `[]`. */
export const brackets = sameItems(
  "brackets",
  "the same brackets and bars, where they stand alone",
  (question) =>
    [...question.text.matchAll(/(?<=^|\s)[()[\]{}<>|/\\*&_,=-]{1,4}(?=\s|$)/g)].map((m) => m[0])
      .filter((t) => t !== "-" && t !== "&" && t !== "," && t !== "--"),
);
