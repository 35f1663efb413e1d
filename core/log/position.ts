/**
 * Where an event stands in the log. Positions are commit versionstamps, so their order is commit
 * order and a reader can never meet a position older than one it has seen. Gaps mean nothing.
 *
 * @module
 */

export interface Position {
  readonly partition: number;
  /** 20 hex digits. */
  readonly versionstamp: string;
  /** Place inside the record of that commit. */
  readonly index: number;
}

/** The partition of a project: the same for the life of a log generation. */
export function partitionOf(project: string, partitions: number): number {
  // FNV-1a: spreads short ids well and needs no dependency; it is not a security boundary.
  let hash = 0x811c9dc5;
  for (let i = 0; i < project.length; i++) {
    hash = Math.imul(hash ^ project.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % partitions;
}
