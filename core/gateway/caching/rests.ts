/**
 * Who was too slow several times in turn is left alone for a while: calls do not wait for it, one after
 * the other, each its whole deadline.
 *
 * @module
 */
import { Recent } from "../../recent.ts";

/** So many times in turn may be too slow. */
const inTurn = 3;
const restMs = 1_000;
/** Names that are remembered. */
const kept = 1_000;

interface Standing {
  readonly slow: number;
  readonly until: number;
}

export class Rests {
  readonly #standings = new Recent<Standing>(kept);

  /** @param now monotonic milliseconds */
  isResting(name: string, now: number): boolean {
    return now < (this.#standings.get(name)?.until ?? 0);
  }

  wasSlow(name: string, now: number): void {
    const slow = (this.#standings.get(name)?.slow ?? 0) + 1;
    this.#standings.set(name, { slow, until: slow >= inTurn ? now + restMs : 0 });
  }

  wasFine(name: string): void {
    if (this.#standings.get(name)) this.#standings.set(name, { slow: 0, until: 0 });
  }
}
