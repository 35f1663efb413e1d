/**
 * The ids of late, exactly: a table in memory of 36 to 72 bytes an id, in which an id is found without
 * making any object.
 *
 * @module
 */
import { entryBytes, type Found, foundAt, isOf, randomOdd, timeAt, word } from "./entry.ts";

const leastPlaces = 1_024;

export class RecentIds {
  /** The entries, one after the other, in the order in which they came. */
  #entries = new Uint8Array(leastPlaces / 2 * entryBytes);
  /** By hash: the number of an entry, plus one; zero is an empty place. */
  #places = new Uint32Array(leastPlaces);
  #count = 0;
  /** Nobody can choose ids whose places crowd. */
  readonly #salt = randomOdd();

  /** Ids in it. */
  get count(): number {
    return this.#count;
  }

  /** All of them. A view: valid until more are added. */
  get entries(): Uint8Array {
    return this.#entries.subarray(0, this.#count * entryBytes);
  }

  /** Takes entries that stand one after the other; the latest word on an id holds. */
  addAll(entries: Uint8Array): void {
    for (let at = 0; at + entryBytes <= entries.length; at += entryBytes) {
      this.#add(entries.subarray(at, at + entryBytes));
    }
  }

  find(mark: Uint8Array): Found | null {
    const number = this.#places[this.#placeOf(mark)] ?? 0;
    return number === 0 ? null : foundAt(this.#entries, (number - 1) * entryBytes);
  }

  #add(entry: Uint8Array): void {
    if ((this.#count + 1) * 2 > this.#places.length) this.#grow();
    const place = this.#placeOf(entry);
    const known = this.#places[place] ?? 0;
    const number = known || ++this.#count;
    const at = (number - 1) * entryBytes;
    if (known && word(this.#entries, at + timeAt) > word(entry, timeAt)) return;
    this.#places[place] = number;
    this.#entries.set(entry, at);
  }

  /** Where the id stands, or would. */
  #placeOf(mark: Uint8Array): number {
    const mask = this.#places.length - 1;
    for (let place = this.#first(word(mark, 0));; place = place + 1 & mask) {
      const number = this.#places[place] ?? 0;
      if (number === 0 || isOf(mark, this.#entries, (number - 1) * entryBytes)) return place;
    }
  }

  #first(head: number): number {
    return Math.imul(head, this.#salt) >>> (Math.clz32(this.#places.length) + 1);
  }

  #grow(): void {
    const { entries } = this;
    this.#places = new Uint32Array(this.#places.length * 2);
    this.#entries = new Uint8Array(this.#places.length / 2 * entryBytes);
    this.#count = 0;
    this.addAll(entries);
  }
}
