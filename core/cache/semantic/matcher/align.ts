/**
 * Lays two questions' content words side by side: the same word, a synonym, a misspelling, a compound
 * written apart, a derived form; and what is left over on either side.
 *
 * @module
 */
import type { Content, Question } from "../text/question.ts";
import { areSynonyms } from "../text/synonyms.ts";

export type Link = "same" | "synonym" | "typo" | "compound" | "derived";

export interface Aligned {
  readonly a: number;
  readonly b: number;
  readonly link: Link;
}

export interface Alignment {
  /** Indexes into both questions' `content`, by place in a. */
  readonly pairs: readonly Aligned[];
  readonly leftA: readonly number[];
  readonly leftB: readonly number[];
}

const derivedEndings =
  /^(?:e|s|es|er|ers|or|ors|ing|ed|al|ally|ly|ion|ions|tion|ation|ment|ments|ness|ity|ic|ical|ism|ist|ists|ous|ful|able|y|ian|ance|ence|ive|n|r|t|d|l)?$/;

function isDerived(a: string, b: string): boolean {
  let common = 0;
  while (common < a.length && common < b.length && a[common] === b[common]) common++;
  return common >= 5 && derivedEndings.test(a.slice(common)) &&
    derivedEndings.test(b.slice(common));
}

/** One insertion, deletion, exchange or transposition in a word long enough not to become another. */
function isTypo(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length < 5 || long.length - short.length > 1 || short[0] !== long[0]) return false;
  if (/\d/.test(a + b)) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  const [restShort, restLong] = [short.slice(at), long.slice(at)];
  if (short.length < long.length) return restShort === restLong.slice(1);
  return restShort.slice(1) === restLong.slice(1) ||
    (restShort[0] === restLong[1] && restShort[1] === restLong[0] &&
      restShort.slice(2) === restLong.slice(2));
}

/** Aligns the content words of two questions. */
export function align(a: Question, b: Question): Alignment {
  const freeA = new Set(a.content.keys());
  const freeB = new Set(b.content.keys());
  const pairs: Aligned[] = [];
  const take = (link: Link, fits: (x: Content, y: Content) => boolean) => {
    for (const i of [...freeA]) {
      const x = a.content[i];
      const j = x && nearest(freeB, i, (k) => fits(x, b.content[k] ?? x));
      if (j === undefined) continue;
      freeA.delete(i);
      freeB.delete(j);
      pairs.push({ a: i, b: j, link });
    }
  };
  take("same", (x, y) => x.stem === y.stem);
  takeCompounds(a, b, freeA, freeB, pairs);
  if (freeA.size > 0 && freeB.size > 0) {
    take("derived", (x, y) => isDerived(x.stem, y.stem));
    take("typo", (x, y) => isTypo(x.text, y.text));
    take("synonym", (x, y) => areSynonyms(x.stem, y.stem));
  }
  pairs.sort((x, y) => x.a - y.a);
  return { pairs, leftA: [...freeA], leftB: [...freeB] };
}

function nearest(free: ReadonlySet<number>, to: number, fits: (k: number) => boolean) {
  let best: number | undefined;
  for (const k of free) {
    if (!fits(k)) continue;
    if (best === undefined || Math.abs(k - to) < Math.abs(best - to)) best = k;
  }
  return best;
}

/** *fan base* and *fanbase*. */
function takeCompounds(
  a: Question,
  b: Question,
  freeA: Set<number>,
  freeB: Set<number>,
  pairs: Aligned[],
) {
  const join = (
    of: Question,
    free: Set<number>,
    other: Question,
    otherFree: Set<number>,
    flip: boolean,
  ) => {
    for (const i of [...free]) {
      const [one, two] = [of.content[i], of.content[i + 1]];
      if (!one || !two || !free.has(i) || !free.has(i + 1)) continue;
      const joined = [one.text + two.text, one.stem + two.stem, one.text + two.stem];
      for (const j of otherFree) {
        const whole = other.content[j];
        if (!whole || !(joined.includes(whole.text) || joined.includes(whole.stem))) continue;
        free.delete(i);
        free.delete(i + 1);
        otherFree.delete(j);
        pairs.push(flip ? { a: j, b: i, link: "compound" } : { a: i, b: j, link: "compound" });
        break;
      }
    }
  };
  if (freeA.size === 0 || freeB.size === 0) return;
  join(a, freeA, b, freeB, false);
  join(b, freeB, a, freeA, true);
}
