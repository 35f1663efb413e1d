/**
 * Ids of events, traces and spans.
 *
 * @module
 */

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * A new event id: a ULID, so that ids sort by time.
 *
 * @param at milliseconds since 1970
 */
export function eventId(at: number): string {
  let time = "";
  for (let rest = at, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) {
    time = crockford[rest % 32] + time;
  }
  let letters = "";
  for (const byte of random(16)) letters += crockford[byte & 31];
  return time + letters;
}

/** 32 hex digits, as W3C trace context has it. */
export function traceId(): string {
  return hex(random(16));
}

/** 16 hex digits. */
export function spanId(): string {
  return hex(random(8));
}

/** Randomness is asked for in larger pieces: a question costs more than the bytes. */
const pool: Uint8Array<ArrayBuffer> = new Uint8Array(1_024);
let used: number = pool.length;

function random(bytes: number): Uint8Array {
  if (used + bytes > pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  return pool.subarray(used, used += bytes);
}

const digits: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => byte.toString(16).padStart(2, "0"),
);

function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += digits[byte];
  return text;
}
