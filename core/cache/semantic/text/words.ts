/**
 * Turns tokens into words that can be compared: contractions are opened, spellings and inflections
 * brought to one form. Numbers and identifiers pass through untouched.
 *
 * @module
 */
import { spellings } from "./spellings.ts";
import { stem } from "./stem.ts";
import type { Token } from "./tokens.ts";

export interface Word {
  /** Lower case, contraction opened, spelling unified, inflection kept. */
  readonly text: string;
  /** The form that is compared. */
  readonly stem: string;
  readonly token: Token;
}

const contractions: Readonly<Record<string, readonly string[]>> = {
  "can't": ["can", "not"],
  cannot: ["can", "not"],
  cant: ["can", "not"],
  "won't": ["will", "not"],
  wont: ["will", "not"],
  "shan't": ["shall", "not"],
  "ain't": ["is", "not"],
  dont: ["do", "not"],
  doesnt: ["does", "not"],
  didnt: ["did", "not"],
  isnt: ["is", "not"],
  arent: ["are", "not"],
  wasnt: ["was", "not"],
  shouldnt: ["should", "not"],
  wouldnt: ["would", "not"],
  couldnt: ["could", "not"],
  havent: ["have", "not"],
  hasnt: ["has", "not"],
  "let's": ["let", "us"],
  whats: ["what", "is"],
  hows: ["how", "is"],
  whos: ["who", "is"],
  wheres: ["where", "is"],
  im: ["i", "am"],
  ive: ["i", "have"],
  thats: ["that", "is"],
  gonna: ["going", "to"],
  wanna: ["want", "to"],
};

const isAfter = new Set([
  "what",
  "who",
  "where",
  "how",
  "when",
  "why",
  "which",
  "it",
  "that",
  "there",
  "he",
  "she",
  "here",
]);

/** Opens one token into the words it stands for. */
function open(token: Token): readonly string[] {
  const { lower } = token;
  if (token.kind !== "word") return [lower];
  const known = contractions[lower];
  if (known && Object.hasOwn(contractions, lower)) return known;
  const cut = lower.indexOf("'");
  if (cut < 0) return [lower];
  const [head, tail] = [lower.slice(0, cut), lower.slice(cut + 1)];
  if (tail === "t" && head.endsWith("n")) return [head.slice(0, -1), "not"];
  if (tail === "m") return [head, "am"];
  if (tail === "re") return [head, "are"];
  if (tail === "ve") return [head, "have"];
  if (tail === "ll") return [head, "will"];
  if (tail === "d") return [head, "would"];
  if (tail === "s") return isAfter.has(head) ? [head, "is"] : [head];
  return [head + tail];
}

/** The words of a text. */
export function words(of: readonly Token[]): Word[] {
  return of.flatMap((token) =>
    open(token).map((opened) => {
      const text = token.kind === "word" ? spellings.get(opened) ?? opened : opened;
      return { text, stem: token.kind === "word" ? stem(text) : text, token };
    })
  );
}
