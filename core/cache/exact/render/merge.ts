/**
 * Adding a stream's deltas up: texts grow, lists grow or are merged by their `index`, and what names a
 * thing is taken over.
 *
 * @module
 */
import { type JsonObject, object } from "../../../json.ts";

/** Texts that name something; all other texts are pieces of one. */
const names = new Set(["role", "id", "type", "name", "object", "model", "status", "format"]);

/** @returns a new object; neither argument is changed */
export function mergeDelta(into: JsonObject, delta: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...into };
  for (const [name, value] of Object.entries(delta)) {
    if (value === undefined) continue;
    merged[name] = mergeValue(name, merged[name], value);
  }
  return merged;
}

function mergeValue(name: string, before: unknown, value: unknown): unknown {
  if (before === undefined || before === null) {
    return Array.isArray(value) ? grown([], value) : value;
  }
  if (value === null) return before;
  if (typeof before === "string" && typeof value === "string") {
    return names.has(name) ? value || before : before + value;
  }
  if (Array.isArray(before) && Array.isArray(value)) return grown(before, value);
  const [a, b] = [object(before), object(value)];
  return a && b ? mergeDelta(a, b) : value;
}

/** Items with an `index` are parts of the item with that index. */
function grown(before: readonly unknown[], more: readonly unknown[]): unknown[] {
  const list = [...before];
  for (const item of more) {
    const part = object(item);
    const place = part && typeof part.index === "number"
      ? list.findIndex((one) => object(one)?.index === part.index)
      : -1;
    if (place === -1 || !part) list.push(item);
    else list[place] = mergeDelta(object(list[place]) ?? {}, part);
  }
  return list;
}

/** The parts of an answer by their index, in its order: streams bring them as they come. */
export function inOrder<T>(parts: ReadonlyMap<unknown, T>): T[] {
  return [...parts].sort(([a], [b]) => Number(a) - Number(b)).map(([, part]) => part);
}
