/**
 * Where the questions of a partition are searched that memory has no room for. It is an index and no
 * more: what an entry says, and whether it still is one, KV alone knows.
 *
 * @module
 */

export interface Scope {
  readonly projectId: string;
  readonly partition: string;
}

/** An entry as it is searched. */
export interface BeyondEntry {
  readonly id: string;
  /** Of length one. */
  readonly vector: Float32Array;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** The search did not come to an end in its time, or could not be made. */
export class BeyondUnavailable extends Error {
  override readonly name = "BeyondUnavailable";
}

export interface BeyondIndex {
  /** Adds entries; the same ones again change nothing. */
  add(scope: Scope, entries: readonly BeyondEntry[]): Promise<void>;
  /**
   * Ids of entries whose vectors are near, nearest first, approximately. Answers in a short time or
   * rejects.
   *
   * @throws {BeyondUnavailable}
   */
  search(scope: Scope, vector: Float32Array, most: number): Promise<string[]>;
  count(scope: Scope): Promise<number>;
  remove(scope: Scope, ids: readonly string[]): Promise<void>;
  /** Removes entries of a project, whatever their partitions; resolves when they are gone. */
  erase(projectId: string, ids: readonly string[]): Promise<void>;
  /** Removes all of a project. */
  clear(projectId: string): Promise<void>;
}
