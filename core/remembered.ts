/**
 * What was read from a store and may be a few seconds old: answers from memory, reads again beside the
 * answer when half the time is over, and never answers from a read older than the limit.
 *
 * @module
 */
import { Recent } from "./recent.ts";

export interface RememberedOptions<T> {
  readonly read: (name: string) => Promise<T>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** The oldest read that an answer may rest on, in milliseconds. @default {5_000} */
  readonly staleMs?: number;
  /** Names remembered. @default {10_000} */
  readonly capacity?: number;
}

interface Known<T> {
  readonly value: T;
  /** When the read behind it began. */
  readonly readAt: number;
}

/**
 * @example
 * ```ts
 * import { Remembered } from "@/core/remembered.ts";
 * import { expect } from "expect";
 *
 * let reads = 0;
 * const squares = new Remembered({
 *   read: (name) => Promise.resolve(++reads && Number(name) ** 2),
 *   now: () => 0,
 * });
 * expect(await squares.get("3")).toBe(9);
 * expect(squares.get("3")).toBe(9);
 * expect(reads).toBe(1);
 * ```
 */
export class Remembered<T> {
  readonly #options: RememberedOptions<T>;
  readonly #staleMs: number;
  readonly #known: Recent<Known<T>>;
  readonly #reads = new Map<string, Promise<T>>();

  constructor(options: RememberedOptions<T>) {
    this.#options = options;
    this.#staleMs = options.staleMs ?? 5_000;
    this.#known = new Recent(options.capacity ?? 10_000);
  }

  /** A promise only when nothing fresh enough is in memory; it rejects when the store cannot be read. */
  get(name: string): T | Promise<T> {
    const known = this.#known.get(name);
    const age = known ? this.#options.now() - known.readAt : Infinity;
    if (!known || age >= this.#staleMs) return this.#read(name);
    // A failure here shows when the value is too old to answer from.
    if (age > this.#staleMs / 2) this.#read(name).catch(() => {});
    return known.value;
  }

  /** Makes the next `get` read: call it when the value was changed here. */
  forget(name: string): void {
    this.#known.delete(name);
    this.#reads.delete(name);
  }

  /** Resolves when no read is under way. */
  async idle(): Promise<void> {
    while (this.#reads.size > 0) await Promise.allSettled(this.#reads.values());
  }

  #read(name: string): Promise<T> {
    const running = this.#reads.get(name);
    if (running) return running;
    const started: Promise<T> = this.#readNow(name, () => this.#reads.get(name) === started)
      .finally(() => {
        // `forget` may have put a younger read in this place.
        if (this.#reads.get(name) === started) this.#reads.delete(name);
      });
    this.#reads.set(name, started);
    return started;
  }

  async #readNow(name: string, isCurrent: () => boolean): Promise<T> {
    const readAt = this.#options.now();
    const value = await this.#options.read(name);
    // A read that began before a change here must not bring the old value back.
    if (isCurrent()) this.#known.set(name, { value, readAt });
    return value;
  }
}
