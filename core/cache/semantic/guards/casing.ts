/**
 * Words of which a capital makes another word: *turkey* and *Turkey*, *aids* and *AIDS*. Elsewhere people
 * write names with and without capitals as they like.
 *
 * @module
 */
import type { Question } from "../text/question.ts";
import { sameItems } from "./guard.ts";

/** Names that are ordinary words without their capital. */
const names = new Set(
  "turkey polish china apple amazon job nice reading mobile mole map object set string date march may august"
    .split(" "),
);
/** Abbreviations that are ordinary words in small letters. */
const abbreviations = new Set(
  "it us who aids man sat pep act cat ice pin arm pop cop ram bat car or in me am pm co so la pa ma hi ok id go is as at be do no"
    .split(" "),
);

/** In capitals altogether nothing is told by them. */
const shouted = (question: Question) => !/\p{Ll}{2}/u.test(question.text);

export const casing = sameItems(
  "casing",
  "the same capitals, where they make another word: turkey and Turkey, it and IT",
  (question) =>
    shouted(question) ? [] : question.tokens.flatMap(({ raw, lower, opens, kind }) => {
      if (kind !== "word") return [];
      if (abbreviations.has(lower)) return /^\p{Lu}{2,}$/u.test(raw) ? [raw] : [];
      return names.has(lower) && !opens && /^\p{Lu}/u.test(raw) ? [raw] : [];
    }),
);
