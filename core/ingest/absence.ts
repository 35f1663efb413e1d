/**
 * Says for certain that an id was not used, without asking the store: ids that are new, nearly all of
 * them, then cost no reading. A Bloom filter in blocks, each of which is dropped when its last id is
 * forgotten.
 *
 * Holds only while every id is added here: for one process that writes alone, once what was stored before
 * is added as well.
 *
 * @module
 */

/** Bits of a block: 1 MiB of memory. */
const blockBits = 2 ** 23;
/** Ids of a block: with ten bits and seven probes for each, one in a hundred is doubtful. */
const blockIds = Math.floor(blockBits / 10);
const probes = 7;

interface Block {
  readonly bits: Uint8Array;
  ids: number;
  /** When an id was last added, in milliseconds since 1970. */
  lastAt: number;
}

export class Absence {
  readonly #blocks: Block[] = [];
  readonly #rememberedMs: number;

  constructor(rememberedMs: number) {
    this.#rememberedMs = rememberedMs;
  }

  /** Memory that it takes, in bytes. */
  get bytes(): number {
    return this.#blocks.length * blockBits / 8;
  }

  /** @param key evenly distributed bytes, at least 8 */
  add(key: Uint8Array, now: number): void {
    let block = this.#blocks.at(-1);
    if (!block || block.ids >= blockIds) {
      this.#forget(now);
      block = { bits: new Uint8Array(blockBits / 8), ids: 0, lastAt: now };
      this.#blocks.push(block);
    }
    const [first, step] = seeds(key);
    for (let i = 0; i < probes; i++) {
      const bit = (first + i * step) % blockBits;
      block.bits[bit >>> 3] = (block.bits[bit >>> 3] ?? 0) | 1 << (bit & 7);
    }
    block.ids++;
    block.lastAt = now;
  }

  /** True: it was never added, or so long ago that it is forgotten. False: ask the store. */
  isAbsent(key: Uint8Array): boolean {
    const [first, step] = seeds(key);
    return !this.#blocks.some(({ bits }) => {
      for (let i = 0; i < probes; i++) {
        const bit = (first + i * step) % blockBits;
        if (((bits[bit >>> 3] ?? 0) & 1 << (bit & 7)) === 0) return false;
      }
      return true;
    });
  }

  #forget(now: number): void {
    // The store forgets a little later than it may.
    const oldest = now - 2 * this.#rememberedMs;
    while (this.#blocks[0] && this.#blocks[0].lastAt < oldest) this.#blocks.shift();
  }
}

function seeds(key: Uint8Array): readonly [number, number] {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return [view.getUint32(0), (view.getUint32(4) | 1) >>> 0];
}
