/**
 * What the host gives, as it is now and as JSON. Nothing of it can make this fail.
 *
 * @module
 */
import type { Json } from "./events.ts";

/** A value as it is now: the host may go on changing its messages while the call runs. */
export function snapshot(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  try {
    return structuredClone(value);
  } catch {
    return value;
  }
}

/** JSON in which nothing of the host's own can make it fail but a cycle. */
export function written(event: Json, replacer?: typeof largeIntegers): string | null {
  try {
    return JSON.stringify(event, replacer);
  } catch {
    // Most likely a large integer, which is looked for only now: it takes as long as all else.
    return replacer ? null : written(event, largeIntegers);
  }
}

function largeIntegers(_name: string, value: Json): Json {
  return typeof value === "bigint" ? value.toString() : value;
}
