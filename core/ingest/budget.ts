/**
 * Bounds what the bodies of all requests together take in memory.
 *
 * @module
 */
import { AppError } from "../error.ts";

export interface Share {
  /** @throws {AppError} `rate_limited` when the budget is used up */
  take(bytes: number): void;
  /** Gives back all that was taken. */
  release(): void;
}

export class Budget {
  #used = 0;
  readonly #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Bytes that are taken now. */
  get used(): number {
    return this.#used;
  }

  share(): Share {
    let taken = 0;
    return {
      take: (bytes) => {
        // One request alone always gets through.
        if (this.#used > taken && this.#used + bytes > this.#bytes) {
          throw new AppError("rate_limited");
        }
        this.#used += bytes;
        taken += bytes;
      },
      release: () => {
        this.#used -= taken;
        taken = 0;
      },
    };
  }
}
