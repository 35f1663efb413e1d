/**
 * The sizes that the log keeps to. They lie inside `kvLimits`, with room for keys and for the
 * store's own overhead.
 *
 * @module
 */

export interface LogLimits {
  /** Events that may wait for their commit; one more is refused with `log_overloaded`. */
  readonly maxEvents: number;
  /** Bytes that may wait for their commit. */
  readonly maxBytes: number;
  /** Bytes of one part of a record, and of what its events bring to one list. */
  readonly recordBytes: number;
  /**
   * Parts of one record, at most 10. A commit takes about as long for two parts as for one, and a
   * partition has one record in it: with one part a project's calls would wait in line for commits.
   */
  readonly recordParts: number;
  /** Bytes of one atomic operation, keys counted twice. */
  readonly atomicBytes: number;
  /** Bytes of all keys in one atomic operation. */
  readonly atomicKeyBytes: number;
  /** What one atomic operation may set and delete. */
  readonly atomicMutations: number;
  /** Bytes of one chunk of a payload. */
  readonly chunkBytes: number;
  /**
   * A payload up to this size is kept inside its event. With larger ones a record holds so few
   * events that compressing them into chunks is faster, by measurement from about 5 KB on.
   */
  readonly inlineBytes: number;
  /** A payload is cut here, and says so. */
  readonly payloadBytes: number;
  /** An event may be this large, its payloads not counted; a larger one is refused. */
  readonly eventBytes: number;
}

export const defaultLimits: LogLimits = {
  maxEvents: 20_000,
  maxBytes: 64 * 1024 * 1024,
  recordBytes: 60 * 1024,
  recordParts: 4,
  atomicBytes: 700 * 1024,
  atomicKeyBytes: 64 * 1024,
  atomicMutations: 900,
  chunkBytes: 60 * 1024,
  inlineBytes: 4 * 1024,
  payloadBytes: 10 * 1024 * 1024,
  eventBytes: 1024 * 1024,
};
