/**
 * Notices, byte by byte and without decoding, the line that tells a stream's last event. It must
 * begin a line: the same words inside a JSON string cannot, because JSON escapes line ends.
 *
 * @module
 */

const lineFeed = 10;
const carriageReturn = 13;
const encoder = new TextEncoder();

export class LastLine {
  readonly #marks: readonly Uint8Array[];
  readonly #longest: number;
  /** The beginning of a line whose end has not come, up to the longest mark. */
  #start: Uint8Array = new Uint8Array();
  /** The current line began longer ago than a mark is long. */
  #past = false;

  constructor(marks: readonly string[]) {
    this.#marks = marks.map((mark) => encoder.encode(mark));
    this.#longest = Math.max(0, ...this.#marks.map((mark) => mark.length));
  }

  /** Whether the mark is in this chunk, or ends in it. */
  push(chunk: Uint8Array): boolean {
    if (this.#longest === 0) return false;
    let bytes = chunk;
    let lineStart = this.#past ? nextLine(chunk, 0) : 0;
    if (this.#start.length > 0) {
      bytes = new Uint8Array(this.#start.length + chunk.length);
      bytes.set(this.#start);
      bytes.set(chunk, this.#start.length);
    }
    for (; lineStart !== -1 && lineStart < bytes.length; lineStart = nextLine(bytes, lineStart)) {
      if (this.#isMarked(bytes, lineStart)) return true;
    }
    this.#remember(bytes);
    return false;
  }

  #isMarked(bytes: Uint8Array, at: number): boolean {
    for (const mark of this.#marks) {
      let i = 0;
      while (i < mark.length && bytes[at + i] === mark[i]) i++;
      if (i === mark.length) return true;
    }
    return false;
  }

  #remember(bytes: Uint8Array): void {
    // Chunks nearly always end with a line.
    if (bytes[bytes.length - 1] === lineFeed) {
      this.#past = false;
      if (this.#start.length > 0) this.#start = new Uint8Array();
      return;
    }
    const last = Math.max(bytes.lastIndexOf(lineFeed), bytes.lastIndexOf(carriageReturn)) + 1;
    const length = bytes.length - last;
    if (last === 0 && this.#past) {
      this.#start = new Uint8Array();
      return;
    }
    this.#past = length > this.#longest;
    this.#start = this.#past ? new Uint8Array() : bytes.slice(last);
  }
}

/** Where the next line begins after `from`, or -1. */
function nextLine(bytes: Uint8Array, from: number): number {
  // A plain loop: chunks are short, and a call into the engine for each line costs more.
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === lineFeed) return at + 1;
  }
  return -1;
}
