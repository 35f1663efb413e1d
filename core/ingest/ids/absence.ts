/**
 * Says for certain that an id is not among those of a segment, so that the store is not asked for ids that
 * are new, nearly all of them: a Bloom filter.
 *
 * @module
 */
import { word } from "./entry.ts";

/** With ten bits and seven probes for each id, one new one in a hundred is doubtful. */
const bitsPerId = 10;
const probes = 7;

export class Absence {
  /** To be kept, and given back to the constructor. */
  readonly bytes: Uint8Array;
  readonly #bits: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#bits = bytes.length * 8;
  }

  /** An empty one for a number of ids. */
  static of(ids: number): Absence {
    return new Absence(new Uint8Array(Math.max(8, Math.ceil(ids * bitsPerId / 8))));
  }

  /** The id whose entry begins at a place. */
  add(entries: Uint8Array, at: number): void {
    const step = stepOf(word(entries, at + 4));
    let bit = word(entries, at);
    for (let i = 0; i < probes; i++) {
      const place = bit % this.#bits;
      this.bytes[place >>> 3] = (this.bytes[place >>> 3] ?? 0) | 1 << (place & 7);
      bit += step;
    }
  }

  /** True: it was never added. False: it was, most likely. */
  isAbsent(mark: Uint8Array): boolean {
    const step = stepOf(word(mark, 4));
    let bit = word(mark, 0);
    for (let i = 0; i < probes; i++) {
      const place = bit % this.#bits;
      if (((this.bytes[place >>> 3] ?? 0) & 1 << (place & 7)) === 0) return true;
      bit += step;
    }
    return false;
  }
}

function stepOf(number: number): number {
  return (number | 1) >>> 0;
}
