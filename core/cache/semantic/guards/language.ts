/**
 * The language a question is written in, by script. Languages that are asked about are names and
 * belong to `entities`.
 *
 * @module
 */
import { sameItems } from "./guard.ts";

export const language = sameItems(
  "language",
  "the same words in other scripts",
  (question) =>
    question.tokens.filter((token) => token.kind === "script").map((token) => token.lower),
);
