/**
 * Words that a prefix makes others of: *install* and *uninstall*, *safe* and *unsafe*, *millimetre* and
 * *centimetre*. They look alike and stand in each other's place.
 *
 * @module
 */
import type { Content } from "../text/question.ts";
import type { Guard } from "./guard.ts";

/** In English, and those of its neighbours that mean the same. */
const prefixes =
  `un in im il ir dis non de re mis anti a under over sub super pre post up down out hyper hypo micro milli centi kilo mega giga
inter intra ex self co counter semi multi bi tri mono poly auto pseudo be en em trans dé dés des ent ver miss sobre`
    .split(/\s+/);

/** Shorter words begin like others by chance. */
const shortestRest = 3;

/** What is left of a word without a prefix, each with the prefix; the word itself with none. */
function readings({ text, stem }: Content): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (rest: string, prefix: string) =>
    found.set(rest, (found.get(rest) ?? new Set()).add(prefix));
  for (const word of new Set([text, stem])) {
    add(word, "");
    for (const prefix of prefixes) {
      if (!word.startsWith(prefix) || word.length - prefix.length < shortestRest) continue;
      add(word.slice(prefix.length), prefix);
    }
  }
  return found;
}

/** Whether two words are one word with different prefixes, or with and without one. */
function differInPrefix(one: Content, other: Content): boolean {
  if (one.text === other.text || one.stem === other.stem) return false;
  const [a, b] = [readings(one), readings(other)];
  for (const [rest, before] of a) {
    const behind = b.get(rest);
    if (behind && [...before].some((prefix) => !behind.has(prefix))) return true;
  }
  return false;
}

export const prefixed: Guard = {
  name: "prefixes",
  says: "no word with a prefix that makes another of it, such as install and uninstall",
  disagree(query, entry, { leftA, leftB, pairs }) {
    const mistaken = pairs.filter(({ link }) => link === "typo" || link === "derived");
    const ours = [...leftA, ...mistaken.map(({ a }) => a)];
    const theirs = [...leftB, ...mistaken.map(({ b }) => b)];
    for (const i of ours) {
      for (const j of theirs) {
        const [x, y] = [query.content[i], entry.content[j]];
        if (x && y && differInPrefix(x, y)) return { query: x.text, entry: y.text };
      }
    }
    return null;
  },
};
