/**
 * Pieces of a body as one.
 *
 * @module
 */

/** A body that came in one piece is handed on as it is. Pieces are copies of our own, never shared memory. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [only] = pieces;
  if (only && pieces.length === 1) return only as Uint8Array<ArrayBuffer>; // As said above.
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
