/**
 * Google's own schema language (types in capitals, `nullable`) as JSON Schema. The other way is not
 * needed: Gemini takes JSON Schema as it is.
 *
 * @module
 */
import { type JsonObject, object, objects } from "../../json.ts";

/**
 * @example
 * ```ts
 * import { toJsonSchema } from "@/core/gateway/translate/gemini_schema.ts";
 * import { expect } from "expect";
 *
 * expect(toJsonSchema({ type: "OBJECT", properties: { a: { type: "STRING", nullable: true } } }))
 *   .toEqual({ type: "object", properties: { a: { type: ["string", "null"] } } });
 * ```
 */
export function toJsonSchema(schema: JsonObject): JsonObject {
  const result: Record<string, unknown> = {};
  let nullable = false;
  let ordering: readonly unknown[] = [];
  for (const [written, value] of Object.entries(schema)) {
    const name = written.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (name === "nullable") nullable = value === true;
    else if (name === "propertyOrdering") ordering = Array.isArray(value) ? value : [];
    else result[name] = member(name, value);
  }
  if (nullable) {
    if (typeof result.type === "string") result.type = [result.type, "null"];
    else if (Array.isArray(result.anyOf)) result.anyOf = [...result.anyOf, { type: "null" }];
  }
  const properties = object(result.properties);
  if (properties) result.properties = ordered(properties, ordering);
  return result;
}

/** JSON Schema has no word for the order of properties; models keep to the one they stand in. */
function ordered(properties: JsonObject, names: readonly unknown[]): JsonObject {
  const first = names.filter((name) => typeof name === "string" && Object.hasOwn(properties, name));
  const all = new Set([...first.map(String), ...Object.keys(properties)]);
  return Object.fromEntries([...all].map((name) => [name, properties[name]]));
}

/** Counts come as text, as Google prints 64-bit numbers. */
const counts = new Set([
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
]);

function member(name: string, value: unknown): unknown {
  if (name === "type" && typeof value === "string") return value.toLowerCase();
  if (counts.has(name) && typeof value === "string") return Number(value);
  if (name === "properties") {
    return Object.fromEntries(
      Object.entries(object(value) ?? {}).map(([key, inner]) => [key, nested(inner)]),
    );
  }
  if (name === "items" || name === "additionalProperties") return nested(value);
  if (name === "anyOf") return objects(value).map(toJsonSchema);
  return value;
}

function nested(value: unknown): unknown {
  const found = object(value);
  return found ? toJsonSchema(found) : value;
}
