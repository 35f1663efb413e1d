/**
 * Whether the log takes what is given to it, as its appends tell. Keeps a handful of numbers and nothing
 * of the events.
 *
 * @module
 */
import { AppError } from "../error.ts";

/** Codes that say something of the store, not of the event. */
const refusals: ReadonlySet<string> = new Set(["log_unavailable", "log_overloaded"]);

/** Times are milliseconds of whatever clock the caller has. */
export class LogHealth {
  #waiting = 0;
  /** When something last began to wait with nothing before it, or was last answered. */
  #movedAt = 0;
  #refusing = false;

  /** An append has begun. */
  begun(at: number): void {
    if (this.#waiting++ === 0) this.#movedAt = at;
  }

  /** It is on disk. */
  stored(at: number): void {
    this.#waiting--;
    this.#movedAt = at;
    this.#refusing = false;
  }

  /** It was rejected. */
  failed(error: unknown, at: number): void {
    this.#waiting--;
    this.#movedAt = at;
    if (error instanceof AppError && refusals.has(error.code)) this.#refusing = true;
  }

  /** Whether the latest append that the store decided on was refused. */
  get refusing(): boolean {
    return this.#refusing;
  }

  /** The store takes events again, as another write has shown. */
  recovered(): void {
    this.#refusing = false;
  }

  /** For how long events have waited without one of them being decided on; 0 when none waits. */
  stalledMs(now: number): number {
    return this.#waiting === 0 ? 0 : Math.max(0, now - this.#movedAt);
  }
}
