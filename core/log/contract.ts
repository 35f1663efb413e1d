/**
 * What the rest of the product may ask of the event log.
 *
 * @module
 */
import type { Event } from "../event/event.ts";
import type { Position } from "./position.ts";

/** A body that belongs to an event, as bytes. */
export interface Payload {
  readonly bytes: Uint8Array;
  readonly contentType: string | null;
  /** Size before the caller cut it, when it did. */
  readonly originalBytes?: number;
}

/**
 * A value that is stored in the very commit that stores an event: either both are there or neither.
 * The store may refuse many of them: see `kvLimits`.
 */
export interface Companion {
  readonly key: Deno.KvKey;
  readonly value: Uint8Array;
  /** Milliseconds after which it may go away by itself. */
  readonly expireIn?: number;
  /**
   * The key, one text alone, is that of a list: the values that all events of a commit bring to it are
   * joined and stored as one, under the text and the commit's versionstamp.
   */
  readonly joined?: boolean;
}

/** An event before the log has decided how to keep its payloads. */
export type EventDraft = Event extends infer E ? E extends Event ? Omit<E, "payloads"> : never
  : never;

export interface Appended {
  readonly id: string;
  readonly position: Position;
}

/** Writing. A resolved append is on disk; a rejected one may or may not be (retry with the same id). */
export interface LogWriter {
  /**
   * Appends one event with its payloads and resolves after the commit.
   *
   * @param beside at most 8 values to store in the same commit
   * @throws {AppError} `log_overloaded` when the queue is at its bound, `log_closed` after `close()`
   */
  append(
    event: EventDraft,
    payloads?: Readonly<Record<string, Payload>>,
    beside?: readonly Companion[],
  ): Promise<Appended>;
  /** What waits for its commit now. */
  readonly pending: { readonly events: number; readonly bytes: number };
  /** Commits what waits, then refuses further appends. */
  close(): Promise<void>;
}

/** One stored event as read back: raw, because a reader may be older than the writer. */
export interface LogEntry {
  readonly position: Position;
  readonly raw: unknown;
  /** Bytes it takes in its record. */
  readonly bytes: number;
}

/** One commit's events of one partition. */
export interface LogRecord {
  readonly partition: number;
  readonly versionstamp: string;
  readonly entries: readonly LogEntry[];
}

export interface ReadOptions {
  /** Read records after this versionstamp; null reads from the beginning. */
  readonly after: string | null;
  /** Read no further than this versionstamp, included. */
  readonly upTo?: string;
  readonly maxRecords?: number;
  readonly maxBytes?: number;
}

/** Reading. */
export interface LogReader {
  readonly generation: number;
  readonly partitions: number;
  read(partition: number, options: ReadOptions): Promise<readonly LogRecord[]>;
  /**
   * A payload's bytes.
   *
   * @throws {DamagedPayload} when a chunk is missing, or length or hash differ
   */
  payload(event: Event, name: string): Promise<Uint8Array | null>;
}
