/**
 * What of a stream may reach the client before the call is on record: everything but its last event,
 * which clients take for the end. Takes out the usage chunk that the client did not ask for as well.
 *
 * @module
 */
import { LastLine } from "./last_line.ts";
import { UsageFilter } from "./usage_filter.ts";

/**
 * A last event that is longer than this is none: what is held for it would fill the memory. Some carry the
 * whole answer again, pictures included.
 */
const mostHeld = 32 * 1024 * 1024;

export interface GateOptions {
  /** Whether to take the usage-only chunk out. */
  readonly stripUsage: boolean;
  /** What the line begins with that tells the last event; empty when nothing is to be held. */
  readonly lastLines: readonly string[];
}

export class CommitGate {
  readonly #filter: UsageFilter | null;
  #lastLine: LastLine | null;
  #held: Uint8Array[] | null = null;
  #heldBytes = 0;
  #complete = false;

  constructor({ stripUsage, lastLines }: GateOptions) {
    this.#filter = stripUsage ? new UsageFilter() : null;
    this.#lastLine = lastLines.length > 0 ? new LastLine(lastLines) : null;
  }

  /** Whether the last event came, whole. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Bytes that are held. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Takes what the provider sent, gives what may go on now; null for nothing. */
  push(chunk: Uint8Array): Uint8Array | null {
    const bytes = this.#filter ? this.#filter.push(chunk) : chunk;
    if (bytes === null) return null;
    if (this.#held === null) {
      if (!this.#lastLine?.push(bytes)) return bytes;
      this.#lastLine = null;
      this.#held = [];
    }
    this.#hold(bytes);
    this.#complete ||= endsEvent(bytes) || this.#heldBytes > mostHeld;
    return null;
  }

  /** The provider's stream ended: what is left is held too, until `release()`. */
  end(): void {
    const rest = this.#filter?.end();
    if (rest) this.#hold(rest);
  }

  #hold(bytes: Uint8Array): void {
    (this.#held ??= []).push(bytes);
    this.#heldBytes += bytes.length;
  }

  /** Opens the gate; gives what was held. Nothing is held any more. */
  release(): readonly Uint8Array[] {
    const held = this.#held ?? [];
    this.#held = null;
    this.#heldBytes = 0;
    this.#lastLine = null;
    return held;
  }
}

/** Whether the bytes end in an empty line. The line's own end may have come before them. */
function endsEvent(bytes: Uint8Array): boolean {
  const end = bytes.length;
  if (bytes[end - 1] !== 10) return false;
  const before = bytes[end - 2] === 13 ? end - 3 : end - 2;
  return before < 0 || bytes[before] === 10;
}
