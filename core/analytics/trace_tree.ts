/**
 * Makes a tree of what was recorded of a trace, whatever is missing or wrong with it. Pure.
 *
 * Guarantees: everything that was recorded is in the tree exactly once; no node is its own ancestor; no
 * child begins before its parent for display; what was mended is told.
 *
 * @module
 */
import type { ScoreRow, TraceNode } from "./trace_types.ts";

/** One span or call as it was recorded, or a derived tool. */
export interface Recorded extends Omit<TraceNode, "children" | "offset_ms" | "skew_ms" | "scores"> {
  /** Milliseconds since 1970, with fractions. */
  readonly startMs: number;
}

export interface Tree {
  readonly roots: TraceNode[];
  /** Scores of the trace as a whole. */
  readonly scores: ScoreRow[];
  readonly notes: string[];
}

interface Growing {
  readonly node: TraceNode;
  readonly recorded: Recorded;
  parent: Growing | null;
  readonly children: Growing[];
}

/** A node deeper than this hangs on its ancestor there: readers of JSON have limits. */
const deepest = 100;
/** Clocks that differ by no more than their resolution are not told of. */
const toldSkewMs = 2;

/** @param records spans and calls, each with its own `id` */
export function treeOf(records: readonly Recorded[], scores: readonly ScoreRow[]): Tree {
  const notes: string[] = [];
  const all = records.map((recorded): Growing => ({
    node: { ...nodeOf(recorded), offset_ms: 0, skew_ms: 0, scores: [], children: [] },
    recorded,
    parent: null,
    children: [],
  }));
  const bySpan = new Map<string, Growing>();
  for (const one of all) {
    const { span_id } = one.recorded;
    if (span_id !== null && !bySpan.has(span_id)) bySpan.set(span_id, one);
  }
  const orphans = new Set<Growing>();
  for (const one of all) {
    const { parent_span_id } = one.recorded;
    if (!parent_span_id) continue;
    const parent = bySpan.get(parent_span_id);
    if (!parent) orphans.add(one);
    else if (parent !== one) one.parent = parent;
  }
  cutCycles(all, notes);
  for (const one of all) one.parent?.children.push(one);
  const roots = all.filter((one) => one.parent === null && !orphans.has(one));
  const first = Math.min(...all.map(({ recorded }) => recorded.startMs));
  if (orphans.size > 0) {
    notes.push(
      `${orphans.size} of ${all.length} have a parent that was not recorded; they stand below "not recorded".`,
    );
    roots.push(missingParent([...orphans]));
  }
  const skewed = { count: 0, mostMs: 0 };
  const grown = inOrder(roots).map((root) => grow(root, first, 0, 0, skewed));
  if (skewed.count > 0) {
    notes.push(
      `${skewed.count} began before their parents by their clocks, by up to ${
        Math.round(skewed.mostMs)
      } ms; they are shown later.`,
    );
  }
  return { roots: grown, scores: placeScores(all, scores), notes };
}

function nodeOf({ startMs: _, ...node }: Recorded) {
  return node;
}

/** A parent chain that comes back to itself loses the link at which it is entered first. */
function cutCycles(all: readonly Growing[], notes: string[]): void {
  const done = new Set<Growing>();
  let cuts = 0;
  for (const one of all) {
    const path = new Set<Growing>();
    let at: Growing | null = one;
    while (at && !done.has(at)) {
      if (path.has(at)) {
        at.parent = null;
        cuts++;
        break;
      }
      path.add(at);
      at = at.parent;
    }
    for (const seen of path) done.add(seen);
  }
  if (cuts > 0) notes.push(`${cuts} spans were their own ancestors; they are shown as roots.`);
}

/** Holds those whose parent is missing. */
function missingParent(orphans: readonly Growing[]): Growing {
  const starts = orphans.map(({ recorded }) => recorded.startMs);
  const startMs = Math.min(...starts);
  const end = Math.max(
    ...orphans.map(({ recorded }) => recorded.startMs + (recorded.duration_ms ?? 0)),
  );
  const recorded: Recorded = {
    id: "not recorded",
    event_id: null,
    span_id: null,
    parent_span_id: null,
    kind: "span",
    name: "not recorded",
    start: new Date(Math.floor(startMs)).toISOString(),
    startMs,
    duration_ms: end - startMs,
    status: "unset",
    status_message: null,
    source: "",
    service: null,
    preview: "",
    call: null,
    tool: null,
    derived: false,
    synthetic: true,
  };
  return {
    node: { ...nodeOf(recorded), offset_ms: 0, skew_ms: 0, scores: [], children: [] },
    recorded,
    parent: null,
    children: [...orphans],
  };
}

function inOrder(nodes: readonly Growing[]): Growing[] {
  return nodes.toSorted((a, b) =>
    a.recorded.startMs - b.recorded.startMs || (a.recorded.id < b.recorded.id ? -1 : 1)
  );
}

interface Step {
  readonly from: Growing;
  readonly into: TraceNode;
  /** What its ancestors were moved by, and where its parent begins by now. */
  readonly shiftMs: number;
  readonly notBeforeMs: number;
  readonly depth: number;
}

/** Without recursion: a trace may be as deep as it is long. */
function grow(
  root: Growing,
  first: number,
  shiftMs: number,
  depth: number,
  skewed: { count: number; mostMs: number },
): TraceNode {
  place(root, first, shiftMs, -Infinity, skewed);
  const steps: Step[] = [{
    from: root,
    into: root.node,
    shiftMs: root.node.skew_ms,
    notBeforeMs: root.recorded.startMs,
    depth,
  }];
  for (let step = steps.pop(); step; step = steps.pop()) {
    const { from, into, depth } = step;
    for (const child of inOrder(from.children)) {
      const shift = place(child, first, step.shiftMs, step.notBeforeMs, skewed);
      into.children.push(child.node);
      steps.push({
        from: child,
        into: depth + 1 >= deepest ? into : child.node,
        shiftMs: shift,
        notBeforeMs: child.recorded.startMs + shift,
        depth: depth + 1,
      });
    }
  }
  return root.node;
}

/** Puts a node on the time axis; its subtree moves with it. */
function place(
  { node, recorded }: Growing,
  first: number,
  shiftMs: number,
  notBeforeMs: number,
  skewed: { count: number; mostMs: number },
): number {
  const more = Math.max(0, notBeforeMs - (recorded.startMs + shiftMs));
  const shift = shiftMs + more;
  if (more > toldSkewMs) {
    skewed.count++;
    skewed.mostMs = Math.max(skewed.mostMs, more);
  }
  node.skew_ms = rounded(shift);
  node.offset_ms = rounded(recorded.startMs + shift - first);
  return shift;
}

function rounded(ms: number): number {
  return Math.max(0, Math.round(ms * 1_000) / 1_000);
}

/** Gives each score to what it is about, and returns those of the trace as a whole. */
function placeScores(all: readonly Growing[], scores: readonly ScoreRow[]): ScoreRow[] {
  const byEvent = new Map(all.map((one) => [one.recorded.event_id, one.node]));
  const bySpan = new Map(all.map((one) => [one.recorded.span_id, one.node]));
  return scores.filter((score) => {
    const node = (score.target_event_id && byEvent.get(score.target_event_id)) ||
      (score.span_id && bySpan.get(score.span_id));
    if (!node) return true;
    node.scores.push(score);
    return false;
  });
}
