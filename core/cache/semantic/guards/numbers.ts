/**
 * Numbers, dates and units: what is counted, when, and in what.
 *
 * @module
 */
import type { Question } from "../text/question.ts";
import { difference } from "../text/multiset.ts";
import { type Guard, sameItems, type Seen } from "./guard.ts";

const spelled: Readonly<Record<string, string>> = {
  zero: "0",
  two: "2",
  three: "3",
  four: "4",
  five: "5",
  six: "6",
  seven: "7",
  eight: "8",
  nine: "9",
  ten: "10",
  eleven: "11",
  twelve: "12",
  thirteen: "13",
  fourteen: "14",
  fifteen: "15",
  sixteen: "16",
  seventeen: "17",
  eighteen: "18",
  nineteen: "19",
  twenty: "20",
  thirty: "30",
  forty: "40",
  fifty: "50",
  sixty: "60",
  seventy: "70",
  eighty: "80",
  ninety: "90",
  twenties: "20s",
  thirties: "30s",
  forties: "40s",
  fifties: "50s",
  sixties: "60s",
  seventies: "70s",
  eighties: "80s",
  nineties: "90s",
  hundred: "100",
  thousand: "1000",
  million: "1000000",
  billion: "1000000000",
  trillion: "1000000000000",
  lakh: "100000",
  lakhs: "100000",
  crore: "10000000",
  crores: "10000000",
  once: "1x",
  twice: "2x",
  thrice: "3x",
  half: "0.5",
  third: "3.",
  double: "2x",
  triple: "3x",
  dozen: "12",
  "1st": "1.",
  "2nd": "2.",
  "3rd": "3.",
  first: "1.",
  second: "2.",
  fourth: "4.",
  fifth: "5.",
  sixth: "6.",
  seventh: "7.",
  eighth: "8.",
  ninth: "9.",
  tenth: "10.",
  eleventh: "11.",
  twelfth: "12.",
  thirteenth: "13.",
  fourteenth: "14.",
  fifteenth: "15.",
  sixteenth: "16.",
  seventeenth: "17.",
  eighteenth: "18.",
  nineteenth: "19.",
  twentieth: "20.",
};

/** `1,000` is `1000`, `1,5` stays; `10k` is `10000`, `4th` is `4.`. */
function canonical(text: string): string {
  const plain = text.replaceAll(/,(?=\d{3}(?!\d))/g, "").toLowerCase();
  const ordinal = /^(\d+)(?:st|nd|rd|th)$/.exec(plain);
  if (ordinal) return `${ordinal[1]}.`;
  if (/^\d+(?:\.\d+)?k$/.test(plain)) return String(Number(plain.slice(0, -1)) * 1000);
  return plain;
}

/** The numbers of a text in one form, in order. */
export function numbersOf(question: Question): string[] {
  return question.words.flatMap(({ text, token }) => {
    if (token.kind === "number") return [canonical(text)];
    if (token.kind === "identifier" && /^\d/.test(text)) return [canonical(text)];
    const value = Object.hasOwn(spelled, text) ? spelled[text] : undefined;
    return value === undefined ? [] : [value];
  });
}

export const numbers = sameItems(
  "numbers",
  "the same numbers, as digits or words",
  numbersOf,
);

const dateWords = new Set(
  `january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow tonight weekend weekday morning afternoon evening night
daily weekly monthly yearly annually annual hourly century decade bc ad bce christmas easter diwali ramadan halloween thanksgiving summer winter autumn
spring fall q1 q2 q3 q4`.split(/\s+/),
);
/** Also ordinary words: dates only when written with a capital inside a sentence. */
const doubtful = new Set("march may spring fall sun mar jun sat ad".split(" "));

const spans = new Set(
  "second minute hour day week weekend month quarter year decade century".split(" "),
);
/** Which one of them is meant, seen from now. */
const which: Readonly<Record<string, string>> = {
  this: "this",
  current: "this",
  last: "last",
  previous: "last",
  past: "last",
  next: "next",
  coming: "next",
  upcoming: "next",
};
const halves = /(?<=\d\s?|\bin the )([ap])\.?m\b/gi;

function datesOf(question: Question): string[] {
  const half = [...question.text.matchAll(halves)].map(([, sign]) => `${sign}m`.toLowerCase());
  return [...half, ...namedDates(question)];
}

function namedDates(question: Question): string[] {
  return question.words.flatMap(({ text, stem, token }, at) => {
    const one = Object.hasOwn(which, text) ? which[text] : undefined;
    const span = question.words[at + 1]?.stem ?? "";
    if (one !== undefined && (spans.has(span) || spans.has(`${span}e`))) return [`${one} ${span}`];
    if (/^\d{1,4}[-\/.]\d{1,2}[-\/.]\d{1,4}$/.test(text)) return [text];
    const capital = /^\p{Lu}/u.test(token.raw) && !token.opens;
    if (doubtful.has(text)) return capital ? [text] : [];
    return dateWords.has(text) || dateWords.has(stem) ? [dateWords.has(text) ? text : stem] : [];
  });
}

export const dates = sameItems("dates", "the same dates, days, months and seasons", datesOf);

const unitWords = new Set(
  `kg kilogram gram g mg lb lbs pound ounce oz ton tonne stone km kilometer kilometre m meter metre cm mm mile foot feet ft inch inches yard
l liter litre ml gallon pint cup tablespoon teaspoon celsius fahrenheit kelvin second sec minute min hour hr day week month year ms
byte kb mb gb tb bit kbps mbps gbps hz khz mhz ghz watt kw kwh volt v amp ampere ohm joule calorie kcal newton pascal psi bar mph kph
percent % $ € £ ₹ ¥ usd eur gbp inr rupee dollar euro yen yuan cent acre hectare degree ° radian`
    .split(/\s+/),
);
const anywhere = new Set(
  `kilogram lb pound ounce kilometer mile celsius fahrenheit kelvin gallon liter litre inch byte kb mb gb tb $ € £ ₹ ¥ usd eur gbp inr rupee
dollar euro yen yuan percent % `.split(/\s+/),
);

function unitsOf(question: Question): string[] {
  return question.words.flatMap(({ text, stem, token }, at) => {
    const word = unitWords.has(stem) ? stem : unitWords.has(text) ? text : null;
    if (word === null) return [];
    const counted = question.words[at - 1]?.token.kind === "number";
    if (token.kind === "word" && !counted && !anywhere.has(word)) return [];
    return [word];
  });
}

/** Signs of which a capital makes a thousandfold or an eighth. */
const exactSigns = /^(?:[kmgt]b|m[wvaj])$/;

const counted = sameItems("units", "the same units and currencies", unitsOf);
const signs = sameItems(
  "units",
  counted.says,
  (question) =>
    question.words.flatMap(({ text, token }) => exactSigns.test(text) ? [token.raw] : []),
);

/** *A month* where the other has *a week*. */
function exchanged(query: Question, entry: Question): Seen | null {
  const all = (question: Question) => question.words.flatMap(({ stem }) => spanOf(stem));
  const [onlyQuery, onlyEntry] = difference(all(query), all(entry));
  const [one, other] = [onlyQuery[0], onlyEntry[0]];
  return one === undefined || other === undefined ? null : { query: one, entry: other };
}

function spanOf(stem: string): string[] {
  return [stem, `${stem}e`].filter((word) => spans.has(word) && word !== "second");
}

export const units: Guard = {
  ...counted,
  disagree: (query, entry, alignment) =>
    counted.disagree(query, entry, alignment) ?? signs.disagree(query, entry, alignment) ??
      exchanged(query, entry),
};
