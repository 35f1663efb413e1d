/**
 * The order in which route files are registered: what others inherit comes first, and of two
 * patterns that may match one address the more specific one.
 *
 * @module
 */

/** Compares two route ids such as `/blog/[slug]`. */
export function compareRoutes(a: string, b: string): number {
  const left = a.split("/").slice(1);
  const right = b.split("/").slice(1);
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const one = left[i] ?? "";
    const other = right[i] ?? "";
    const byRank = rank(one) - rank(other);
    if (byRank !== 0) return byRank;
    if (one !== other) return one < other ? -1 : 1;
  }
  return left.length - right.length;
}

function rank(part: string): number {
  if (part === "_app") return 0;
  if (part === "_middleware") return 1;
  if (part === "_layout") return 2;
  if (part.startsWith("_")) return 3;
  if (part.startsWith("(")) return 5;
  if (part.startsWith("[...")) return 7;
  if (part.includes("[")) return 6;
  return 4;
}
