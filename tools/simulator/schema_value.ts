/**
 * A value that fits a JSON Schema, with words and numbers of the user's own text where they fit: what
 * a model writes as tool arguments or as structured output.
 *
 * @module
 */
import { z } from "zod";
import type { Random } from "./random.ts";

const schemaNode = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});

/** Facts of the text that can be put into a value. */
export interface Facts {
  readonly names: readonly string[];
  readonly numbers: readonly number[];
}

/** Capitalised words (not a sentence's first) and numbers. */
export function factsOf(text: string): Facts {
  return {
    names: [...text.matchAll(/(?<![.?!]\s|^)\b\p{Lu}\p{L}{2,}\b/gu)].map(([name]) => name),
    numbers: [...text.matchAll(/\b\d{1,9}\b/g)].map(([number]) => Number(number)),
  };
}

/** Makes a value for the schema; optional properties are left out one time in three. */
export function valueFor(schema: unknown, facts: Facts, random: Random, name = ""): unknown {
  const parsed = schemaNode.safeParse(schema);
  if (!parsed.success) return {};
  const node = parsed.data;
  if (node.const !== undefined) return node.const;
  if (node.enum?.length) return random.pick(node.enum);
  if (node.anyOf?.length) return valueFor(node.anyOf[0], facts, random, name);
  const type = (Array.isArray(node.type) ? node.type[0] : node.type)?.toLowerCase();
  if (type === "array") {
    return Array.from({ length: 2 }, () => valueFor(node.items, facts, random, name));
  }
  if (type === "integer" || type === "number") return numberFor(node, facts, random);
  if (type === "boolean") return random.chance(0.5);
  if (type === "null") return null;
  if (type === "string") return stringFor(name, facts, random);
  const required = new Set(node.required ?? Object.keys(node.properties ?? {}));
  const entries = Object.entries(node.properties ?? {})
    .filter(([key]) => required.has(key) || random.chance(2 / 3))
    .map(([key, inner]) => [key, valueFor(inner, facts, random, key)] as const);
  return Object.fromEntries(entries);
}

function numberFor(
  node: z.infer<typeof schemaNode>,
  facts: Facts,
  random: Random,
): number {
  const min = node.minimum ?? 1;
  const max = node.maximum ?? Math.max(min, 100);
  const said = facts.numbers.find((number) => number >= min && number <= max);
  return said ?? random.int(Math.ceil(min), Math.floor(max));
}

function stringFor(name: string, facts: Facts, random: Random): string {
  if (/date|day/i.test(name)) return `2026-03-${String(random.int(1, 28)).padStart(2, "0")}`;
  if (/mail/i.test(name)) return `${random.pick(["anna", "tom", "priya"])}@example.com`;
  if (/sql|query|statement/i.test(name)) {
    return "SELECT category, sum(net) AS revenue FROM order_lines WHERE status = 'completed' GROUP BY category";
  }
  if (/city|place|location|from|to|name|destination|origin/i.test(name) && facts.names.length > 0) {
    return random.pick(facts.names);
  }
  if (/order|id$/i.test(name) && facts.numbers.length > 0) return String(facts.numbers[0]);
  return random.pick(["Lyon", "Vienna", "Hamburg", "Ljubljana", "Bologna"]);
}
