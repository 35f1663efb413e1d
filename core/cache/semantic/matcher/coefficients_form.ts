/**
 * What the matcher has learnt, and nothing of what it was learnt from: weights of common words and
 * boosted trees over the features.
 *
 * @module
 */

export interface Coefficients {
  /** Stems by how much they say: `levels[i]` holds those of weight `(i + 1) / 2`. */
  readonly levels: readonly string[];
  /** Weight of a stem that no level holds. */
  readonly unknown: number;
  readonly cuts: readonly (readonly number[])[];
  readonly trees: string;
  /** The score is a chance when the trees' sum is taken as log-odds with this added. */
  readonly bias: number;
  /** Score from which the learner found the matcher right often enough. */
  readonly threshold: number;
  /** SHA-256 of the file of pairs that it was learnt from, so that nobody reports on that half. */
  readonly learntFrom: string;
}
