/**
 * Changes one member of a JSON object's text and leaves every other byte as the client wrote it:
 * numbers, spacing and the order of members survive, which a parse and a print would not promise.
 *
 * @module
 */

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a member's value is, and where its name begins. */
interface Member extends Span {
  readonly key: number;
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Sets a top-level member of a JSON object to a JSON value; adds it when it is absent. The bytes must
 * be a valid JSON object; null when they are not one as far as was read.
 *
 * @example
 * ```ts
 * import { setMember } from "@/core/gateway/json_edit.ts";
 * import { expect } from "expect";
 *
 * const bytes = new TextEncoder().encode(`{"model": "groq/llama" , "n":1.0}`);
 * const edited = setMember(bytes, "model", `"llama"`);
 * expect(new TextDecoder().decode(edited ?? undefined)).toBe(`{"model": "llama" , "n":1.0}`);
 * ```
 */
export function setMember(bytes: Uint8Array, name: string, value: string): Uint8Array | null {
  const open = skipSpace(bytes, 0);
  if (bytes[open] !== openBrace) return null;
  const member = findMember(bytes, open, name);
  if (member) return splice(bytes, member, value);
  const first = skipSpace(bytes, open + 1);
  const separator = bytes[first] === closeBrace ? "" : ",";
  return splice(bytes, { start: open + 1, end: open + 1 }, `"${name}":${value}${separator}`);
}

/**
 * Takes a top-level member out of a JSON object, as often as it is there. The bytes as they are when
 * there is none, or when they are no object as far as was read.
 *
 * @example
 * ```ts
 * import { removeMember } from "@/core/gateway/json_edit.ts";
 * import { expect } from "expect";
 *
 * const bytes = new TextEncoder().encode(`{"cache":{"ttl":5}, "n":1.0}`);
 * expect(new TextDecoder().decode(removeMember(bytes, "cache"))).toBe(`{ "n":1.0}`);
 * ```
 */
export function removeMember(bytes: Uint8Array, name: string): Uint8Array {
  const open = skipSpace(bytes, 0);
  const member = bytes[open] === openBrace ? findMember(bytes, open, name) : null;
  if (!member) return bytes;
  const next = skipSpace(bytes, member.end);
  // With the comma that follows it, or else with the one that comes before.
  const span = bytes[next] === comma
    ? { start: member.key, end: next + 1 }
    : { start: commaBefore(bytes, member.key), end: member.end };
  return removeMember(splice(bytes, span, ""), name);
}

/** Where the comma before a member is; the member itself when it is the first. */
function commaBefore(bytes: Uint8Array, key: number): number {
  let at = key - 1;
  while (skipSpace(bytes, at) === key && bytes[at] !== comma) at--;
  return bytes[at] === comma ? at : key;
}

/** A member in the object that opens at `open`; the last one when repeated. */
function findMember(bytes: Uint8Array, open: number, name: string): Member | null {
  let found: Member | null = null;
  let at = skipSpace(bytes, open + 1);
  while (bytes[at] === quote) {
    const keyEnd = skipString(bytes, at);
    const start = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1);
    if (bytes[skipSpace(bytes, keyEnd)] !== colon) return null;
    const end = skipValue(bytes, start);
    if (keyIs(bytes, at, keyEnd, name)) found = { key: at, start, end };
    const next = skipSpace(bytes, end);
    if (bytes[next] !== comma) return found;
    at = skipSpace(bytes, next + 1);
  }
  return found;
}

function keyIs(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  const source = decoder.decode(bytes.subarray(start, end));
  if (!source.includes("\\")) return source === `"${name}"`;
  try {
    return JSON.parse(source) === name;
  } catch {
    return false;
  }
}

function splice(bytes: Uint8Array, { start, end }: Span, value: string): Uint8Array {
  const replacement = encoder.encode(value);
  const edited = new Uint8Array(bytes.length - (end - start) + replacement.length);
  edited.set(bytes.subarray(0, start));
  edited.set(replacement, start);
  edited.set(bytes.subarray(end), start + replacement.length);
  return edited;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte !== undefined; byte = bytes[++at]) {
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
  }
  return at;
}

/** Past the string that opens at `from`. */
function skipString(bytes: Uint8Array, from: number): number {
  for (let at = from + 1; at < bytes.length; at++) {
    if (bytes[at] === backslash) at++;
    else if (bytes[at] === quote) return at + 1;
  }
  return bytes.length;
}

/** Past the value that begins at `from`. */
function skipValue(bytes: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) {
      at = skipString(bytes, at) - 1;
      if (depth === 0) return at + 1;
    } else if (byte === openBrace || byte === openBracket) depth++;
    else if (byte === closeBrace || byte === closeBracket) {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (byte === comma && depth === 0) return at;
  }
  return bytes.length;
}
