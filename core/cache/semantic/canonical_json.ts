/**
 * One text for one JSON value: keys sorted at every depth, no spaces. Two values that differ anywhere,
 * however deep, have different texts.
 *
 * @module
 */

/**
 * Writes a JSON value canonically. Values that JSON lacks are written as JSON writes them: `undefined`
 * members are left out, `NaN` is null.
 *
 * @example
 * ```ts
 * import { expect } from "expect";
 * import { canonicalJson } from "@/core/cache/semantic/canonical_json.ts";
 *
 * expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
 * ```
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
    .sort(([x], [y]) => x < y ? -1 : 1)
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
