/**
 * Sorts a span's attributes by the mapping: what each field is, what is kept beside, what no line knows.
 *
 * @module
 */
import { bodyFields, type Convention, type Field, mapping } from "./mapping.ts";
import { type Attributes, setAttribute, type Value } from "./span.ts";

interface Line {
  readonly field: Field;
  readonly convention: Convention;
  /** Its place in the table: the least wins. */
  readonly rank: number;
  /** What a family's names begin with; empty for a single name. */
  readonly family: string;
}

const lines: readonly (Line & { readonly name: string })[] = mapping.map(
  ([name, field, convention], rank) => ({
    name: name.endsWith("*") ? name.slice(0, -1) : name,
    field,
    convention,
    rank,
    family: name.endsWith("*") ? name.slice(0, -1) : "",
  }),
);
const single = new Map(
  lines.filter(({ family }) => family === "").map((line) => [line.name, line]),
);
/** The longest first, so that the narrower family wins. */
const families = lines.filter(({ family }) => family !== "")
  .sort((a, b) => b.family.length - a.family.length);

/** Names seen lately: instrumentations use the same ones over and over. */
const found = new Map<string, Line | null>();
const mostFound = 4_096;

function lineOf(name: string): Line | null {
  const known = found.get(name);
  if (known !== undefined) return known;
  const line = single.get(name) ?? families.find(({ family }) => name.startsWith(family)) ?? null;
  if (found.size >= mostFound) found.clear();
  found.set(name, line);
  return line;
}

/** One field's value; a family's is an object by the rest of the names. */
export interface Read {
  readonly value: Value;
  readonly convention: Convention;
  readonly isFamily: boolean;
}

export interface ReadAttributes {
  readonly fields: ReadonlyMap<Field, Read>;
  /** By name: everything of the `properties` families. */
  readonly properties: Attributes;
  /** What is kept as it is. */
  readonly kept: Attributes;
  /** Names that no line knows. */
  readonly unmapped: readonly string[];
}

interface Best {
  rank: number;
  value: Value;
  convention: Convention;
  family: Record<string, Value> | null;
}

/** Of several attributes that mean one field, the one that the mapping prefers holds. */
export function readAttributes(attributes: Attributes): ReadAttributes {
  const best = new Map<Field, Best>();
  const properties: Record<string, Value> = {};
  const kept: Record<string, Value> = {};
  const unmapped: string[] = [];
  for (const name in attributes) {
    const value = attributes[name] ?? null;
    const line = lineOf(name);
    if (!line) unmapped.push(name);
    if (!line || !bodyFields.has(line.field)) setAttribute(kept, name, value);
    if (!line || line.field === "known") continue;
    if (line.field === "properties") addProperties(properties, name, line.family, value);
    else take(best, line, name, value);
  }
  const fields = new Map<Field, Read>();
  for (const [field, { value, convention, family }] of best) {
    fields.set(field, { value: family ?? value, convention, isFamily: family !== null });
  }
  return { fields, properties, kept, unmapped };
}

function take(best: Map<Field, Best>, line: Line, name: string, value: Value): void {
  const before = best.get(line.field);
  if (before && before.rank < line.rank) return;
  if (line.family === "") {
    best.set(line.field, { ...line, value, family: null });
    return;
  }
  const family = before?.rank === line.rank && before.family ? before.family : {};
  setAttribute(family, name.slice(line.family.length), value);
  best.set(line.field, { ...line, value: null, family });
}

function addProperties(
  properties: Record<string, Value>,
  name: string,
  family: string,
  value: Value,
): void {
  if (family !== "") {
    setAttribute(properties, name.slice(family.length), value);
    return;
  }
  const object = typeof value === "string" ? parsed(value) : value;
  if (typeof object !== "object" || object === null || Array.isArray(object)) {
    setAttribute(properties, name, value);
    return;
  }
  for (const [key, one] of Object.entries(object)) setAttribute(properties, key, one);
}

/** JSON that stands in a text; the text itself when it is none. */
export function parsed(text: string): Value {
  const first = text.charCodeAt(0);
  if (first !== 0x7b && first !== 0x5b && first !== 0x22) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
