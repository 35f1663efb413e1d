/**
 * Writes island props. What can't be carried (functions, symbols, instances of classes) is refused
 * with the path of the prop that holds it.
 *
 * @module
 */
import { CONSTANTS, type Entry, type Tagged, TEMPORAL } from "./values.ts";

/** A slot's place, for values that stand for rendered content. */
export type SlotOf = (value: unknown) => { id: number; name: string } | null;

/** Writes a value as the text that `parse()` reads. */
export function stringify(value: unknown, slotOf: SlotOf = () => null): string {
  const table: Entry[] = [];
  const indexes = new Map<unknown, number>();

  function add(value: unknown, path: string): number {
    const constant = constantIndex(value);
    if (constant !== null) return constant;
    const known = indexes.get(value);
    if (known !== undefined) return known;
    // The place is taken before the parts are written, so that a cycle finds it.
    const index = table.push(0) - 1;
    indexes.set(value, index);
    table[index] = entry(value, path);
    return index;
  }

  function entry(value: unknown, path: string): Entry {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      return value;
    }
    if (typeof value === "bigint") return ["bigint", value.toString()];
    if (typeof value !== "object" || value === null) {
      throw new TypeError(`Cannot send a ${typeof value} to an island: ${path}`);
    }
    if (Array.isArray(value)) return items(value, path);
    return slot(value) ?? signal(value, path) ?? builtIn(value, path) ?? record(value, path);
  }

  /** Counted, not mapped: `map()` would skip the holes that are to be carried. */
  function items(value: unknown[], path: string): number[] {
    return Array.from({ length: value.length }, (_, i) => {
      return i in value ? add(value[i], `${path}[${i}]`) : CONSTANTS.hole;
    });
  }

  function slot(value: object): Tagged | null {
    const place = slotOf(value);
    return place && ["slot", place.name, String(place.id)];
  }

  function signal(value: object, path: string): Tagged | null {
    if (!isSignal(value)) return null;
    return [isComputed(value) ? "computed" : "signal", add(value.peek(), `${path}.value`)];
  }

  function builtIn(value: object, path: string): Tagged | null {
    if (value instanceof Date) {
      const time = value.getTime();
      return ["date", Number.isNaN(time) ? "" : value.toISOString()];
    }
    if (value instanceof URL) return ["url", value.href];
    if (value instanceof RegExp) return ["regexp", value.source, value.flags];
    if (value instanceof Uint8Array) return ["bytes", value.toBase64()];
    if (value instanceof Set) {
      return ["set", ...[...value].map((item, i) => add(item, `${path}<${i}>`))];
    }
    if (value instanceof Map) {
      const entries = [...value].flatMap(([key, item], i) => [
        add(key, `${path}<${i}>.key`),
        add(item, `${path}<${i}>`),
      ]);
      return ["map", ...entries];
    }
    return temporal(value);
  }

  function record(value: object, path: string): Record<string, number> {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) {
      const name = value.constructor?.name ?? "an element";
      throw new TypeError(`Cannot send an instance of ${name} to an island: ${path}`);
    }
    const keys = Object.entries(value).map(([key, item]) => [key, add(item, `${path}.${key}`)]);
    return Object.fromEntries(keys);
  }

  const root = add(value, "props");
  return JSON.stringify(root < 0 ? root : table);
}

function constantIndex(value: unknown): number | null {
  if (value === undefined) return CONSTANTS.undefined;
  if (value === null) return CONSTANTS.null;
  if (typeof value !== "number") return null;
  if (Number.isNaN(value)) return CONSTANTS.NaN;
  if (value === Infinity) return CONSTANTS.Infinity;
  if (value === -Infinity) return CONSTANTS.negativeInfinity;
  return Object.is(value, -0) ? CONSTANTS.negativeZero : null;
}

interface SignalLike {
  peek(): unknown;
}

/** By shape: the signals library may be there more than once. */
function isSignal(value: object): value is SignalLike {
  return "peek" in value && typeof value.peek === "function" && "value" in value;
}

/** A computed signal keeps its function under `_fn`, minified to `x`. */
function isComputed(value: object): boolean {
  const marks: { x?: unknown; _fn?: unknown } = value;
  return typeof marks.x === "function" || typeof marks._fn === "function";
}

function temporal(value: object): Tagged | null {
  const name = Object.prototype.toString.call(value).slice("[object Temporal.".length, -1);
  const isTemporal = TEMPORAL.some((known) => known === name);
  return isTemporal ? ["temporal", name, String(value)] : null;
}
