/**
 * Which labels of a time axis are written: each once, and no more than there is room for.
 *
 * @module
 */

/**
 * The labels to write, by bucket; null where none is.
 *
 * @param labels one for each bucket; neighbours may have the same
 * @param room how many fit beside each other
 * @example
 * ```ts
 * import { thinLabels } from "@/components/tick_labels.ts";
 * import { expect } from "expect";
 *
 * expect(thinLabels(["1 Nov", "1 Nov", "2 Nov", "2 Nov", "3 Nov"], 2))
 *   .toEqual(["1 Nov", null, null, null, "3 Nov"]);
 * ```
 */
export function thinLabels(labels: readonly string[], room: number): (string | null)[] {
  const isNew = labels.map((label, index) => label !== labels[index - 1]);
  const count = isNew.filter(Boolean).length;
  const step = Math.max(1, Math.ceil(count / Math.max(1, room)));
  let seen = -1;
  return labels.map((label, index) => {
    if (!isNew[index]) return null;
    seen += 1;
    return seen % step === 0 ? label : null;
  });
}
