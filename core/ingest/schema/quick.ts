/**
 * Says of an event whether its schema takes it as it is, without asking the schema: nearly all events are
 * plain, and building a checked copy of each costs more memory than all else that is done with it.
 *
 * Only "yes" is an answer: everything doubtful is left to the schema. Which check belongs to a field is
 * told by the schema that the field was made with, so that there is one list of fields.
 *
 * @module
 */
import { z } from "zod";
import {
  bounds,
  costSchema,
  durationSchema,
  errorSchema,
  jsonSchema,
  propertiesSchema,
  timestampSchema,
  tokensSchema,
} from "./parts.ts";

type Check = (value: unknown) => boolean;

const isAny: Check = () => true;

const checks = new Map<z.core.$ZodType, Check>([
  [timestampSchema, isPlainTime],
  [durationSchema, (value) => typeof value === "number" && value >= 0 && value <= 1e12],
  [tokensSchema, (value) => Number.isInteger(value) && isWithin(value, 1e12)],
  [costSchema, (value) => typeof value === "number" && value >= 0 && value < 1e6],
  [errorSchema, (value) => typeof value === "string"],
  [propertiesSchema, isFewScalars],
  [jsonSchema, isAny],
]);

/** The check of an event by its schema's fields; the event's type is checked by the caller. */
export function quickCheck(
  shape: Readonly<Record<string, z.core.$ZodType>>,
  needed: readonly string[],
): (event: Readonly<Record<string, unknown>>) => boolean {
  const fields = new Map<string, Check>();
  for (const [name, schema] of Object.entries(shape)) {
    if (name !== "type") fields.set(name, checkOf(inside(schema)));
  }
  return (event) => {
    for (const name in event) {
      const value = event[name];
      if (value === null || value === undefined) continue;
      const check = fields.get(name);
      if (check && !check(value)) return false;
    }
    return needed.every((name) => event[name] !== null && event[name] !== undefined) &&
      // As a name of its own it would be the copy's prototype.
      !Object.hasOwn(event, "__proto__");
  };
}

function checkOf(schema: z.core.$ZodType): Check {
  const own = checks.get(schema);
  if (own) return own;
  if (schema instanceof z.ZodBoolean) return (value) => typeof value === "boolean";
  if (schema instanceof z.ZodEnum) {
    const words: ReadonlySet<unknown> = new Set(schema.options);
    return (value) => words.has(value);
  }
  if (schema instanceof z.ZodRecord && schema.def.valueType === jsonSchema) return isPlainObject;
  if (schema instanceof z.ZodString && hasLengthsAlone(schema)) {
    return isText(schema.minLength ?? 0, schema.maxLength ?? Infinity);
  }
  return never;
}

function hasLengthsAlone({ def }: z.ZodString): boolean {
  return (def.checks ?? []).every(({ _zod }) =>
    _zod.def.check === "min_length" || _zod.def.check === "max_length"
  );
}

function never(): boolean {
  return false;
}

/** What stands inside `maybe()`. */
function inside(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? inside(schema.unwrap())
    : schema;
}

function isText(least: number, most: number): Check {
  return (value) => typeof value === "string" && value.length >= least && value.length <= most;
}

function isPlainObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !Object.hasOwn(value, "__proto__");
}

function isFewScalars(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  // An object: the check above.
  const all = Object.values(value as object);
  return all.length <= bounds.properties && all.every((one) => typeof one !== "object");
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === "number" && value >= 0 && value <= most;
}

/** Before the 29th every day exists. */
const plainTime =
  /^(?:19[7-9]\d|20\d\d)-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

function isPlainTime(value: unknown): boolean {
  if (typeof value === "string") return plainTime.test(value);
  return isWithin(value, 4e12);
}
