/**
 * One text for one JSON value: keys sorted at every depth, no spaces. Two values that differ anywhere,
 * however deep, have different texts.
 *
 * @module
 */

/** A number whose digits JavaScript's own numbers do not hold, as it was written. */
export class ExactNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/**
 * Writes a JSON value canonically. Values that JSON lacks are written as JSON writes them: `undefined`
 * members are left out, `NaN` is null.
 *
 * @example
 * ```ts
 * import { expect } from "expect";
 * import { canonicalJson } from "@/core/cache/canonical_json.ts";
 *
 * expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
 * ```
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) {
    let text = "[";
    for (let i = 0; i < value.length; i++) text += (i === 0 ? "" : ",") + canonicalJson(value[i]);
    return `${text}]`;
  }
  if (value instanceof ExactNumber) return value.source;
  // Any object that is not an array is read by its own names.
  const record = value as Readonly<Record<string, unknown>>;
  let text = "{";
  for (const name of Object.keys(record).sort()) {
    const member = record[name];
    if (member === undefined) continue;
    text += `${text === "{" ? "" : ","}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `${text}}`;
}

/** What may hold a number that loses digits, or its size, when JavaScript reads it. */
const longNumber = /\d[\d.]{15}|\d[eE]/;

/**
 * Parses JSON so that different numbers stay different: `9007199254740992` and `…993` are one number
 * to `JSON.parse`. Undefined when the text is no JSON.
 *
 * @param parsed what `JSON.parse` made of the text: given back when it holds no such number
 */
export function parseExactly(text: string, parsed: unknown): unknown {
  return longNumber.test(text) ? JSON.parse(text, keepDigits) : parsed;
}

/** Engines hand a reviver the source of a primitive value; TypeScript's library does not know it yet. */
function keepDigits(this: unknown, _name: string, value: unknown, ...more: unknown[]): unknown {
  if (typeof value !== "number") return value;
  // That is what the proposal gives a reviver as its third argument.
  const { source } = (more[0] ?? {}) as { readonly source?: string };
  if (source === undefined || holds(value, source)) return value;
  return new ExactNumber(source);
}

function holds(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  const digits = source.replace(/[eE].*$/, "").replace(/\D/g, "").replace(/^0+/, "");
  return digits.length <= 15 && (value !== 0 || digits === "");
}
