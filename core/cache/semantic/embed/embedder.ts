/**
 * The port to whatever turns texts into vectors.
 *
 * @module
 */

export interface Embedder {
  /**
   * Names the model, its version and its address; a part of the partition, because vectors of two
   * models do not compare.
   */
  readonly identity: string;
  /** One vector for each text, in order, of any length but all of the same. */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
}

/** The vector at length one, so that a dot product is the cosine. */
export function normalised(vector: Float32Array): Float32Array {
  let square = 0;
  for (const value of vector) square += value * value;
  const length = Math.sqrt(square);
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** Dot product of two vectors of the same length. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
