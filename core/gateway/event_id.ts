/**
 * Event ids: ULIDs, made in the order of calls within a millisecond. Made here because one is needed
 * for every call, and asking the system for randomness letter by letter costs more than the rest.
 *
 * @module
 */

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const timeLetters = 10;
const randomLetters = 16;

/**
 * A source of ULIDs. Ids made in the same millisecond count up from the first one's random part.
 *
 * @param fill fills a byte array with randomness
 *
 * @example
 * ```ts
 * import { eventIds } from "@/core/gateway/event_id.ts";
 * import { expect } from "expect";
 *
 * const newId = eventIds((bytes) => crypto.getRandomValues(bytes));
 * const [first, second] = [newId(1_700_000_000_000), newId(1_700_000_000_000)];
 * expect(first).toMatch(/^01HF7YAT00[0-9A-HJKMNP-TV-Z]{16}$/);
 * expect(second > first).toBe(true);
 * ```
 */
export function eventIds(fill: (bytes: Uint8Array<ArrayBuffer>) => void): (at: number) => string {
  const pool = new Uint8Array(randomLetters * 64);
  let unused = 0;
  let lastAt = -1;
  let time = "";
  let random: number[] = [];

  function draw(): number[] {
    if (unused === 0) {
      fill(pool);
      unused = pool.length;
    }
    unused -= randomLetters;
    // The first letter stays in the lower half: counting up cannot overflow within a millisecond.
    return Array.from(
      pool.subarray(unused, unused + randomLetters),
      (byte, i) => byte & (i === 0 ? 15 : 31),
    );
  }

  return function newEventId(at) {
    // A clock that steps back must not bring an older id after a newer one within this process.
    if (at > lastAt) {
      lastAt = at;
      time = encodeTime(at);
      random = draw();
    } else increment(random);
    let id = time;
    for (const letter of random) id += alphabet[letter];
    return id;
  };
}

function encodeTime(at: number): string {
  let letters = "";
  for (let rest = at, i = 0; i < timeLetters; i++, rest = Math.floor(rest / 32)) {
    letters = alphabet[rest % 32] + letters;
  }
  return letters;
}

function increment(letters: number[]): void {
  for (let i = letters.length - 1; i >= 0; i--) {
    const next = (letters[i] ?? 0) + 1;
    letters[i] = next & 31;
    if (next < 32) return;
  }
}
