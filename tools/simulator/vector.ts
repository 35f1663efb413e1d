/**
 * Embeddings: texts that share character groups get near vectors, of length one.
 *
 * @module
 */
import { hash } from "./random.ts";

export function embed(text: string, dimensions: number): number[] {
  const vector = new Float64Array(dimensions);
  const padded = ` ${text.toLowerCase()} `;
  for (let i = 0; i < Math.max(1, padded.length - 2); i++) {
    const code = hash(padded.slice(i, i + 3));
    const at = code % dimensions;
    vector[at] = (vector[at] ?? 0) + (code & 0x8000_0000 ? 1 : -1);
  }
  // A little of everything, so that no vector is mostly zeros.
  let seed = hash(text);
  for (let i = 0; i < dimensions; i++) {
    seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9 >>> 0;
    vector[i] = (vector[i] ?? 0) + (seed / 4_294_967_296 - 0.5) * 0.4;
  }
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
  return Array.from(vector, (value) => Math.fround(value / length));
}

/** Little-endian float32 in base64, as OpenAI sends vectors on request. */
export function base64Floats(vector: readonly number[]): string {
  return new Uint8Array(Float32Array.from(vector).buffer).toBase64();
}
