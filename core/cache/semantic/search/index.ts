/**
 * What a partition's entries are searched with. Two kinds: by words, for the embedded matcher, and by
 * vectors, for an embedder.
 *
 * @module
 */
import type { Question } from "../text/question.ts";

/** A question as it is asked or stored, read once. */
export interface Probe {
  readonly text: string;
  readonly question: Question;
  /** With an embedder only. */
  readonly vector: Float32Array | null;
  /** Whose it is; null of a call that names no user, undefined where it is not known. */
  readonly user?: string | null | undefined;
}

export interface Found {
  readonly id: string;
  readonly probe: Probe;
  readonly similarity: number;
}

export interface Index {
  readonly size: number;
  add(id: string, probe: Probe): void;
  remove(id: string): void;
  get(id: string): Probe | null;
  /** The most similar entries, best first. */
  search(probe: Probe, most: number): Found[];
}
