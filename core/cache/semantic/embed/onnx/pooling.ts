/**
 * From what a model gives for each piece to one vector for a text: the mean over the pieces that are no
 * padding, over all windows of the text, at length one.
 *
 * @module
 */
import { normalised } from "../embedder.ts";
import type { Batch } from "./windows.ts";

/** What the model gave: as many numbers as its dimensions say. */
export interface Output {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** The output has another shape than a sentence model's; the message says both. */
export class WrongShape extends Error {
  override readonly name = "WrongShape";
}

/** Sums by text, so that a text's windows count by their length. */
export interface Pool {
  add(batch: Batch, output: Output): void;
  /** One vector for each text. */
  vectors(): Float32Array[];
}

/** @param texts how many texts will be pooled, by their place */
export function createPool(texts: number): Pool {
  const sums: (Float32Array | undefined)[] = new Array(texts);
  return {
    add(batch, { dims, data }) {
      const [rows, columns, size] = dims;
      const perPiece = dims.length === 3 && rows === batch.rows && columns === batch.columns;
      const perWindow = dims.length === 2 && rows === batch.rows;
      const width = perPiece ? size : perWindow ? columns : undefined;
      if (!width || data.length !== dims.reduce((product, dim) => product * dim, 1)) {
        throw new WrongShape(
          `The model answered with the shape [${dims.join(", ")}]; expected ` +
            `[${batch.rows}, ${batch.columns}, size] or [${batch.rows}, size]`,
        );
      }
      for (const [row, { text, ids }] of batch.windows.entries()) {
        const sum: Float32Array = sums[text] ??= new Float32Array(width);
        if (sum.length !== width) throw new WrongShape("The model's vectors differ in length");
        // A vector of a whole window counts as many times as it has pieces.
        const pieces = perPiece ? ids.length : 1;
        const weight = perPiece ? 1 : ids.length;
        for (let piece = 0; piece < pieces; piece++) {
          const from = perPiece ? (row * batch.columns + piece) * width : row * width;
          for (let at = 0; at < width; at++) {
            sum[at] = (sum[at] ?? 0) + weight * (data[from + at] ?? 0);
          }
        }
      }
    },
    vectors: () =>
      Array.from(sums, (sum) => {
        if (!sum) throw new WrongShape("The model gave no vector for a text");
        if (!sum.every(Number.isFinite)) {
          throw new WrongShape("The model answered with numbers that are not finite");
        }
        return normalised(sum);
      }),
  };
}
