/**
 * All guards in the order in which they are asked, and the question that the cache asks of them.
 *
 * @module
 */
import type { Veto } from "../contract.ts";
import { align, type Alignment } from "../matcher/align.ts";
import type { Question } from "../text/question.ts";
import { asking } from "./asking.ts";
import { casing } from "./casing.ts";
import { entities } from "./entities.ts";
import type { Guard } from "./guard.ts";
import { brackets, code, identifiers } from "./identifiers.ts";
import { language } from "./language.ts";
import { manner } from "./manner.ts";
import { negation } from "./negation.ts";
import { dates, numbers, units } from "./numbers.ts";
import { opposites } from "./opposites.ts";
import { order } from "./order.ts";
import { parts } from "./parts.ts";
import { people } from "./persons.ts";
import { prefixed } from "./prefixes.ts";
import { prepositions } from "./prepositions.ts";
import { quotation } from "./quotation.ts";
import { reference } from "./reference.ts";
import { tense } from "./tense.ts";

export const guards: readonly Guard[] = [
  numbers,
  dates,
  units,
  identifiers,
  code,
  brackets,
  language,
  quotation,
  negation,
  opposites,
  prefixed,
  casing,
  entities,
  asking,
  order,
  reference,
  tense,
  people,
  prepositions,
  manner,
  parts,
];

/** Every guard's veto on serving the entry's answer to the query; none means that all agree. */
export function vetoesOf(
  query: Question,
  entry: Question,
  alignment: Alignment = align(query, entry),
): Veto[] {
  // Word for word the same: nothing is left to disagree about.
  if (query.text === entry.text) return [];
  return guards.flatMap((guard) => {
    const seen = guard.disagree(query, entry, alignment);
    return seen ? [{ guard: guard.name, ...seen }] : [];
  });
}
