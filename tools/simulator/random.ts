/**
 * Repeatable randomness: a generator from a text, so that the same request under the same seed gets
 * the same answer whatever else happens meanwhile.
 *
 * @module
 */
import { seededRandom } from "../seeded_random.ts";

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** 32-bit FNV-1a. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}

/** A stream of numbers that depends on the text alone. */
export class Random {
  /** In [0, 1). */
  readonly next: () => number;

  constructor(text: string) {
    this.next = seededRandom(hash(text));
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError("Cannot pick from an empty list");
    return item;
  }

  /** One of the items, each as often as its weight says. */
  weighted<T>(items: readonly (readonly [T, number])[]): T {
    let rest = this.next() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      rest -= weight;
      if (rest < 0) return item;
    }
    return this.pick(items)[0];
  }

  /** Around `median`, with a long tail to the right: how latencies and lengths are spread. */
  logNormal(median: number, sigma: number): number {
    const u = 1 - this.next();
    const normal = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.next());
    return median * Math.exp(sigma * normal);
  }

  /** Letters and digits, as providers make their ids of. */
  id(length: number): string {
    let id = "";
    for (let i = 0; i < length; i++) id += base62[Math.floor(this.next() * 62)];
    return id;
  }

  hex(length: number): string {
    let id = "";
    for (let i = 0; i < length; i++) id += Math.floor(this.next() * 16).toString(16);
    return id;
  }
}
