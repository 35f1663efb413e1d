/**
 * Two texts word by word: what both have, what only the first has, what only the second has.
 *
 * @module
 */

export interface Piece {
  readonly text: string;
  readonly side: "both" | "before" | "after";
}

/** More words than this on both sides are not compared: the work grows with their product. */
const mostCells = 4_000_000;

/**
 * Null when the texts are too long to be compared.
 *
 * @example
 * ```ts
 * import { wordDiff } from "@/components/playground/word_diff.ts";
 * import { expect } from "expect";
 *
 * expect(wordDiff("It is late.", "It was late.")).toEqual([
 *   { text: "It ", side: "both" },
 *   { text: "is", side: "before" },
 *   { text: "was", side: "after" },
 *   { text: " late.", side: "both" },
 * ]);
 * ```
 */
export function wordDiff(before: string, after: string): readonly Piece[] | null {
  const a = wordsOf(before);
  const b = wordsOf(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let same = 0;
  while (
    same < a.length - start && same < b.length - start && a.at(-1 - same) === b.at(-1 - same)
  ) same++;
  const [ours, theirs] = [a.slice(start, a.length - same), b.slice(start, b.length - same)];
  if (ours.length * theirs.length > mostCells) return null;
  const pieces: Piece[] = [];
  const add = (text: string, side: Piece["side"]) => {
    const last = pieces.at(-1);
    if (last?.side === side) pieces[pieces.length - 1] = { text: last.text + text, side };
    else if (text !== "") pieces.push({ text, side });
  };
  add(a.slice(0, start).join(""), "both");
  for (const { text, side } of walk(ours, theirs)) add(text, side);
  add(a.slice(a.length - same).join(""), "both");
  return pieces;
}

/** The longest common part, by the table of lengths from the end. */
function* walk(a: readonly string[], b: readonly string[]): Generator<Piece> {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const length = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = a[i] === b[j]
        ? length(i + 1, j + 1) + 1
        : Math.max(length(i + 1, j), length(i, j + 1));
    }
  }
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [ours, theirs] = [a[i], b[j]];
    if (ours !== undefined && ours === theirs) {
      yield { text: ours, side: "both" };
      i++;
      j++;
    } else if (
      ours !== undefined && (theirs === undefined || length(i + 1, j) >= length(i, j + 1))
    ) {
      yield { text: ours, side: "before" };
      i++;
    } else {
      yield { text: theirs ?? "", side: "after" };
      j++;
    }
  }
}

function wordsOf(text: string): string[] {
  return text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}
