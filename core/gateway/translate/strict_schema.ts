/**
 * Whether a JSON schema is one that OpenAI can enforce: every object closed, every property required.
 *
 * @module
 */
import { type JsonObject, object } from "../../json.ts";

/**
 * @example
 * ```ts
 * import { meetsStrict } from "@/core/gateway/translate/strict_schema.ts";
 * import { expect } from "expect";
 *
 * const properties = { a: { type: "string" } };
 * expect(meetsStrict({ type: "object", properties, required: ["a"], additionalProperties: false }))
 *   .toBe(true);
 * expect(meetsStrict({ type: "object", properties })).toBe(false);
 * ```
 */
export function meetsStrict(schema: JsonObject): boolean {
  if (schema.type === "object" || schema.properties !== undefined) {
    if (schema.additionalProperties !== false) return false;
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    const names = Object.keys(object(schema.properties) ?? {});
    if (!names.every((name) => required.has(name))) return false;
  }
  return inner(schema).every(meetsStrict);
}

/** The schemas inside a schema. */
function inner(schema: JsonObject): JsonObject[] {
  const named = ["properties", "$defs", "definitions"].flatMap((name) =>
    Object.values(object(schema[name]) ?? {})
  );
  const listed = ["anyOf", "allOf", "oneOf", "prefixItems"].flatMap((name) => {
    const list = schema[name];
    return Array.isArray(list) ? list : [];
  });
  return [...named, ...listed, schema.items].flatMap((value) => {
    const found = object(value);
    return found ? [found] : [];
  });
}
