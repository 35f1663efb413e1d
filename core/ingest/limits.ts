/**
 * How much one ingest request may hold.
 *
 * @module
 */
import { mostEvents } from "./schema/answer.ts";

export interface IngestLimits {
  /** Bytes after decompression. */
  readonly bytes: number;
  /** How long the client may take to send the body, in milliseconds. */
  readonly milliseconds: number;
  readonly events: number;
  /** Levels of JSON. */
  readonly depth: number;
  /** Decompressed bytes for each compressed one; bodies up to `freeBytes` may have any ratio. */
  readonly ratio: number;
  readonly freeBytes: number;
}

export const defaultIngestLimits: IngestLimits = {
  bytes: 10 * 1024 * 1024,
  milliseconds: 30_000,
  events: mostEvents,
  depth: 64,
  ratio: 100,
  freeBytes: 1024 * 1024,
};
