/**
 * JSON that keeps every digit: a number that JavaScript cannot hold stays as it was written. What is
 * read here can be written with `JSON.stringify` and is the same number.
 *
 * @module
 */
import { parseJson } from "../../json.ts";

// Not in TypeScript's library yet: https://tc39.es/proposal-json-parse-with-source/
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** A number with so many digits, or an exponent, may be more than a double holds. */
const longNumber = /\d{16}|\d[eE][+-]?\d|\.\d{15}/;

/**
 * Parses JSON text; `undefined` when it is none.
 *
 * @example
 * ```ts
 * import { parseExactly } from "@/core/gateway/formats/exact_json.ts";
 * import { expect } from "expect";
 *
 * expect(JSON.stringify(parseExactly(`{"id":12345678901234567890}`)))
 *   .toBe(`{"id":12345678901234567890}`);
 * ```
 */
export function parseExactly(source: string): unknown {
  if (!longNumber.test(source)) return parseJson(source);
  try {
    return JSON.parse(source, exactNumber);
  } catch {
    return undefined;
  }
}

function exactNumber(_key: string, value: unknown, context?: { readonly source?: string }) {
  const source = context?.source;
  if (typeof value !== "number" || source === undefined) return value;
  return String(value) === source || isSameNumber(value, source) ? value : rawJSON(source);
}

/** `1e5` and `1.50` lose their spelling, not their value. */
function isSameNumber(value: number, source: string): boolean {
  return digitsOf(String(value)) === digitsOf(source);
}

/** Significant digits and exponent, the same for every spelling of a number. */
function digitsOf(source: string): string {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  const scale = Number(exponent) - fraction.length + (digits.length - significant.length);
  return significant === "" ? "0" : `${sign}${significant}e${scale}`;
}
