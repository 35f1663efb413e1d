/**
 * What two questions look like side by side, as numbers. Each can be said in words, and none depends
 * on which question comes first.
 *
 * @module
 */
import { swappedWords } from "../guards/order.ts";
import { quoted } from "../guards/quotation.ts";
import {
  areOpposites,
  directions,
  lightWords,
  negations,
  quantifiers,
  wordClasses,
} from "../text/lexicon.ts";
import { differing } from "../text/multiset.ts";
import { type Question, trigramCosine } from "../text/question.ts";
import type { Link } from "./align.ts";
import { longestCommon, type PairView } from "./pair_view.ts";

const { min, max, abs } = Math;
const share = (part: number, whole: number) => whole === 0 ? 0 : part / whole;
const count = (view: PairView, link: Link) =>
  view.alignment.pairs.filter((pair) => pair.link === link).length;
const bigrams = (items: readonly string[]) =>
  items.slice(1).map((item, at) => `${items[at]} ${item}`);

/** How alike two multisets are, 0 to 1. */
function jaccard(a: readonly string[], b: readonly string[]): number {
  const all = a.length + b.length;
  const off = differing(a, b).length;
  return all === 0 ? 1 : (all - off) / (all + off);
}

/** How many words of a class only one side has. */
function classDiffers({ textsA, textsB }: PairView, words: ReadonlySet<string>): number {
  const of = (texts: readonly string[]) => texts.filter((text) => words.has(text));
  return differing(of(textsA), of(textsB)).length;
}

const person: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    first: "i me my mine myself we us our",
    second: "you your yours yourself one",
    he: "he him his",
    she: "she her",
    they: "they them their",
    it: "it its",
    someone: "someone somebody",
  }).flatMap(([name, words]) => words.split(" ").map((word) => [word, name])),
);

const personsIn = (texts: readonly string[]) => texts.flatMap((text) => person[text] ?? []);
const bodyOf = (question: Question) =>
  question.words.slice(question.framed).map((word) => word.text);

const past = new Set("was were did had would could should might".split(" "));
const isPast = (text: string) => past.has(text) || (text.endsWith("ed") && text.length > 4);
const isFuture = (text: string) => text === "will" || text === "shall";
const tenseOf = (texts: readonly string[]) => `${texts.some(isPast)} ${texts.some(isFuture)}`;

const tokensOf = (question: Question, kinds: readonly string[]) =>
  question.tokens.filter((token) => kinds.includes(token.kind)).map((token) => token.lower);

function inversions(order: readonly number[]): number {
  return order.reduce(
    (sum, one, at) => sum + order.slice(at + 1).filter((other) => other < one).length,
    0,
  );
}

/** How many leading words two lists share. */
function commonStart(a: readonly string[], b: readonly string[]): number {
  const differs = a.findIndex((word, at) => word !== b[at]);
  return differs < 0 ? a.length : differs;
}

const longer = ({ stemsA, stemsB }: PairView) => max(stemsA.length, stemsB.length, 1);
const placesInB = (view: PairView) => view.alignment.pairs.map((pair) => pair.b);

type Feature = (view: PairView) => number;

/** Features that a better match never lowers come with +1, those that it never raises with -1. */
type Direction = -1 | 0 | 1;

function feature(direction: Direction, compute: Feature): readonly [Direction, Feature] {
  return [direction, compute];
}

const table = {
  trigramCosine: feature(1, ({ a, b }) => trigramCosine(a, b)),
  contentMin: feature(0, ({ a, b }) => min(a.content.length, b.content.length)),
  contentMax: feature(0, ({ a, b }) => max(a.content.length, b.content.length)),
  overlap: feature(
    1,
    (v) => share(v.weightA + v.weightB - v.leftWeightA - v.leftWeightB, v.weightA + v.weightB),
  ),
  overlapSame: feature(1, (v) => share(2 * v.sameWeight, v.weightA + v.weightB)),
  coverMin: feature(
    1,
    (v) =>
      min(share(v.weightA - v.leftWeightA, v.weightA), share(v.weightB - v.leftWeightB, v.weightB)),
  ),
  coverMax: feature(
    0,
    (v) =>
      max(share(v.weightA - v.leftWeightA, v.weightA), share(v.weightB - v.leftWeightB, v.weightB)),
  ),
  leftMin: feature(-1, ({ leftA, leftB }) => min(leftA.length, leftB.length)),
  leftMax: feature(-1, ({ leftA, leftB }) => max(leftA.length, leftB.length)),
  leftWeightMin: feature(-1, ({ leftWeightA, leftWeightB }) => min(leftWeightA, leftWeightB)),
  leftWeightMax: feature(-1, ({ leftWeightA, leftWeightB }) => max(leftWeightA, leftWeightB)),
  heaviestLeft: feature(-1, (v) => max(0, ...[...v.leftA, ...v.leftB].map((c) => v.weigh(c.stem)))),
  sameWeight: feature(0, ({ sameWeight }) => sameWeight),
  synonyms: feature(0, (v) => count(v, "synonym")),
  typos: feature(0, (v) => count(v, "typo")),
  derived: feature(0, (v) => count(v, "derived")),
  compounds: feature(0, (v) => count(v, "compound")),
  sameFrame: feature(0, ({ a, b }) => Number(a.frame === b.frame)),
  inversions: feature(-1, (v) => share(inversions(placesInB(v)), v.alignment.pairs.length)),
  keptBigrams: feature(1, (v) => {
    const places = placesInB(v);
    const kept = places.slice(1).filter((place, at) => place === (places[at] ?? -9) + 1).length;
    return share(kept + 1, max(v.a.content.length, v.b.content.length));
  }),
  sameFirst: feature(0, ({ a, b }) => Number(a.content[0]?.stem === b.content[0]?.stem)),
  sameLast: feature(0, ({ a, b }) => Number(a.content.at(-1)?.stem === b.content.at(-1)?.stem)),
  functionLeft: feature(-1, ({ functionA, functionB }) => differing(functionA, functionB).length),
  heavyFunctionLeft: feature(
    -1,
    ({ functionA, functionB }) =>
      differing(functionA, functionB).filter((word) => !lightWords.has(word)).length,
  ),
  functionOrder: feature(
    -1,
    ({ functionA, functionB }) =>
      1 - share(longestCommon(functionA, functionB), max(functionA.length, functionB.length)),
  ),
  negationDiff: feature(-1, (v) => classDiffers(v, negations)),
  directionDiff: feature(-1, (v) => classDiffers(v, directions)),
  quantifierDiff: feature(-1, (v) => classDiffers(v, quantifiers)),
  personDiff: feature(
    -1,
    ({ textsA, textsB }) => differing(personsIn(textsA), personsIn(textsB)).length,
  ),
  bodyPersonDiff: feature(
    -1,
    ({ a, b }) => differing(personsIn(bodyOf(a)), personsIn(bodyOf(b))).length,
  ),
  tenseDiff: feature(-1, ({ textsA, textsB }) => Number(tenseOf(textsA) !== tenseOf(textsB))),
  inflected: feature(
    0,
    ({ a, b, same }) =>
      same.filter((pair) => a.content[pair.a]?.text !== b.content[pair.b]?.text).length,
  ),
  wordsMin: feature(0, ({ stemsA, stemsB }) => min(stemsA.length, stemsB.length)),
  wordsDiff: feature(-1, ({ stemsA, stemsB }) => abs(stemsA.length - stemsB.length)),
  wordsJaccard: feature(1, ({ stemsA, stemsB }) => jaccard(stemsA, stemsB)),
  bigramsJaccard: feature(1, ({ stemsA, stemsB }) => jaccard(bigrams(stemsA), bigrams(stemsB))),
  namedLeft: feature(
    -1,
    ({ leftA, leftB }) => [...leftA, ...leftB].filter((item) => item.named).length,
  ),
  namedShared: feature(
    0,
    ({ a, b, same }) =>
      same.filter((pair) => a.content[pair.a]?.named || b.content[pair.b]?.named).length,
  ),
  numbersDiff: feature(
    -1,
    ({ a, b }) =>
      differing(tokensOf(a, ["number", "identifier"]), tokensOf(b, ["number", "identifier"]))
        .length,
  ),
  signsDiff: feature(
    -1,
    ({ a, b }) =>
      differing(tokensOf(a, ["sign", "script"]), tokensOf(b, ["sign", "script"])).length,
  ),
  sentencesMax: feature(0, ({ a, b }) => max(a.sentences, b.sentences)),
  sentencesDiff: feature(-1, ({ a, b }) => abs(a.sentences - b.sentences)),
  opposites: feature(-1, ({ leftA, leftB, stemsA, stemsB }) =>
    Number(
      leftA.some((item) => stemsB.some((stem) => areOpposites(item.stem, stem))) ||
        leftB.some((item) => stemsA.some((stem) => areOpposites(item.stem, stem))),
    )),
  frameWords: feature(
    0,
    ({ a, b, textsA, textsB }) =>
      differing(textsA.slice(0, a.framed), textsB.slice(0, b.framed)).length,
  ),
  commonOfLonger: feature(1, (v) => v.common / longer(v)),
  commonOfBoth: feature(1, (v) => share(2 * v.common, v.stemsA.length + v.stemsB.length)),
  commonWordsLeft: feature(
    0,
    (v) => [...v.leftA, ...v.leftB].filter((item) => v.weigh(item.stem) < 6).length,
  ),
  prefix: feature(0, (v) => commonStart(v.stemsA, v.stemsB) / longer(v)),
  suffix: feature(0, (v) => commonStart(v.stemsA.toReversed(), v.stemsB.toReversed()) / longer(v)),
  articles: feature(0, (v) => classDiffers(v, wordClasses.articles)),
  demonstratives: feature(0, (v) => classDiffers(v, wordClasses.demonstratives)),
  amounts: feature(0, (v) => classDiffers(v, wordClasses.amounts)),
  youAndI: feature(0, (v) => classDiffers(v, wordClasses.youAndI)),
  thirdPersons: feature(0, (v) => classDiffers(v, wordClasses.thirdPersons)),
  anyPersons: feature(0, (v) => classDiffers(v, wordClasses.anyPersons)),
  can: feature(0, (v) => classDiffers(v, wordClasses.can)),
  should: feature(0, (v) => classDiffers(v, wordClasses.should)),
  will: feature(0, (v) => classDiffers(v, wordClasses.will)),
  do: feature(0, (v) => classDiffers(v, wordClasses.do)),
  be: feature(0, (v) => classDiffers(v, wordClasses.be)),
  have: feature(0, (v) => classDiffers(v, wordClasses.have)),
  places: feature(0, (v) => classDiffers(v, wordClasses.places)),
  sides: feature(0, (v) => classDiffers(v, wordClasses.sides)),
  joins: feature(0, (v) => classDiffers(v, wordClasses.joins)),
  questionWords: feature(-1, (v) => classDiffers(v, wordClasses.questionWords)),
  degrees: feature(0, (v) => classDiffers(v, wordClasses.degrees)),
  lightVerbs: feature(0, (v) => classDiffers(v, wordClasses.lightVerbs)),
  swapped: feature(-1, ({ a, b, alignment }) => Number(swappedWords(a, b, alignment) !== null)),
  quotedDiff: feature(-1, ({ a, b }) => differing(quoted(a), quoted(b)).length),
  leftLast: feature(
    0,
    ({ a, b, alignment }) =>
      Number(alignment.leftA.includes(a.content.length - 1)) +
      Number(alignment.leftB.includes(b.content.length - 1)),
  ),
  leftFirst: feature(
    0,
    ({ alignment }) => Number(alignment.leftA.includes(0)) + Number(alignment.leftB.includes(0)),
  ),
  furthest: feature(
    0,
    ({ alignment }) => max(0, ...alignment.pairs.map((pair) => abs(pair.a - pair.b))),
  ),
  capitalsDiffer: feature(
    0,
    ({ a, b, same }) =>
      same.filter((pair) => a.content[pair.a]?.named !== b.content[pair.b]?.named).length,
  ),
  sameFirstWord: feature(0, ({ textsA, textsB }) => Number(textsA[0] === textsB[0])),
} as const satisfies Record<string, readonly [Direction, Feature]>;

const features = Object.entries(table);

export const featureNames: readonly string[] = features.map(([name]) => name);

/** For the learner: +1 where a larger value may only raise the score, -1 where it may only lower it. */
export const featureDirections: readonly Direction[] = features.map(([, [direction]]) => direction);

/** All features of a pair in the order of `featureNames`. */
export function featuresOf(view: PairView): Float64Array {
  return Float64Array.from(features, ([, [, compute]]) => compute(view));
}
