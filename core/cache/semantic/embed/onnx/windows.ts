/**
 * Texts as a model takes them: windows of at most so many pieces, several of them in one run. A text
 * that is longer than a window is no shorter for it: all its windows count, as far as they are bounded.
 *
 * @module
 */
import type { Vocabulary } from "./vocabulary.ts";
import { wordPieces } from "./word_piece.ts";

/** Pieces that the model sees at once, with the marks of beginning and end. */
const windowLength = 256;
/** Windows of one text; what comes after them is not looked at. */
const mostWindows = 8;
/** Windows in one run of the model. */
const atOnce = 16;

export interface Window {
  /** Which of the texts it is of. */
  readonly text: number;
  readonly ids: readonly number[];
}

/** A batch as the model wants it: rows of equal length, padded. */
export interface Batch {
  readonly windows: readonly Window[];
  readonly rows: number;
  readonly columns: number;
  readonly ids: BigInt64Array;
  readonly mask: BigInt64Array;
}

/** The windows of some texts; each has one at least. */
export function windowsOf(texts: readonly string[], vocabulary: Vocabulary): Window[] {
  const { begin, end } = vocabulary;
  const inside = windowLength - 2;
  return texts.flatMap((text, at) => {
    const pieces = wordPieces(text, vocabulary);
    const count = Math.min(mostWindows, Math.max(1, Math.ceil(pieces.length / inside)));
    return Array.from({ length: count }, (_, window) => ({
      text: at,
      ids: [begin, ...pieces.slice(window * inside, (window + 1) * inside), end],
    }));
  });
}

/** Windows of like length together, so that little is padded. */
export function batchesOf(windows: readonly Window[]): Batch[] {
  const sorted = [...windows].sort((x, y) => x.ids.length - y.ids.length);
  const batches: Batch[] = [];
  for (let at = 0; at < sorted.length; at += atOnce) {
    batches.push(batch(sorted.slice(at, at + atOnce)));
  }
  return batches;
}

function batch(windows: readonly Window[]): Batch {
  const columns = Math.max(...windows.map(({ ids }) => ids.length));
  const ids = new BigInt64Array(windows.length * columns);
  const mask = new BigInt64Array(windows.length * columns);
  for (const [row, window] of windows.entries()) {
    for (const [column, id] of window.ids.entries()) {
      ids[row * columns + column] = BigInt(id);
      mask[row * columns + column] = 1n;
    }
  }
  return { windows, rows: windows.length, columns, ids, mask };
}
