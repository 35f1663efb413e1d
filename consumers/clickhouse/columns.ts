/**
 * What a column takes, as ClickHouse's own parser would not say it: 300 becomes 44 in a UInt8 there, and
 * a missing value becomes a default, both without an error.
 *
 * Each kind is a zod schema and a check by hand that agree (a test compares them): the schema documents
 * and types the rows, the check is what a hundred thousand rows can afford.
 *
 * @module
 */
import { z } from "zod";

export interface Column<T = unknown> {
  readonly schema: z.ZodType<T>;
  readonly accepts: (value: unknown) => boolean;
}

function column<T>(schema: z.ZodType<T>, accepts: (value: unknown) => boolean): Column<T> {
  return { schema, accepts };
}

const isText = (value: unknown): value is string =>
  typeof value === "string" && value.isWellFormed();

const wellFormed = z.string().refine(
  (value) => value.isWellFormed(),
  "must be well-formed Unicode",
);

/** Text that is valid Unicode: a lone surrogate has no UTF-8. */
export const text = column(wellFormed, isText);

/** What `event_id` may be: part of the sorting key, so it must not be empty or without bound. */
export const key = column(
  wellFormed.refine(
    (value) => value.length >= 1 && value.length <= 128,
    "must have 1 to 128 characters",
  ),
  (value) => isText(value) && value.length >= 1 && value.length <= 128,
);

export const bool = column(z.boolean(), (value) => typeof value === "boolean");

/** A whole number from 0 to `max`; 64 bits are cut where JavaScript stops being exact. */
export function whole(max: number): Column<number> {
  return column(
    z.number().int().min(0).max(max),
    (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= max,
  );
}
export const uint16 = whole(2 ** 16 - 1);
export const uint32 = whole(2 ** 32 - 1);
export const uint64 = whole(Number.MAX_SAFE_INTEGER);

/** Any finite number. */
export const number = column(z.number(), (value) => Number.isFinite(value));

/** A duration in milliseconds. */
export const duration = column(
  z.number().nonnegative(),
  (value) => typeof value === "number" && value >= 0 && value < Infinity,
);

const decimalPattern = /^\d{1,6}(\.\d{1,12})?$/;

/** Decimal(18, 12), never negative. */
export const money = column(
  z.string().regex(decimalPattern),
  (value) => typeof value === "string" && decimalPattern.test(value),
);

const instantPattern = /^(19[7-9]\d|2[01]\d\d|22[0-8]\d)-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * UTC with milliseconds, 1970 to 2289. DateTime64 ends in 2299 and clamps what is beyond; the years have
 * a place in the partition's name, so nonsense would also make partitions.
 */
export const instant = column(
  z.string().regex(instantPattern, "must be an instant from 1970 to 2289"),
  (value) => typeof value === "string" && instantPattern.test(value),
);

export function nullable<T>(inner: Column<T>): Column<T | null> {
  return column(inner.schema.nullable(), (value) => value === null || inner.accepts(value));
}

export function listOf<T>(inner: Column<T>): Column<T[]> {
  return column(
    z.array(inner.schema),
    (value) => Array.isArray(value) && value.every(inner.accepts),
  );
}

/** Text by text. */
export const texts = column(
  z.record(wellFormed, wellFormed),
  (value) =>
    isRecord(value) && Object.entries(value).every(([name, one]) => isText(name) && isText(one)),
);

type Shape = Readonly<Record<string, Column>>;
export type Fields<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends Column<infer T> ? T : never;
};

/** A named tuple. */
export function tupleOf<S extends Shape>(shape: S): Column<Fields<S>> {
  const check = checkOf(shape);
  return column(schemaOf(shape), (value) => isRecord(value) && check(value) === null);
}

/** The zod schema of a row: exactly these columns. */
export function schemaOf<S extends Shape>(shape: S): z.ZodType<Fields<S>> {
  const fields = Object.entries(shape).map(([name, { schema }]) => [name, schema] as const);
  // Built from `shape` field by field, which the type of Object.fromEntries cannot say.
  return z.strictObject(Object.fromEntries(fields)) as unknown as z.ZodType<Fields<S>>;
}

/**
 * Makes the check of a row: it names the first column that does not fit, or one that should not be
 * there; null when all is well.
 */
export function checkOf(shape: Shape): (row: object) => string | null {
  const names = Object.keys(shape);
  const accepts = Object.values(shape).map((one) => one.accepts);
  return function firstProblem(row) {
    const values: Readonly<Record<string, unknown>> = { ...row };
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      if (name !== undefined && !accepts[i]?.(values[name])) return name;
    }
    const given = Object.keys(row);
    return given.length === names.length ? null : given.find((name) => !(name in shape)) ?? null;
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
