/**
 * One stored answer in the other of its two forms: a JSON answer as the stream that the provider would
 * have sent, a stream as the JSON answer. An SDK makes the same of both.
 *
 * @module
 */

export interface Rendering {
  /** The stream of a JSON answer, as text. */
  stream(answer: Readonly<Record<string, unknown>>, options: StreamOptions): string;
  /** The JSON answer of a stream's events; null when they make none. */
  fold(events: readonly unknown[]): Readonly<Record<string, unknown>> | null;
}

export interface StreamOptions {
  /** Whether the stream ends with its usage, where the client decides that. */
  readonly usage: boolean;
}
