/**
 * How island props travel in the document: a JSON table of values that refer to each other by
 * index, so that one object (or signal) used twice arrives as one. Values without a JSON form are
 * tagged arrays, the few that need no table entry are negative indexes.
 *
 * @module
 */

/** Indexes of values that stand for themselves. */
export const CONSTANTS = {
  undefined: -1,
  null: -2,
  NaN: -3,
  Infinity: -4,
  negativeInfinity: -5,
  negativeZero: -6,
  hole: -7,
} as const;

/** A tag, then what the tag needs: indexes into the table or plain strings. */
export type Tagged = [tag: string, ...rest: (string | number)[]];

/** One entry of the table; an array of numbers is an array, an object maps keys to indexes. */
export type Entry = string | number | boolean | number[] | Tagged | Record<string, number>;

/** Names of the `Temporal` classes that are carried as their text. */
export const TEMPORAL = [
  "Instant",
  "ZonedDateTime",
  "PlainDate",
  "PlainTime",
  "PlainDateTime",
  "PlainYearMonth",
  "PlainMonthDay",
  "Duration",
] as const;
