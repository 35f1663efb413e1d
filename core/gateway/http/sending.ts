/**
 * What comes of a request.
 *
 * @module
 */
import type { Head } from "../plan.ts";

/** No connection came about: the request was never sent. */
export class NotConnected extends Error {
  override readonly name = "NotConnected";

  constructor(readonly reason: Error) {
    super("No connection", { cause: reason });
  }
}

/** A head, chunks and an end, or an error at any time instead. */
export interface Sending {
  onHead(head: Head): void;
  /** The bytes are the receiver's. */
  onChunk(chunk: Uint8Array): void;
  onEnd(): void;
  /**
   * Nothing follows.
   *
   * @param stale the provider closed a kept connection without a word: when that comes at once, nothing was
   * processed
   */
  onError(error: Error, stale: boolean): void;
}
