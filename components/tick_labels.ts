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
  const fresh = labels.flatMap((label, index) => label === labels[index - 1] ? [] : [index]);
  const step = Math.max(1, Math.ceil(fresh.length / Math.max(1, room)));
  const gap = labels.length / Math.max(1, room);
  const shown: number[] = [];
  for (const index of fresh.filter((_, place) => place % step === 0)) {
    const last = shown.at(-1);
    if (last === undefined || index - last >= gap) shown.push(index);
    // A day of which the range has only the end gives way to the whole day after it.
    else if (shown.length === 1) shown[0] = index;
  }
  return labels.map((label, index) => shown.includes(index) ? label : null);
}
