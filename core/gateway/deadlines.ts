/**
 * Deadlines for many calls with one timer: a timer for each call, moved with each chunk, would cost
 * more than the chunk. A deadline is met at most a quarter of the shortest allowance late.
 *
 * @module
 */

export interface Deadline {
  /** Moves it to this many milliseconds from now; `Infinity` stops the clock. */
  touch(allowance: number): void;
  cancel(): void;
}

interface Entry {
  at: number;
  onPassed: () => void;
}

const nothing = () => {};

export class Deadlines {
  readonly #now: () => number;
  readonly #entries = new Set<Entry>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #period = Infinity;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param shortest the shortest allowance that it will be given */
  start(first: number, onPassed: () => void, shortest = first): Deadline {
    const entry: Entry = { at: this.#now() + first, onPassed };
    this.#entries.add(entry);
    this.#tickAtLeastEvery(Math.max(5, Math.min(1_000, shortest / 4)));
    return {
      touch: (allowance) => {
        entry.at = this.#now() + allowance;
      },
      cancel: () => {
        this.#entries.delete(entry);
        // A set that grows leaves its old table to the collector with what was in it: without this,
        // every entry in there would keep its whole call until the next full collection.
        entry.onPassed = nothing;
      },
    };
  }

  /** The timer stays while calls come and go: starting one for each lone call would cost more. */
  #tickAtLeastEvery(period: number): void {
    if (this.#timer !== undefined && this.#period <= period) return;
    clearInterval(this.#timer);
    this.#period = period;
    this.#timer = setInterval(() => this.#tick(), period);
  }

  #tick(): void {
    if (this.#entries.size === 0) {
      this.close();
      return;
    }
    const now = this.#now();
    for (const entry of this.#entries) {
      if (entry.at > now) continue;
      this.#entries.delete(entry);
      entry.onPassed();
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#period = Infinity;
  }
}
