/**
 * A request as bytes. What cannot be written on the wire is refused: a line end inside a header would
 * make another request of what follows.
 *
 * @module
 */

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const requestTarget = /^[\x21-\x7e\x80-\xff]+$/;
const encoder = new TextEncoder();

/** A body up to this size is sent with its head, in one segment if it fits one. */
const joinedBytes = 64 * 1024;

/**
 * The pieces to write, in turn. Headers are names and values in turn; the body's length is added.
 *
 * @throws {TypeError} for a method, path or header that HTTP does not allow
 *
 * @example
 * ```ts
 * import { requestPieces } from "@/core/gateway/http/request_head.ts";
 * import { expect } from "expect";
 *
 * const [bytes] = requestPieces("GET", "/v1/models", ["host", "api.test"], null);
 * expect(new TextDecoder().decode(bytes)).toBe(
 *   "GET /v1/models HTTP/1.1\r\nhost: api.test\r\nconnection: keep-alive\r\n\r\n",
 * );
 * expect(() => requestPieces("GET", "/", ["x", "a\r\nb: c"], null)).toThrow(TypeError);
 * ```
 */
export function requestPieces(
  method: string,
  path: string,
  headers: readonly string[],
  body: Uint8Array | null,
): Uint8Array<ArrayBuffer>[] {
  const head = requestHead(method, path, headers, body);
  const joined = body !== null && body.length <= joinedBytes;
  const bytes = new Uint8Array(head.length + (joined ? body.length : 0));
  writeLatin1(head, bytes);
  if (joined) bytes.set(body, head.length);
  // A body is never shared memory: it was read from a request.
  return body === null || joined ? [bytes] : [bytes, body as Uint8Array<ArrayBuffer>];
}

function requestHead(
  method: string,
  path: string,
  headers: readonly string[],
  body: Uint8Array | null,
): string {
  if (!token.test(method) || !requestTarget.test(path)) {
    throw new TypeError("The method or path cannot be sent");
  }
  let head = `${method} ${path} HTTP/1.1\r\n`;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    // Both indexes are below the length.
    const [name, value] = [headers[i] as string, headers[i + 1] as string];
    if (!token.test(name) || !fieldValue.test(value)) {
      throw new TypeError("A header cannot be sent");
    }
    head += `${name}: ${value}\r\n`;
  }
  if (body !== null) head += `content-length: ${body.length}\r\n`;
  return `${head}connection: keep-alive\r\n\r\n`;
}

/** One byte for each character, none of which is above 255. */
function writeLatin1(text: string, into: Uint8Array): void {
  const { read, written } = encoder.encodeInto(text, into);
  if (read === text.length && written === text.length) return;
  for (let i = 0; i < text.length; i++) into[i] = text.charCodeAt(i);
}
