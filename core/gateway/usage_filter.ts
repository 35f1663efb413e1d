/**
 * Takes the usage-only chunk out of a chat stream whose client did not ask for it. Every other byte
 * passes; an event is held only until it is whole, which is when a client can use it, or longer than
 * what tells usage could be.
 *
 * @module
 */
import { fields, object, parseJson } from "../json.ts";

const lineFeed = 10;
const carriageReturn = 13;
const decoder = new TextDecoder();

/** No chunk that tells nothing but usage is longer. */
const mostUsageBytes = 64 * 1024;

export class UsageFilter {
  /** Bytes of an event that is not whole yet. */
  #open: Uint8Array | null = null;
  /** The last bytes of an event that is too long to be held; what comes of it goes on. */
  #passed: Uint8Array | null = null;

  /** Takes bytes, gives what may go on to the client now; null when nothing may. */
  push(chunk: Uint8Array): Uint8Array | null {
    if (this.#passed) return this.#passOn(chunk, this.#passed);
    const bytes = this.#open ? concat(this.#open, chunk) : chunk;
    const end = lastEventEnd(bytes);
    this.#open = end === bytes.length ? null : bytes.slice(end);
    const whole = end === 0
      ? null
      : withoutUsageEvent(end === bytes.length ? bytes : bytes.subarray(0, end));
    if (!this.#open || this.#open.length <= mostUsageBytes) return whole;
    const long = this.#open;
    this.#open = null;
    this.#passed = long.slice(-2);
    return whole ? concat(whole, long) : long;
  }

  /** More of a long event, up to its end, and what follows it. */
  #passOn(chunk: Uint8Array, before: Uint8Array): Uint8Array | null {
    const bytes = concat(before, chunk);
    const end = firstEventEnd(bytes);
    this.#passed = end === 0 ? bytes.slice(-2) : null;
    if (end === 0 || end === bytes.length) return chunk;
    const rest = this.push(bytes.slice(end));
    const long = bytes.slice(before.length, end);
    return rest ? concat(long, rest) : long;
  }

  /** What is left when the stream ends. */
  end(): Uint8Array | null {
    const rest = this.#open;
    this.#open = null;
    return rest && withoutUsageEvent(rest);
  }
}

/** Where the last whole event ends, its empty line included; 0 when there is none. */
function lastEventEnd(bytes: Uint8Array): number {
  for (let i = bytes.length; i > 1; i--) {
    if (isEventEnd(bytes, i)) return i;
  }
  return 0;
}

/** Where the first event ends, its empty line included; 0 when it does not. */
function firstEventEnd(bytes: Uint8Array): number {
  for (let i = 2; i <= bytes.length; i++) {
    if (isEventEnd(bytes, i)) return i;
  }
  return 0;
}

/** Whether an empty line ends just before `at`. */
function isEventEnd(bytes: Uint8Array, at: number): boolean {
  if (bytes[at - 1] !== lineFeed) return false;
  const before = bytes[at - 2] === carriageReturn ? at - 3 : at - 2;
  return bytes[before] === lineFeed;
}

/** The bytes of whole events without the one that only tells usage; null when nothing is left. */
function withoutUsageEvent(bytes: Uint8Array): Uint8Array | null {
  const source = decoder.decode(bytes);
  // The usage chunk is told from all others by its empty list of choices.
  if (!/"choices"\s*:\s*\[\s*\]/.test(source) || !source.includes('"usage"')) return bytes;
  let start = 0;
  for (let end = 2; end <= bytes.length; end++) {
    if (end !== bytes.length && !isEventEnd(bytes, end)) continue;
    if (isUsageOnly(decoder.decode(bytes.subarray(start, end)))) {
      return concat(bytes.subarray(0, start), bytes.subarray(end));
    }
    start = end;
  }
  return bytes;
}

function isUsageOnly(event: string): boolean {
  const data = event.split(/\r?\n/).filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5)).join("\n");
  const chunk = fields(parseJson(data));
  return Array.isArray(chunk.choices) && chunk.choices.length === 0 && object(chunk.usage) !== null;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
