/**
 * Gradient-boosted trees for a yes/no label: log-odds, second-order leaves, best leaf first, a random
 * part of the features at every split, and features that may only raise or only lower the score.
 *
 * @module
 */
import type { Tree } from "@/core/cache/semantic/matcher/trees.ts";

export interface BoostOptions {
  readonly trees: number;
  readonly leaves: number;
  readonly rate: number;
  readonly minRows: number;
  readonly ridge: number;
  /** Share of the features that each split may look at. */
  readonly featureShare: number;
  readonly directions: readonly (-1 | 0 | 1)[];
  readonly random: () => number;
}

export interface Boosted {
  readonly bias: number;
  readonly trees: readonly Tree[];
}

/** The cuts worth trying for each feature: at most `most`, between values that occur. */
export function cutsOf(rows: readonly Float64Array[], most: number): number[][] {
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: width }, (_, feature) => {
    const values = [...new Set(rows.map((row) => row[feature] ?? 0))].sort((x, y) => x - y);
    const between = values.slice(1).map((value, at) => round((value + (values[at] ?? value)) / 2));
    const unique = [...new Set(between)];
    if (unique.length <= most) return unique;
    const sorted = rows.map((row) => row[feature] ?? 0).sort((x, y) => x - y);
    const picked = Array.from({ length: most }, (_, at) => {
      const value = sorted[Math.floor((at + 0.5) * sorted.length / most)] ?? 0;
      return round(value + 1e-4);
    });
    return [...new Set(picked)];
  });
}

const round = (value: number) => Number(value.toPrecision(3));

interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
  readonly left: number;
  readonly right: number;
}

interface Leaf {
  readonly rows: Int32Array;
  readonly low: number;
  readonly high: number;
  value: number;
  split: Split | null;
  children: readonly [Leaf, Leaf] | null;
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** Learns from rows of features. */
export function boost(
  rows: readonly Float64Array[],
  labels: readonly boolean[],
  cuts: readonly (readonly number[])[],
  options: BoostOptions,
): Boosted {
  const count = rows.length;
  const yes = labels.filter(Boolean).length;
  const bias = Math.log((yes + 1) / (count - yes + 1));
  const bins = cuts.map((points, feature) =>
    Uint8Array.from(rows, (row) => binOf(points, row[feature] ?? 0))
  );
  const margin = new Float64Array(count).fill(bias);
  const gradient = new Float64Array(count);
  const hessian = new Float64Array(count);
  const trees: Tree[] = [];
  for (let round = 0; round < options.trees; round++) {
    for (let at = 0; at < count; at++) {
      const chance = 1 / (1 + Math.exp(-(margin[at] ?? 0)));
      gradient[at] = chance - Number(labels[at]);
      hessian[at] = chance * (1 - chance);
    }
    const root = grow({ bins, cuts, gradient, hessian, options }, count);
    shrink(root, options.rate);
    addTo(margin, root);
    trees.push(treeOf(root, cuts));
  }
  return { bias, trees };
}

function binOf(points: readonly number[], value: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (points[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface Growing {
  readonly bins: readonly Uint8Array[];
  readonly cuts: readonly (readonly number[])[];
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  readonly options: BoostOptions;
}

function grow(growing: Growing, count: number): Leaf {
  const { options } = growing;
  const root = leafOf(growing, Int32Array.from({ length: count }, (_, at) => at), -9, 9);
  const leaves = [root];
  while (leaves.length < options.leaves) {
    const best = leaves.reduce((x, y) => (y.split?.gain ?? 0) > (x.split?.gain ?? 0) ? y : x);
    if (!best.split) break;
    const { feature, bin, left, right } = best.split;
    const column = growing.bins[feature] ?? new Uint8Array();
    const direction = options.directions[feature] ?? 0;
    const middle = (left + right) / 2;
    const bounds = (side: -1 | 1) =>
      direction === 0
        ? [best.low, best.high] as const
        : side === -direction
        ? [best.low, Math.min(best.high, middle)] as const
        : [Math.max(best.low, middle), best.high] as const;
    best.children = [
      leafOf(growing, best.rows.filter((row) => (column[row] ?? 0) <= bin), ...bounds(-1)),
      leafOf(growing, best.rows.filter((row) => (column[row] ?? 0) > bin), ...bounds(1)),
    ];
    leaves.splice(leaves.indexOf(best), 1, ...best.children);
  }
  return root;
}

function leafOf(growing: Growing, rows: Int32Array, low: number, high: number): Leaf {
  const { gradient, hessian, options } = growing;
  let [g, h] = [0, 0];
  for (const row of rows) {
    g += gradient[row] ?? 0;
    h += hessian[row] ?? 0;
  }
  const value = clamp(-g / (h + options.ridge), low, high);
  return {
    rows,
    low,
    high,
    value,
    split: bestSplit(growing, rows, g, h, low, high),
    children: null,
  };
}

function bestSplit(
  growing: Growing,
  rows: Int32Array,
  g: number,
  h: number,
  low: number,
  high: number,
): Split | null {
  const { bins, cuts, gradient, hessian, options } = growing;
  if (rows.length < 2 * options.minRows) return null;
  const { ridge } = options;
  const valueOf = (gs: number, hs: number) => clamp(-gs / (hs + ridge), low, high);
  const lossOf = (gs: number, hs: number, value: number) =>
    gs * value + 0.5 * (hs + ridge) * value * value;
  const whole = lossOf(g, h, valueOf(g, h));
  let best: Split | null = null;
  for (let feature = 0; feature < bins.length; feature++) {
    if (options.random() > options.featureShare) continue;
    const size = (cuts[feature]?.length ?? 0) + 1;
    const column = bins[feature] ?? new Uint8Array();
    const [gs, hs, ns] = [new Float64Array(size), new Float64Array(size), new Int32Array(size)];
    for (const row of rows) {
      const bin = column[row] ?? 0;
      gs[bin] = (gs[bin] ?? 0) + (gradient[row] ?? 0);
      hs[bin] = (hs[bin] ?? 0) + (hessian[row] ?? 0);
      ns[bin] = (ns[bin] ?? 0) + 1;
    }
    const direction = options.directions[feature] ?? 0;
    let [gl, hl, nl] = [0, 0, 0];
    for (let bin = 0; bin < size - 1; bin++) {
      gl += gs[bin] ?? 0;
      hl += hs[bin] ?? 0;
      nl += ns[bin] ?? 0;
      if (nl < options.minRows || rows.length - nl < options.minRows) continue;
      const [left, right] = [valueOf(gl, hl), valueOf(g - gl, h - hl)];
      if (direction * (right - left) < 0) continue;
      const gain = whole - lossOf(gl, hl, left) - lossOf(g - gl, h - hl, right);
      if (gain > (best?.gain ?? 1e-6)) best = { gain, feature, bin, left, right };
    }
  }
  return best;
}

function addTo(margin: Float64Array, leaf: Leaf): void {
  if (leaf.children) return leaf.children.forEach((child) => addTo(margin, child));
  for (const row of leaf.rows) margin[row] = (margin[row] ?? 0) + leaf.value;
}

/** Small steps: a tree corrects a part of what is wrong and leaves the rest to the next. */
function shrink(leaf: Leaf, rate: number): void {
  leaf.value *= rate;
  leaf.children?.forEach((child) => shrink(child, rate));
}

function treeOf(leaf: Leaf, cuts: readonly (readonly number[])[]): Tree {
  if (!leaf.children || !leaf.split) return { leaf: leaf.value };
  const { feature, bin } = leaf.split;
  return {
    feature,
    cut: cuts[feature]?.[bin] ?? 0,
    left: treeOf(leaf.children[0], cuts),
    right: treeOf(leaf.children[1], cuts),
  };
}
