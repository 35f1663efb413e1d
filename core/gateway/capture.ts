/**
 * Keeps a body that passes by, within a bound: its beginning, and its last bytes for what providers
 * say at the end (usage). Adding a chunk copies nothing.
 *
 * @module
 */

/** How much of the end is kept when a body is longer than the bound. */
const tailBytes = 64 * 1024;

export class Capture {
  readonly #limit: number;
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  #tail: Uint8Array[] = [];
  #tailBytes = 0;
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that came by. */
  get total(): number {
    return this.#total;
  }

  /** Whether the body is longer than what was kept of its beginning. */
  get truncated(): boolean {
    return this.#total > this.#headBytes;
  }

  push(chunk: Uint8Array): void {
    this.#total += chunk.length;
    const room = this.#limit - this.#headBytes;
    if (chunk.length <= room) {
      this.#head.push(chunk);
      this.#headBytes += chunk.length;
      return;
    }
    if (room > 0) this.#head.push(chunk.subarray(0, room));
    this.#headBytes += Math.max(room, 0);
    this.#keepTail(room > 0 ? chunk.subarray(room) : chunk);
  }

  #keepTail(chunk: Uint8Array): void {
    this.#tail.push(chunk);
    this.#tailBytes += chunk.length;
    let first = this.#tail[0];
    while (first && this.#tailBytes - first.length >= tailBytes) {
      this.#tail.shift();
      this.#tailBytes -= first.length;
      first = this.#tail[0];
    }
  }

  /** What was kept of the beginning. */
  head(): Uint8Array {
    return join(this.#head, this.#headBytes);
  }

  /** The last bytes of a body that was too long to keep; undefined when nothing is missing. */
  tail(): Uint8Array | undefined {
    return this.truncated ? join(this.#tail, this.#tailBytes) : undefined;
  }
}

function join(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first] = chunks;
  if (first && chunks.length === 1) return first;
  const joined = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
