/**
 * Takes the framing of a chunked body out, in place: data moves to the front of the bytes that were
 * read, so that all chunks of one read go on together.
 *
 * @module
 */
import { BadAnswer } from "./answer_head.ts";

const lineFeed = 10;
const carriageReturn = 13;
/** A size line, or all trailers, may be as long as this. */
const mostLineBytes = 16 * 1024;

type Expected = "size" | "data" | "data end" | "trailer" | "nothing";

export class ChunkedBody {
  #expected: Expected = "size";
  /** Bytes that the current chunk still has. */
  #left = 0;
  #trailerBytes = 0;
  /** Where the data ends that `take()` found: it begins where `take()` was told to begin. */
  dataEnd = 0;

  /** Whether the last chunk came. */
  get done(): boolean {
    return this.#expected === "nothing";
  }

  /**
   * Takes what came between two places, gives where it stopped: what follows there is the beginning
   * of a line, to be given again with more, or does not belong to the body.
   *
   * @throws {BadAnswer}
   */
  take(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    this.dataEnd = from;
    while (at < to && !this.done) {
      if (this.#expected === "data") {
        const end = Math.min(to, at + this.#left);
        if (at !== this.dataEnd) bytes.copyWithin(this.dataEnd, at, end);
        this.dataEnd += end - at;
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#expected = "data end";
        continue;
      }
      const end = lineEnd(bytes, at, to);
      if (end === -1) break;
      this.#line(bytes, at, end);
      at = end + 2;
    }
    return at;
  }

  #line(bytes: Uint8Array, from: number, end: number): void {
    switch (this.#expected) {
      case "size":
        this.#left = sizeOf(bytes, from, end);
        this.#expected = this.#left > 0 ? "data" : "trailer";
        break;
      case "data end":
        if (end !== from) throw new BadAnswer("A chunk is longer than it says");
        this.#expected = "size";
        break;
      case "trailer":
        this.#trailerBytes += end - from;
        if (this.#trailerBytes > mostLineBytes) throw new BadAnswer("The trailers are too long");
        if (end === from) this.#expected = "nothing";
    }
  }
}

/** Where a line's two-byte end begins; -1 when it has not come. */
function lineEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== lineFeed) at++;
  if (at === to) {
    if (to - from > mostLineBytes) throw new BadAnswer("A chunk's line is too long");
    return -1;
  }
  if (at === from || bytes[at - 1] !== carriageReturn) {
    throw new BadAnswer("A chunk's line is malformed");
  }
  return at - 1;
}

/** Hexadecimal digits, then nothing or an extension. */
function sizeOf(bytes: Uint8Array, from: number, end: number): number {
  let size = 0;
  let at = from;
  for (let digit = 0; at < end; at++) {
    digit = hexDigit(bytes[at] ?? 0);
    if (digit === -1) break;
    size = size * 16 + digit;
  }
  const extended = at === end || bytes[at] === 0x3b || bytes[at] === 0x20 || bytes[at] === 0x09;
  if (at === from || at - from > 12 || !extended) {
    throw new BadAnswer("A chunk's size is malformed");
  }
  return size;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
