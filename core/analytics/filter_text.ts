/**
 * Filters as people type them: `model:gpt-4o cost:>0.01 error "refund"`. Reading gives the fields of
 * the API's query string, writing turns them back, so that the text and the chips of a page always say
 * the same. Pure.
 *
 * A word that is no filter is looked for in prompts and answers; what looks like a filter and is none
 * is told as a problem instead of being ignored, because it would show the wrong rows.
 *
 * @module
 */

/** Fields of the query string; several values of one mean any of them. */
export type FilterFields = Readonly<Record<string, readonly string[]>>;

export interface FilterProblem {
  /** What was typed. */
  readonly part: string;
  /** What is wrong with it and what to do. */
  readonly message: string;
}

export interface ReadFilters {
  readonly fields: FilterFields;
  readonly problems: readonly FilterProblem[];
}

/** What may stand before a colon, and the field that it means. */
const names: Readonly<Record<string, string>> = {
  status: "status",
  provider: "provider",
  model: "model",
  user: "user_id",
  user_id: "user_id",
  session: "session_id",
  session_id: "session_id",
  trace: "trace_id",
  trace_id: "trace_id",
  key: "key_id",
  key_id: "key_id",
  provider_key: "provider_key_id",
  provider_key_id: "provider_key_id",
  cache: "cache",
  type: "type",
  endpoint: "endpoint",
};

/** Words that filter by themselves. */
const words: Readonly<Record<string, readonly [field: string, value: string]>> = {
  success: ["status", "success"],
  error: ["status", "error"],
  aborted: ["status", "aborted"],
  hit: ["cache", "HIT"],
  miss: ["cache", "MISS"],
  bypass: ["cache", "BYPASS"],
};

const statusValue = /^(success|error|aborted|[1-5]\d\d|[1-5]xx)$/;
const cacheValue = /^(HIT|HIT-SEMANTIC|HIT-COALESCED|MISS|BYPASS)$/;

interface Token {
  /** As it was typed. */
  readonly raw: string;
  /** Before the colon; null for a word. */
  readonly name: string | null;
  readonly value: string;
  readonly quoted: boolean;
}

/**
 * @example
 * ```ts
 * import { readFilterText } from "@/core/analytics/filter_text.ts";
 * import { expect } from "expect";
 *
 * expect(readFilterText(`model:gpt-4o cost:>0.01 error "refund"`)).toEqual({
 *   fields: { model: ["gpt-4o"], cost_min: ["0.01"], status: ["error"], q: ["refund"] },
 *   problems: [],
 * });
 * ```
 */
export function readFilterText(text: string): ReadFilters {
  const fields = new Map<string, string[]>();
  const searched: string[] = [];
  const problems: FilterProblem[] = [];
  const put = (field: string, value: string) => {
    const values = fields.get(field) ?? [];
    if (!values.includes(value)) values.push(value);
    fields.set(field, values);
  };
  for (const token of tokensOf(text)) {
    const meant = meaningOf(token);
    if ("problem" in meant) problems.push({ part: token.raw, message: meant.problem });
    else if ("search" in meant) searched.push(meant.search);
    else for (const [field, value] of meant.fields) put(field, value);
  }
  if (searched.length > 0) put("q", searched.join(" "));
  return { fields: Object.fromEntries(fields), problems };
}

type Meaning =
  | { readonly fields: readonly (readonly [string, string])[] }
  | { readonly search: string }
  | { readonly problem: string };

function meaningOf({ name, value, quoted, raw }: Token): Meaning {
  if (name === null) {
    if (value === "") return { fields: [] };
    return quoted ? { search: value } : wordMeaning(value);
  }
  if (value === "") return { problem: `Say which: ${name}:something.` };
  if (name.startsWith("property.") && name.length > "property.".length) {
    return { fields: [[name, value]] };
  }
  const key = name.toLowerCase();
  if (key === "cost") return costMeaning(value);
  if (key === "latency") return latencyMeaning(value);
  const field = Object.hasOwn(names, key) ? names[key] : undefined;
  if (!field) {
    // An address or a time is a word with a colon in it, not a filter.
    if (/^(https?|\d+)$/.test(key)) return { search: raw };
    return {
      problem: `There is no filter ${name}: for a property write property.${name}:${value}, ` +
        `to search for it put it in quotes.`,
    };
  }
  return oneOf(field, value);
}

function wordMeaning(word: string): Meaning {
  const lower = word.toLowerCase();
  const known = Object.hasOwn(words, lower) ? words[lower] : undefined;
  if (known) return { fields: [known] };
  if (/^[1-5](\d\d|xx)$/i.test(word)) return { fields: [["status", word.toLowerCase()]] };
  return { search: word };
}

function oneOf(field: string, value: string): Meaning {
  if (field === "status") {
    const status = value.toLowerCase();
    if (statusValue.test(status)) return { fields: [[field, status]] };
    return { problem: "A status is success, error, aborted, a code such as 429, or 4xx." };
  }
  if (field === "cache") {
    const cache = value.toUpperCase();
    if (cacheValue.test(cache)) return { fields: [[field, cache]] };
    return { problem: "The cache says hit, hit-semantic, hit-coalesced, miss or bypass." };
  }
  if (field === "key_id") return { fields: [[field, publicPart(value)]] };
  return { fields: [[field, value]] };
}

/** A project key's secret has no place in an address: of a whole key the public part is enough. */
function publicPart(value: string): string {
  return /^wl_(?:live|test)_([A-Za-z0-9]{12})(?:_|…|$)/.exec(value)?.[1] ?? value;
}

const amount = /^\$?(\d{1,6}(?:\.\d{1,12})?)$/;
const duration = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s|min)?$/;
const milliseconds = { ms: 1, s: 1_000, min: 60_000 } as const;

function costMeaning(value: string): Meaning {
  const span = spanOf(value, (end) => amount.exec(end)?.[1] ?? null);
  if (!span) return { problem: "Write a cost as cost:>0.01, cost:<0.5 or cost:0.01..0.5." };
  return { fields: ends("cost", span) };
}

function latencyMeaning(value: string): Meaning {
  const span = spanOf(value, (end) => {
    const read = duration.exec(end);
    if (!read) return null;
    const unit = read[2] === "s" || read[2] === "min" ? read[2] : "ms";
    return String(Number((Number(read[1]) * milliseconds[unit]).toFixed(3)));
  });
  if (!span) {
    return { problem: "Write a latency as latency:>2s, latency:<500ms or latency:1s..5s." };
  }
  return { fields: ends("latency", span) };
}

interface Span {
  readonly min: string | null;
  readonly max: string | null;
}

/** `>a`, `>=a`, `<a`, `<=a`, `a..b`, or `a` for exactly this. */
function spanOf(value: string, read: (end: string) => string | null): Span | null {
  const compared = /^(>=?|<=?)(.+)$/.exec(value);
  if (compared) {
    const end = read(compared[2] ?? "");
    if (end === null) return null;
    return compared[1]?.startsWith(">") ? { min: end, max: null } : { min: null, max: end };
  }
  const [from = "", to = from, ...rest] = value.split("..");
  const [min, max] = [read(from), read(to)];
  return min === null || max === null || rest.length > 0 ? null : { min, max };
}

function ends(name: string, { min, max }: Span): (readonly [string, string])[] {
  return [
    ...(min === null ? [] : [[`${name}_min`, min] as const]),
    ...(max === null ? [] : [[`${name}_max`, max] as const]),
  ];
}

/**
 * The text that `readFilterText()` reads these fields from. Fields that are no filters are left out.
 *
 * @example
 * ```ts
 * import { writeFilterText } from "@/core/analytics/filter_text.ts";
 * import { expect } from "expect";
 *
 * expect(writeFilterText({ status: ["error"], model: ["a b"], latency_min: ["2000"], q: ["red hat"] }))
 *   .toBe(`status:error model:"a b" latency:>2s "red hat"`);
 * ```
 */
export function writeFilterText(fields: FilterFields): string {
  const parts: string[] = [];
  for (const [field, values] of Object.entries(fields)) {
    const name = shownName(field);
    if (name !== null) parts.push(...values.map((value) => `${name}:${quote(value)}`));
  }
  parts.push(...spanText("cost", fields, (value) => value));
  parts.push(...spanText("latency", fields, latencyText));
  for (const value of fields.q ?? []) parts.push(alwaysQuoted(value));
  return parts.join(" ");
}

function shownName(field: string): string | null {
  if (field.startsWith("property.")) return /[\s":]/.test(field) ? alwaysQuoted(field) : field;
  return Object.hasOwn(names, field) ? field.replace(/_id$/, "") : null;
}

function spanText(
  name: string,
  fields: FilterFields,
  write: (value: string) => string,
): string[] {
  const [min, max] = [fields[`${name}_min`]?.[0], fields[`${name}_max`]?.[0]];
  if (min !== undefined && max !== undefined) return [`${name}:${write(min)}..${write(max)}`];
  if (min !== undefined) return [`${name}:>${write(min)}`];
  return max === undefined ? [] : [`${name}:<${write(max)}`];
}

function latencyText(value: string): string {
  const ms = Number(value);
  return ms >= 1_000 && ms % 100 === 0 ? `${ms / 1_000}s` : `${value}ms`;
}

function quote(value: string): string {
  return value === "" || /[\s"\\]/.test(value) ? alwaysQuoted(value) : value;
}

function alwaysQuoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** Words, `name:value` and quoted texts; a quote that is not closed goes to the end. */
function* tokensOf(text: string): Generator<Token> {
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text[at] ?? "")) {
      at++;
      continue;
    }
    const first = pieceAt(text, at, /[\s":]/);
    if (text[first.end] !== ":" || first.end === at) {
      // A colon in front belongs to the word.
      const word = first.end === at ? pieceAt(text, at, /[\s"]/) : first;
      yield { raw: text.slice(at, word.end), name: null, value: word.text, quoted: word.quoted };
      at = word.end;
      continue;
    }
    const second = pieceAt(text, first.end + 1, /[\s"]/);
    const raw = text.slice(at, second.end);
    yield { raw, name: first.text, value: second.text, quoted: second.quoted };
    at = second.end;
  }
}

interface Piece {
  readonly text: string;
  readonly quoted: boolean;
  /** Where the text after it begins. */
  readonly end: number;
}

/** A quoted text, or what stands before the next of `stops`. */
function pieceAt(text: string, at: number, stops: RegExp): Piece {
  if (text[at] !== '"') {
    const length = text.slice(at).search(stops);
    const end = length < 0 ? text.length : at + length;
    return { text: text.slice(at, end), quoted: false, end };
  }
  let content = "";
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '"') return { text: content, quoted: true, end: i + 1 };
    if (text[i] === "\\" && i + 1 < text.length) i++;
    content += text[i];
  }
  return { text: content, quoted: true, end: text.length };
}
