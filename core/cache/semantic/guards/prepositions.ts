/**
 * Small words that turn a question round: *on page* and *off page*, *a chess strategy* and *a strategy
 * against chess*.
 *
 * @module
 */
import { sameItems } from "./guard.ts";

const turning = new Set(
  "against off under before after until since versus only instead rather except despite".split(" "),
);

export const prepositions = sameItems(
  "prepositions",
  "the same small words that turn a question round: against, off, before, only",
  (question) => question.words.filter((word) => turning.has(word.text)).map((word) => word.text),
);
