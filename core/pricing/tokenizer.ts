/**
 * How many tokens the same text has elsewhere. Only what providers say of their own tokenizers is
 * exact; between different ones there is a range.
 *
 * @module
 */

/** Factors on token counts, as fractions. */
export interface TokenFactor {
  readonly low: Fraction;
  readonly expected: Fraction;
  readonly high: Fraction;
}

export type Fraction = readonly [bigint, bigint];

type Family =
  | "OpenAI o200k"
  | "OpenAI cl100k"
  | "Claude"
  | "Claude since 4.7"
  | "Gemini";

/** By a model's name without its vendor. */
const families: readonly (readonly [RegExp, Family])[] = [
  [/^(chatgpt-4o|gpt-4o|gpt-4\.1|gpt-4\.5|gpt-5|gpt-oss|o1|o3|o4)(?![0-9])/, "OpenAI o200k"],
  [/^(gpt-4|gpt-3\.5|text-embedding-(3|ada))/, "OpenAI cl100k"],
  // "The same newer tokenizer as Claude 4.7 and later": platform.claude.com, models, Haiku 5.5.
  [/^claude-(opus-4-[78]|(opus|sonnet|haiku|fable|mythos)-5)(?![0-9])/, "Claude since 4.7"],
  [/^claude-(3|opus-4|sonnet-4|haiku-4)/, "Claude"],
  [/^gemini-/, "Gemini"],
];

/** The tokenizer of a model; null when nobody says which it is. */
function tokenizerOf(model: string): Family | null {
  const name = model.toLowerCase().replace(/^.*[/]/, "").replace(/^(?:[a-z-]+\.)+(?=claude)/, "");
  const dashed = name.replace(/(\d)\.(\d)/g, name.startsWith("claude") ? "$1-$2" : "$1.$2");
  return families.find(([pattern]) => pattern.test(dashed))?.[1] ?? null;
}

const one: Fraction = [1n, 1n];
const same: TokenFactor = { low: one, expected: one, high: one };

/** Claude's newer tokenizer makes 1.0 to 1.35 times the tokens, about 1.3 times by its own page. */
const newerClaude: TokenFactor = { low: one, expected: [13n, 10n], high: [27n, 20n] };
const olderClaude: TokenFactor = { low: [20n, 27n], expected: [10n, 13n], high: one };

/**
 * Between tokenizers of different makers. Vocabularies of 100,000 to 260,000 entries differ by up to
 * about a third on prose and code, in either direction; which way depends on language and content.
 */
const unrelated: TokenFactor = { low: [3n, 4n], expected: one, high: [4n, 3n] };

/** Every factor that `tokensAt()` gives, for sums that are made before it is known which one holds. */
export const tokenFractions: readonly Fraction[] = [
  one,
  ...[newerClaude, olderClaude, unrelated].flatMap(({ low, expected, high }) =>
    [low, expected, high].filter((fraction) => fraction !== one)
  ),
];

export interface Tokens {
  readonly factor: TokenFactor;
  /** What the factor rests on, as a sentence. */
  readonly because: string;
}

/** What becomes of a count of tokens when another model counts them. */
export function tokensAt(from: string, to: string): Tokens {
  if (from.toLowerCase() === to.toLowerCase()) {
    return { factor: same, because: "It is the same model." };
  }
  const [source, target] = [tokenizerOf(from), tokenizerOf(to)];
  if (source !== null && source === target) {
    return { factor: same, because: `Both count with the same tokenizer (${source}).` };
  }
  if (source === "Claude" && target === "Claude since 4.7") {
    return {
      factor: newerClaude,
      because: "Claude's newer tokenizer makes 1 to 1.35 times the tokens, about 1.3 times.",
    };
  }
  if (source === "Claude since 4.7" && target === "Claude") {
    return {
      factor: olderClaude,
      because: "Claude's older tokenizer makes 1/1.35 to 1 times the tokens, about 1/1.3.",
    };
  }
  return {
    factor: unrelated,
    because: "The tokenizers differ, or one is not known: 3/4 to 4/3 of the tokens.",
  };
}
