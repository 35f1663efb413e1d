/**
 * A map of bounded size that drops what was used longest ago, some entries at a time: a Map walks past
 * all that was lately deleted to find its oldest entry, which would be paid for by every insertion.
 *
 * @module
 */
/**
 * @example
 * ```ts
 * import { Recent } from "@/core/recent.ts";
 * import { expect } from "expect";
 *
 * const recent = new Recent<number>(2);
 * for (const [at, name] of ["a", "b", "a", "c"].entries()) recent.set(name, at);
 * expect([...recent.values()]).toEqual([2, 3]);
 * ```
 */
export class Recent<T> {
  readonly #entries = new Map<string, T>();
  readonly #capacity: number;
  /** How many entries are dropped when there are too many. */
  readonly #dropped: number;
  /** What was used last: a busy key need not be moved for each call. */
  #youngest: string | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#dropped = Math.max(1, Math.floor(capacity / 16));
  }

  get size(): number {
    return this.#entries.size;
  }

  get(name: string): T | undefined {
    const value = this.#entries.get(name);
    if (value === undefined || name === this.#youngest) return value;
    // A Map keeps the order of insertion: what is put in again is the youngest.
    this.#entries.delete(name);
    this.#entries.set(name, value);
    this.#youngest = name;
    return value;
  }

  set(name: string, value: T): void {
    this.#entries.delete(name);
    this.#entries.set(name, value);
    this.#youngest = name;
    if (this.#entries.size > this.#capacity) this.#dropOldest();
  }

  #dropOldest(): void {
    let left = this.#dropped;
    for (const name of this.#entries.keys()) {
      this.#entries.delete(name);
      if (--left === 0) return;
    }
  }

  values(): Iterable<T> {
    return this.#entries.values();
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }

  deletePrefix(prefix: string): void {
    for (const name of this.#entries.keys()) if (name.startsWith(prefix)) this.delete(name);
  }
}
