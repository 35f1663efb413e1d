/**
 * What waits to be sent: bounded by count and by bytes, taken in batches.
 *
 * @module
 */

/** One event, as it goes on the wire. */
export interface Item {
  readonly json: string;
  /** Bytes of `json`. */
  readonly bytes: number;
}

/** Bounds by count and by bytes. */
export interface Bounds {
  readonly items: number;
  readonly bytes: number;
}

/** First in, first out; what finds no place is refused. */
export class Queue {
  readonly #limit: Bounds;
  #items: Item[] = [];
  #head = 0;
  #bytes = 0;

  constructor(limit: Bounds) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** False: there is no place for it. */
  push(item: Item): boolean {
    if (this.length + 1 > this.#limit.items) return false;
    if (this.#bytes + item.bytes > this.#limit.bytes) return false;
    this.#items.push(item);
    this.#bytes += item.bytes;
    return true;
  }

  /** The oldest, within the bounds; at least one when there is any. */
  take(bounds: Bounds): Item[] {
    const taken: Item[] = [];
    let bytes = 0;
    while (taken.length < bounds.items) {
      const next = this.#items[this.#head];
      if (!next || (taken.length > 0 && bytes + next.bytes > bounds.bytes)) break;
      taken.push(next);
      bytes += next.bytes;
      this.#head++;
    }
    this.#bytes -= bytes;
    // Now and then the read part is let go, so that taking costs the same however long the queue is.
    if (this.#head > 1_000 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }
}
