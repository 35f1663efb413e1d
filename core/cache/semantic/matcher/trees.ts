/**
 * Boosted trees in text form: how the learnt coefficients are written and read.
 *
 * A tree is written in preorder. `f c` of a split are one character each (feature, index of the cut);
 * a leaf is `!` and two characters (its value in steps of 1/512, offset by 4). Characters come from
 * `alphabet`, so that the text needs no escapes anywhere.
 *
 * @module
 */

export const alphabet =
  "#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~";

const base = alphabet.length;
const leafMark = "!";
const step = 512;
const offset = 4;

/** Values up to `cut` go left. */
export type Tree =
  | { readonly leaf: number }
  | { readonly feature: number; readonly cut: number; readonly left: Tree; readonly right: Tree };

/** Writes a tree; cuts must be among `cuts` of their feature. */
export function writeTree(tree: Tree, cuts: readonly (readonly number[])[]): string {
  if ("leaf" in tree) {
    const value = Math.round((Math.max(-offset, Math.min(offset, tree.leaf)) + offset) * step);
    return leafMark + alphabet.charAt(Math.floor(value / base)) + alphabet.charAt(value % base);
  }
  const at = cuts[tree.feature]?.indexOf(tree.cut) ?? -1;
  if (at < 0 || at >= base || tree.feature >= base) {
    throw new RangeError(`Cannot write the cut ${tree.cut} of feature ${tree.feature}`);
  }
  return alphabet.charAt(tree.feature) + alphabet.charAt(at) + writeTree(tree.left, cuts) +
    writeTree(tree.right, cuts);
}

/** Reads trees written one after the other. */
export function readTrees(text: string, cuts: readonly (readonly number[])[]): Tree[] {
  let at = 0;
  const digit = () => alphabet.indexOf(text.charAt(at++));
  const read = (): Tree => {
    if (text[at] === leafMark) {
      at++;
      return { leaf: (digit() * base + digit()) / step - offset };
    }
    const feature = digit();
    const cut = cuts[feature]?.[digit()];
    if (cut === undefined) throw new SyntaxError(`Cannot read the trees: no such cut at ${at}`);
    return { feature, cut, left: read(), right: read() };
  };
  const trees: Tree[] = [];
  while (at < text.length) trees.push(read());
  return trees;
}

/** The sum of all trees' leaves for one row of features. */
export function scoreOf(trees: readonly Tree[], row: ArrayLike<number>): number {
  let sum = 0;
  for (const tree of trees) {
    let node = tree;
    while (!("leaf" in node)) node = (row[node.feature] ?? 0) <= node.cut ? node.left : node.right;
    sum += node.leaf;
  }
  return sum;
}
