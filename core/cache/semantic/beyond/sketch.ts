/**
 * Sketches of vectors: on which side of 256 planes a vector lies. Vectors with a small angle between
 * them differ in few bits, whatever their length was, and comparing two takes four machine words.
 *
 * Source: M. Charikar, Similarity estimation techniques from rounding algorithms, 2002.
 *
 * @module
 */

const bits = 256;

/** By vector length, the planes; the same for ever, since stored sketches were made with them. */
const planesOf = new Map<number, Float32Array>();

/** Four numbers of 64 bits, in digits. */
export function sketchOf(vector: Float32Array): readonly [string, string, string, string] {
  const planes = planesOf.get(vector.length) ?? makePlanes(vector.length);
  const words = new Uint32Array(bits / 32);
  for (let bit = 0; bit < bits; bit++) {
    let sum = 0;
    const from = bit * vector.length;
    for (let at = 0; at < vector.length; at++) sum += (vector[at] ?? 0) * (planes[from + at] ?? 0);
    if (sum > 0) words[bit >> 5] = (words[bit >> 5] ?? 0) | (1 << (bit & 31));
  }
  const word = (at: number) => {
    const [high, low] = [words[2 * at + 1] ?? 0, words[2 * at] ?? 0];
    return ((BigInt(high) << 32n) | BigInt(low)).toString();
  };
  return [word(0), word(1), word(2), word(3)];
}

function makePlanes(length: number): Float32Array {
  const next = numbers(length);
  const planes = new Float32Array(bits * length);
  // Sums of uniform numbers are normal enough for directions.
  for (let at = 0; at < planes.length; at++) planes[at] = next() + next() + next() + next() - 2;
  planesOf.set(length, planes);
  return planes;
}

/** Numbers from 0 up to 1 by xorshift, always the same. */
function numbers(seed: number): () => number {
  let state = (seed * 0x9e3779b1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
