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
  return time + [...random(16)].map((byte) => crockford[byte & 31]).join("");
}

/** 32 hex digits, as W3C trace context has it. */
export function traceId(): string {
  return hex(random(16));
}

/** 16 hex digits. */
export function spanId(): string {
  return hex(random(8));
}

function random(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
