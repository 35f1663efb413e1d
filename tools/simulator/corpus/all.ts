/**
 * Every conversation, and the search for the one that a prompt is about.
 *
 * @module
 */
import { analysis } from "./analysis.ts";
import { code } from "./code.ts";
import { contracts } from "./contracts.ts";
import type { Conversation, Turn } from "./conversation.ts";
import { shop } from "./shop.ts";
import { travel } from "./travel.ts";

export const conversations: readonly Conversation[] = [
  ...shop,
  ...code,
  ...travel,
  ...analysis,
  ...contracts,
];

const turns: readonly { readonly turn: Turn; readonly words: ReadonlySet<string> }[] = conversations
  .flatMap((conversation) => conversation.turns)
  .map((turn) => ({ turn, words: words(turn.user) }));

/** The words of a text that carry meaning, in lower case; East Asian text in pairs of characters. */
export function words(text: string): Set<string> {
  const found = new Set<string>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{M}\d]+/gu)) {
    if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word)) {
      for (let i = 0; i + 1 < word.length; i++) found.add(word.slice(i, i + 2));
    } else if (word.length > 3) found.add(word);
  }
  return found;
}

/** The turn whose question is nearest by shared words, or null when none is near. */
export function nearestTurn(question: string): Turn | null {
  const asked = words(question);
  let best: Turn | null = null;
  let bestScore = 0.34;
  for (const { turn, words } of turns) {
    const score = 2 * asked.intersection(words).size / (asked.size + words.size || 1);
    if (score > bestScore) [best, bestScore] = [turn, score];
  }
  return best;
}
