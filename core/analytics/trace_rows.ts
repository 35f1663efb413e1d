/**
 * A trace's tree as rows, in the order in which they are shown: what a page with thousands of spans can
 * draw a part of. Each row carries what its subtree adds up to.
 *
 * @module
 */
import { decimal, exactText } from "../pricing/decimal.ts";
import type { Trace, TraceNode } from "./trace_types.ts";

export interface TraceRow {
  readonly id: string;
  /** The event behind it; null when nobody recorded it. */
  readonly event_id: string | null;
  readonly depth: number;
  /** Rows below it that belong to it. */
  readonly size: number;
  readonly kind: string;
  readonly name: string;
  /** From the trace's beginning, in milliseconds. */
  readonly offset_ms: number;
  readonly duration_ms: number | null;
  readonly status: TraceNode["status"];
  readonly is_call: boolean;
  readonly derived: boolean;
  readonly synthetic: boolean;
  readonly skew_ms: number;
  readonly scores: number;
  /** Whether the trace would have been shorter without the time that passed here. */
  readonly critical: boolean;
  /** Of the row and all below it. */
  readonly tokens: number;
  /** Sum of the known costs of the row and all below it; null when there is no call. */
  readonly cost_usd: string | null;
  readonly unpriced: number;
  readonly errors: number;
}

type Draft = { -readonly [K in keyof TraceRow]: TraceRow[K] } & { cost: bigint; calls: number };

/**
 * @example
 * ```ts
 * import { traceRows } from "@/core/analytics/trace_rows.ts";
 * import { expect } from "expect";
 *
 * expect(traceRows({ roots: [] })).toEqual([]);
 * ```
 */
export function traceRows({ roots }: Pick<Trace, "roots">): TraceRow[] {
  const critical = criticalPath(roots);
  const rows: Draft[] = [];
  // A stack instead of recursion: traces may be deeper than the call stack.
  const open: { readonly row: Draft; readonly at: number }[] = [];
  const close = (depth: number) => {
    while (open.length > depth) {
      const closed = open.pop();
      const parent = open.at(-1);
      if (!closed) return;
      closed.row.size = rows.length - closed.at - 1;
      if (parent) addTo(parent.row, closed.row);
    }
  };
  const waiting = roots.map((node) => ({ node, depth: 0 })).reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, depth } = next;
    close(depth);
    const row = rowOf(node, depth, critical.has(node.id));
    open.push({ row, at: rows.length });
    rows.push(row);
    for (const child of node.children.toReversed()) waiting.push({ node: child, depth: depth + 1 });
  }
  close(0);
  return rows.map(({ cost, calls, ...row }) => ({
    ...row,
    cost_usd: calls > 0 ? decimal(cost) : null,
  }));
}

function rowOf(node: TraceNode, depth: number, critical: boolean): Draft {
  const { call } = node;
  // Another call below stands for it: what it used is counted there.
  const counted = call?.counted ? call : null;
  return {
    id: node.id,
    event_id: node.event_id,
    depth,
    size: 0,
    kind: node.kind,
    name: node.name,
    offset_ms: node.offset_ms,
    duration_ms: node.duration_ms,
    status: node.status,
    is_call: call !== null,
    derived: node.derived,
    synthetic: node.synthetic,
    skew_ms: node.skew_ms,
    scores: node.scores.length,
    critical,
    tokens: counted ? counted.tokens_input + counted.tokens_output : 0,
    cost_usd: null,
    cost: counted?.cost_usd ? exactText(counted.cost_usd) : 0n,
    calls: counted ? 1 : 0,
    unpriced: counted && counted.cost_usd === null ? 1 : 0,
    errors: node.status === "error" ? 1 : 0,
  };
}

function addTo(parent: Draft, child: Draft): void {
  parent.tokens += child.tokens;
  parent.cost += child.cost;
  parent.calls += child.calls;
  parent.unpriced += child.unpriced;
  parent.errors += child.errors;
}

const endOf = ({ offset_ms, duration_ms }: TraceNode) => offset_ms + (duration_ms ?? 0);

/** Clocks of one trace differ by so much of its length: what overlaps by less came one after another. */
const clockShare = 0.005;
const leastClockMs = 1;

/**
 * The spans that the trace's end waited for: from the end backwards, always the one that ended last
 * before what came after it began.
 */
function criticalPath(roots: readonly TraceNode[]): ReadonlySet<string> {
  const path = new Set<string>();
  const last = latest(roots, Infinity);
  const clocks = Math.max(leastClockMs, clockShare * (last?.duration_ms ?? 0));
  const waiting = last ? [last] : [];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    path.add(node.id);
    let until = endOf(node);
    const children = node.children.toSorted((a, b) => endOf(b) - endOf(a));
    for (const child of children) {
      // What goes on after its parent's end held nobody up but by what lies inside.
      if (child.offset_ms >= until || endOf(child) > until + overlapOf(child, clocks)) continue;
      waiting.push(child);
      until = child.offset_ms;
    }
  }
  return path;
}

/** How far a span may reach into what waited for it: never by the half of itself. */
function overlapOf({ duration_ms }: TraceNode, clocks: number): number {
  return Math.max(leastClockMs, Math.min(clocks, (duration_ms ?? 0) / 2));
}

function latest(nodes: readonly TraceNode[], until: number): TraceNode | undefined {
  return nodes.filter((node) => node.offset_ms < until).toSorted((a, b) => endOf(b) - endOf(a))[0];
}
