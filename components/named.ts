/**
 * Words for names that others chose. A plain lookup would answer `constructor` and `__proto__` with what
 * every object has.
 *
 * @module
 */

/**
 * The word for a name, or undefined.
 *
 * @example
 * ```ts
 * import { named } from "@/components/named.ts";
 * import { expect } from "expect";
 *
 * expect([named({ a: "A" }, "a"), named({ a: "A" }, "__proto__")]).toEqual(["A", undefined]);
 * ```
 */
export function named<T>(words: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}
