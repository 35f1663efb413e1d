/**
 * What the events of all kinds say alike.
 *
 * @module
 */
import { scrub } from "../../gateway/scrub.ts";
import { bounds, millisecondsOf } from "../schema/parts.ts";
import type { IngestEvent } from "../schema/event.ts";
import { cut, textOf } from "../text.ts";

/** An event of any kind, looked at freely. */
export type Fields = Readonly<Record<string, unknown>>;

export const orNull = <T>(value: T | null | undefined): T | null => value ?? null;

/** The first text that is not empty. */
export function firstText(...values: readonly unknown[]): string | null {
  for (const value of values) if (typeof value === "string" && value !== "") return value;
  return null;
}

/** When an event began, in milliseconds since 1970. */
export function timeOf(value: string | number | null | undefined, now: number): number {
  return value === undefined || value === null ? now : millisecondsOf(value);
}

/** The second that was written last, without its end: events come close together. */
let written = { second: NaN, text: "" };

/** ISO UTC with milliseconds. Events of one second share its text: most of them come together. */
export function isoOf(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1_000);
  if (second !== written.second) {
    written = { second, text: new Date(second * 1_000).toISOString().slice(0, -4) };
  }
  const rest = Math.trunc(milliseconds - second * 1_000);
  return `${written.text}${rest < 10 ? "00" : rest < 100 ? "0" : ""}${rest}Z`;
}

export interface ErrorFacts {
  readonly message: string;
  readonly code: string | null;
}

/** An error in any of its forms; the stack stays out of the message. */
export function errorOf(error: unknown): ErrorFacts | null {
  if (error === undefined || error === null) return null;
  if (typeof error === "string") return { message: bounded(error), code: null };
  const { message, type, code } = error as Fields; // The schema lets objects through alone.
  return {
    message: bounded(firstText(message, type) ?? ""),
    code: firstText(code, type) ?? (code === undefined || code === null ? null : textOf(code)),
  };
}

function bounded(message: string): string {
  return scrub(cut(message, bounds.message));
}

/** Fields that no schema names. */
export function unknownFields(event: IngestEvent, known: ReadonlySet<string>): [string, unknown][] {
  const unknown: [string, unknown][] = [];
  const fields: Fields = event;
  for (const name in fields) if (!known.has(name)) unknown.push([name, fields[name]]);
  return unknown;
}

/** The trace: a run is one when there is no other. */
export function traceOf(event: { trace_id?: unknown; run_id?: unknown }): string | null {
  return firstText(event.trace_id, event.run_id);
}
