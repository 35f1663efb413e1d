/**
 * By what measure: the *fastest* way and the *cheapest* way are different ways, and the *best* may be
 * neither.
 *
 * @module
 */
import { sameItems } from "./guard.ts";

const measures: Readonly<Record<string, string>> = {
  fast: "fast",
  faster: "fast",
  fastest: "fast",
  quick: "fast",
  quickly: "fast",
  quicker: "fast",
  quickest: "fast",
  cheap: "cheap",
  cheaper: "cheap",
  cheapest: "cheap",
  affordable: "cheap",
  easy: "easy",
  easily: "easy",
  easier: "easy",
  easiest: "easy",
  simple: "easy",
  simplest: "easy",
  safe: "safe",
  safest: "safe",
  safely: "safe",
  common: "common",
  popular: "common",
  legal: "legal",
  legally: "legal",
  naturally: "natural",
  natural: "natural",
  permanently: "for ever",
  permanent: "for ever",
  temporarily: "for now",
  temporary: "for now",
  free: "free",
  online: "online",
  offline: "offline",
  hardest: "hard",
  hard: "hard",
  difficult: "hard",
  important: "important",
  interesting: "interesting",
  weird: "weird",
  strange: "weird",
  worst: "worst",
  funniest: "funny",
  scariest: "scary",
  biggest: "big",
  largest: "big",
  smallest: "small",
  favorite: "favorite",
  new: "new",
  latest: "new",
  newest: "new",
};

export const manner = sameItems(
  "manner",
  "the same measure: fastest, cheapest, easiest, permanent, free",
  (
    question,
  ) => [
    ...new Set(
      question.words.flatMap(({ text }) =>
        Object.hasOwn(measures, text) ? [measures[text] ?? text] : []
      ),
    ),
  ],
);
