/**
 * Comparing lists in which an item may occur more than once.
 *
 * @module
 */

/** What one list has and the other has not, both ways. */
export function differing(a: readonly string[], b: readonly string[]): string[] {
  const [onlyA, onlyB] = difference(a, b);
  return [...onlyA, ...onlyB];
}

/** What only the first has, and what only the second has. */
export function difference(
  a: readonly string[],
  b: readonly string[],
): readonly [onlyA: readonly string[], onlyB: readonly string[]] {
  const counts = new Map<string, number>();
  for (const item of a) counts.set(item, (counts.get(item) ?? 0) + 1);
  const onlyB = b.filter((item) => {
    const left = counts.get(item) ?? 0;
    if (left > 0) counts.set(item, left - 1);
    return left === 0;
  });
  const onlyA = [...counts].flatMap(([item, count]) => new Array<string>(count).fill(item));
  return [onlyA, onlyB];
}
