/**
 * A stored event without its prompts and answers, and without all that it told. Pure. Its identity, its
 * place and its figures stay, so that whoever reads the log meets as many events as before.
 *
 * @module
 */

/** A payload's chunks beside the record: its name, its hash, how many. */
export type Blob = readonly [name: string, sha256: string, chunks: number];

/** Whether the event holds anything that `stripped()` would take out. */
export function isStrippable(raw: unknown): boolean {
  return stripped(raw) !== null;
}

/**
 * The event without payloads, headers and the arguments of its tool calls; null when it has none.
 *
 * @example
 * ```ts
 * import { stripped } from "@/core/log/strip.ts";
 * import { expect } from "expect";
 *
 * const event = {
 *   id: "1",
 *   payloads: { request: { bytes: 2, stored: { as: "text", text: "hi" } } },
 * };
 * expect(stripped(event)).toEqual({
 *   id: "1",
 *   payloads: { request: { bytes: 2, stored: { as: "removed" } } },
 * });
 * expect(stripped(stripped(event))).toBe(null);
 * ```
 */
export function stripped(raw: unknown): object | null {
  if (!isObject(raw)) return null;
  const payloads = withoutPayloads(raw.payloads);
  const data = withoutArguments(raw.data);
  if (payloads === null && data === null) return null;
  return { ...raw, ...(data && { data }), ...(payloads && { payloads }) };
}

/** What stands in the event's place when nothing of it may stay. */
export function tombstone(raw: unknown, because: "retention" | "erasure"): object {
  const { id, project, at } = isObject(raw) ? raw : {};
  return { id, project, at, type: "event.removed", v: 1, data: { because } };
}

/** Whether a stored event stands in the place of one that was removed. */
export function isTombstone(raw: unknown): boolean {
  return isObject(raw) && raw.type === "event.removed";
}

/** The payloads of an event that are kept beside its record. */
export function blobsOf(raw: unknown): Blob[] {
  const payloads = isObject(raw) && isObject(raw.payloads) ? raw.payloads : {};
  return Object.entries(payloads).flatMap(([name, ref]): Blob[] => {
    const stored = isObject(ref) && isObject(ref.stored) ? ref.stored : {};
    if (stored.as !== "chunks") return [];
    return [[name, String(stored.sha256), Number(stored.chunks)]];
  });
}

function withoutPayloads(payloads: unknown): object | null {
  if (!isObject(payloads)) return null;
  let changed = false;
  const kept = Object.entries(payloads).map(([name, ref]) => {
    const holds = isObject(ref) && ref.bytes !== 0 && isObject(ref.stored) &&
      ref.stored.as !== "removed";
    if (!holds) return [name, ref];
    changed = true;
    return [name, { ...ref, stored: { as: "removed" } }];
  });
  return changed ? Object.fromEntries(kept) : null;
}

/** Of a call's data, or of a call that is told of in another event. */
function withoutArguments(data: unknown): object | null {
  if (!isObject(data)) return null;
  const call = withoutArguments(data.call);
  const calls = Array.isArray(data.tool_calls) ? data.tool_calls : [];
  const held = calls.some((one) => isObject(one) && one.arguments !== "");
  const { headers, ...rest } = data;
  if (!held && call === null && headers === undefined) return null;
  const tool_calls = calls.map((one) => isObject(one) ? { ...one, arguments: "" } : one);
  return { ...rest, ...(held && { tool_calls }), ...(call && { call }) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
