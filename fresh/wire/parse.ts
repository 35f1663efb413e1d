/**
 * Reads island props. It runs in the browser and is told how to make signals and slots, so that
 * a page whose islands use no signals need not load them.
 *
 * @module
 */
import { CONSTANTS, type Entry, type Tagged, TEMPORAL } from "./values.ts";

/** How values are made that the reader can't make itself. */
export interface Makers {
  signal(value: unknown): unknown;
  computed(value: unknown): unknown;
  slot(id: number, name: string): unknown;
}

/** Reads what `stringify()` wrote. */
export function parse(text: string, makers: Makers): unknown {
  const data: Entry[] | number = JSON.parse(text);
  if (typeof data === "number") return constant(data);
  const table = data;
  const made = new Map<number, unknown>();

  function value(index: number | string | undefined): unknown {
    const at = Number(index);
    if (at < 0) return constant(at);
    if (made.has(at)) return made.get(at);
    const entry = table[at];
    if (entry === undefined || typeof entry !== "object") return entry;
    if (!Array.isArray(entry)) return record(at, entry);
    return isTagged(entry) ? tagged(at, entry) : items(at, entry);
  }

  function keep<T>(index: number, result: T): T {
    made.set(index, result);
    return result;
  }

  function items(index: number, entry: number[]): unknown[] {
    const result = keep(index, new Array<unknown>(entry.length));
    entry.forEach((item, i) => {
      if (item !== CONSTANTS.hole) result[i] = value(item);
    });
    return result;
  }

  function record(index: number, entry: Record<string, number>): Record<string, unknown> {
    const result: Record<string, unknown> = keep(index, {});
    for (const [key, item] of Object.entries(entry)) {
      // Defined, not assigned: a key named `__proto__` stays a key.
      Object.defineProperty(result, key, {
        value: value(item),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return result;
  }

  function tagged(index: number, [tag, ...rest]: Tagged): unknown {
    const [first, second] = rest;
    switch (tag) {
      case "set":
        return fillSet(keep(index, new Set<unknown>()), rest);
      case "map":
        return fillMap(keep(index, new Map<unknown, unknown>()), rest);
      case "signal":
        return keep(index, makers.signal(value(first)));
      case "computed":
        return keep(index, makers.computed(value(first)));
      case "slot":
        return keep(index, makers.slot(Number(second), String(first)));
      default:
        return keep(index, simple(tag, String(first), String(second)));
    }
  }

  function fillSet(set: Set<unknown>, items: (string | number)[]): Set<unknown> {
    for (const item of items) set.add(value(item));
    return set;
  }

  function fillMap(map: Map<unknown, unknown>, items: (string | number)[]): Map<unknown, unknown> {
    for (let i = 0; i < items.length; i += 2) map.set(value(items[i]), value(items[i + 1]));
    return map;
  }

  return value(0);
}

function isTagged(entry: number[] | Tagged): entry is Tagged {
  return typeof entry[0] === "string";
}

function simple(tag: string, first: string, second: string): unknown {
  switch (tag) {
    case "bigint":
      return BigInt(first);
    case "date":
      return new Date(first === "" ? NaN : first);
    case "url":
      return new URL(first);
    case "regexp":
      return new RegExp(first, second);
    case "bytes":
      return Uint8Array.from(atob(first), (char) => char.charCodeAt(0));
    case "temporal":
      return temporal(first, second);
    default:
      throw new TypeError(`Cannot read a value of kind "${tag}"`);
  }
}

/** A browser without `Temporal` gets the text. */
function temporal(name: string, text: string): unknown {
  const known = TEMPORAL.find((known) => known === name);
  const api = "Temporal" in globalThis ? Temporal : undefined;
  return known && api ? api[known].from(text) : text;
}

function constant(index: number): unknown {
  switch (index) {
    case CONSTANTS.null:
      return null;
    case CONSTANTS.NaN:
      return NaN;
    case CONSTANTS.Infinity:
      return Infinity;
    case CONSTANTS.negativeInfinity:
      return -Infinity;
    case CONSTANTS.negativeZero:
      return -0;
    default:
      return undefined;
  }
}
