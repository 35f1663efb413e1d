/**
 * The head of an answer out of bytes, strictly: what could be read in two ways is refused.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Head } from "../plan.ts";

/** How an answer's body ends. */
export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "close" };

export interface ParsedHead extends Head {
  readonly framing: Framing;
  /** Whether the connection can be used again after the body. */
  readonly keptAlive: boolean;
}

/** Thrown for an answer that is not HTTP/1.1. */
export class BadAnswer extends Error {
  override readonly name = "BadAnswer";
}

/** A head may be as long as this, in bytes. */
export const mostHeadBytes = 64 * 1024;

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/;
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const lineFeed = 10;
const carriageReturn = 13;

/**
 * Where the head ends that begins at 0, its empty line included; 0 when its end has not come.
 *
 * @throws {BadAnswer} when it ends in line feeds alone: waiting for its end would be in vain
 */
export function headEnd(bytes: Uint8Array, filled: number): number {
  for (let at = bytes.indexOf(lineFeed, 3); at !== -1 && at < filled;) {
    if (bytes[at - 2] === lineFeed && bytes[at - 1] === carriageReturn) return at + 1;
    if (bytes[at - 1] === lineFeed) throw new BadAnswer("The head's lines do not end as they must");
    at = bytes.indexOf(lineFeed, at + 1);
  }
  return 0;
}

/**
 * Parses the head that ends at `end`.
 *
 * @throws {BadAnswer}
 */
export function parseHead(bytes: Uint8Array, end: number, method: string): ParsedHead {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, end - 4).toString("latin1");
  const lines = text.split("\r\n");
  const [, minor, code] = statusLine.exec(lines[0] ?? "") ?? [];
  if (code === undefined) throw new BadAnswer("The status line is not HTTP/1.1");
  const raw: string[] = [];
  let contentType: string | null = null;
  let contentEncoding: string | null = null;
  let length: number | null = null;
  let coding = "";
  let connection = "";
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    if (colon === -1 || !headerName.test(name)) throw new BadAnswer("A header is malformed");
    const value = line.slice(colon + 1).trim();
    raw.push(name, value);
    switch (name.toLowerCase()) {
      case "content-type":
        contentType ??= value;
        break;
      case "content-encoding":
        contentEncoding = contentEncoding === null ? value : `${contentEncoding}, ${value}`;
        break;
      case "content-length":
        length = onlyLength(length, value);
        break;
      case "transfer-encoding":
        coding += `,${value.toLowerCase()}`;
        break;
      case "connection":
        connection += `,${value.toLowerCase()}`;
    }
  }
  const status = Number(code);
  const framing = framingOf(method, status, coding, length);
  return {
    status,
    raw,
    contentType,
    contentEncoding,
    contentLength: length,
    framing,
    keptAlive: minor === "1" && framing.kind !== "close" && !/\bclose\b/.test(connection),
  };
}

function onlyLength(before: number | null, value: string): number {
  const length = Number(value);
  if (!/^\d{1,15}$/.test(value) || (before !== null && before !== length)) {
    throw new BadAnswer("The content length is malformed");
  }
  return length;
}

/** RFC 9112, section 6.3. */
function framingOf(
  method: string,
  status: number,
  coding: string,
  length: number | null,
): Framing {
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) {
    return { kind: "none" };
  }
  if (coding !== "") {
    // Both at once is how answers are smuggled; no provider has a reason to.
    if (length !== null) throw new BadAnswer("The body has two lengths");
    if (/^,\s*chunked$/.test(coding)) return { kind: "chunked" };
    // Another coding would have to be taken out: nobody asked for one, and few clients know any.
    if (!/^,\s*identity$/.test(coding)) throw new BadAnswer("The body is coded as nobody asked");
    return { kind: "close" };
  }
  return length === null ? { kind: "close" } : { kind: "length", bytes: length };
}
