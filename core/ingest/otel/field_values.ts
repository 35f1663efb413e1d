/**
 * The fields of a span as texts, numbers and lists, within the bounds that events have.
 *
 * @module
 */
import { cut, textOf } from "../text.ts";
import type { Field } from "./mapping.ts";
import { parsed, type Read } from "./read_attributes.ts";
import type { Value } from "./span.ts";

/** What a span's attributes say, by field. */
export type Fields = ReadonlyMap<Field, Read>;

/** Most characters of ids, names and messages. */
export const most = {
  name: 256,
  message: 8_192,
  unmapped: 128,
  toolCalls: 32,
  arguments: 2_048,
} as const;

export type Valued = Pick<Read, "value"> | undefined;

/** Empty when there is none, or it is no text. */
export function textField(read: Valued): string {
  return typeof read?.value === "string" ? read.value : "";
}

/** Any scalar as text; null when there is none. */
export function short(read: Valued, length: number = most.name): string | null {
  const value = read?.value;
  if (value === undefined || value === null || value === "") return null;
  return cut(textOf(value), length);
}

/** A number from 0 on, or its text; null for everything else. */
export function numberOf(read: Valued): number | null {
  const value = typeof read?.value === "string" ? Number(read.value) : read?.value;
  return typeof value === "number" && value >= 0 && value < Infinity ? value : null;
}

/** The truth value, or the word for it. */
export function isTrue(read: Valued): boolean {
  return read?.value === true || read?.value === "true";
}

/** A list as it is or as JSON; one value as a list of itself. */
export function listOf(value: Value): readonly Value[] {
  const read = typeof value === "string" ? parsed(value) : value;
  if (Array.isArray(read)) return read;
  return read === null || read === "" ? [] : [read];
}

/** Whether it failed: Langfuse's clients say so in a word of their own. */
export function saysError(fields: Fields): boolean {
  return textField(fields.get("level")).toUpperCase() === "ERROR";
}
