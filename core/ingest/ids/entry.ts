/**
 * One used id as bytes: its mark, a hash of what it was used for, and when.
 *
 * @module
 */

/** Bytes of an id's hash. */
export const markBytes = 16;
/** Bytes of the content's hash. */
export const contentBytes = 8;
/** The two, and the time in seconds since 1970. */
export const entryBytes = markBytes + contentBytes + 4;
/** Where an entry's time stands. */
export const timeAt = markBytes + contentBytes;

/** What is known of an id. */
export interface Found {
  /** In hex. */
  readonly content: string;
  /** Seconds since 1970. */
  readonly at: number;
}

/** @param mark in hex, as is the content */
export function entryOf(mark: string, content: string, seconds: number): Uint8Array {
  const entry = new Uint8Array(entryBytes);
  entry.setFromHex(mark + content);
  entry[timeAt] = seconds >>> 24;
  entry[timeAt + 1] = seconds >>> 16;
  entry[timeAt + 2] = seconds >>> 8;
  entry[timeAt + 3] = seconds;
  return entry;
}

/** What the entry at a place says. */
export function foundAt(entries: Uint8Array, at: number): Found {
  const content = entries.subarray(at + markBytes, at + timeAt).toHex();
  return { content, at: word(entries, at + timeAt) };
}

/** Four bytes as a number. */
export function word(bytes: Uint8Array, at: number): number {
  // Past the end reads as zero; callers stay inside.
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)) >>> 0;
}

/** A factor that spreads numbers over the high bits of their product. */
export function randomOdd(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) | 1;
}

/** Whether the entry at a place is the mark's. */
export function isOf(mark: Uint8Array, entries: Uint8Array, at: number): boolean {
  for (let i = 0; i < markBytes; i++) if (entries[at + i] !== mark[i]) return false;
  return true;
}
