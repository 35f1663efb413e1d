/**
 * Reading JSON that others wrote: every accessor takes `unknown` and answers with a value of the
 * asked type or a harmless one, so that a strange answer can never break the call that carried it.
 *
 * @module
 */

export type JsonObject = Readonly<Record<string, unknown>>;

const nothing: JsonObject = {};

/** The value when it is a JSON object, else null. */
export function object(value: unknown): JsonObject | null {
  // A non-null, non-array object is indexable by string; that is all JsonObject says.
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as JsonObject
    : null;
}

/** The value when it is a JSON object, else an empty one. */
export function fields(value: unknown): JsonObject {
  return object(value) ?? nothing;
}

/** The objects of an array; empty for anything else. */
export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => object(item) !== null) : [];
}

/** The value when it is a non-empty string, else null. */
export function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** No count of tokens is larger, and the sum of some of them is still a number that is exact. */
const mostCounted = 1e15;

/** The value when it is a whole number of things, else 0. */
export function count(value: unknown): number {
  return isCount(value) ? value : 0;
}

/** The value when it is a whole number of things (zero included), else null. */
export function countOrNull(value: unknown): number | null {
  return isCount(value) ? value : null;
}

/** Whether it is a whole number of things (zero included). */
export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= mostCounted;
}

/** Parses JSON text; `undefined` when it is none. */
export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/** A tool call's arguments as text: some providers send them as JSON text, some as an object. */
export function argumentsText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}
