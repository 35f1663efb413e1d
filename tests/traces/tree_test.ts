import { expect } from "expect";
import fc from "fast-check";
import { type Recorded, treeOf } from "@/core/analytics/trace_tree.ts";
import type { TraceNode } from "@/core/analytics/trace_types.ts";

const begin = Date.UTC(2026, 2, 4);

function recorded(parts: Partial<Recorded> & { id: string }): Recorded {
  const startMs = parts.startMs ?? begin;
  return {
    event_id: parts.id,
    span_id: parts.id,
    parent_span_id: null,
    kind: "span",
    name: parts.id,
    start: new Date(startMs).toISOString(),
    duration_ms: 10,
    status: "success",
    status_message: null,
    source: "otel",
    service: null,
    preview: "",
    call: null,
    tool: null,
    derived: false,
    synthetic: false,
    ...parts,
    startMs,
  };
}

function flat(nodes: readonly TraceNode[]): TraceNode[] {
  const all: TraceNode[] = [];
  const waiting = [...nodes];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    all.push(node);
    waiting.push(...node.children);
  }
  return all;
}

Deno.test("whatever the parents are, every span is in the tree once and none before its parent", () => {
  const ids = ["a", "b", "c", "d", "e", "f", "g"];
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          parent: fc.constantFrom(null, "", ...ids, "missing"),
          start: fc.integer({ min: -5_000, max: 5_000 }),
          duration: fc.option(fc.integer({ min: 0, max: 5_000 })),
        }),
        { maxLength: ids.length },
      ),
      (spans) => {
        const records = spans.map(({ parent, start, duration }, i) =>
          recorded({
            id: ids[i] ?? "",
            parent_span_id: parent,
            startMs: begin + start,
            duration_ms: duration,
          })
        );
        const { roots } = treeOf(records, []);
        const found = flat(roots).filter(({ synthetic }) => !synthetic).map(({ id }) => id).sort();
        expect(found).toEqual(records.map(({ id }) => id).sort());
        const check = (node: TraceNode) => {
          for (const child of node.children) {
            expect(child.offset_ms).toBeGreaterThanOrEqual(node.offset_ms - 0.001);
            check(child);
          }
        };
        roots.forEach(check);
      },
    ),
    { numRuns: 2_000 },
  );
});

Deno.test("a ring of spans is cut and told of", () => {
  const { roots, notes } = treeOf([
    recorded({ id: "a", parent_span_id: "c" }),
    recorded({ id: "b", parent_span_id: "a" }),
    recorded({ id: "c", parent_span_id: "b" }),
  ], []);
  expect(flat(roots)).toHaveLength(3);
  expect(roots).toHaveLength(1);
  expect(notes.join()).toContain("their own ancestors");
});

Deno.test("a chain of 5,000 spans stays readable as JSON", () => {
  const records = Array.from(
    { length: 5_000 },
    (_, i) => recorded({ id: `${i}`, parent_span_id: i === 0 ? null : `${i - 1}` }),
  );
  const { roots } = treeOf(records, []);
  expect(flat(roots)).toHaveLength(5_000);
  expect(JSON.parse(JSON.stringify(roots))).toHaveLength(1);
});

Deno.test("a child whose clock is behind is shown at its parent's beginning, with all below it", () => {
  const { roots, notes } = treeOf([
    recorded({ id: "a" }),
    recorded({ id: "b", parent_span_id: "a", startMs: begin - 500 }),
    recorded({ id: "c", parent_span_id: "b", startMs: begin - 450 }),
  ], []);
  const [, b, c] = flat(roots).sort((x, y) => x.id < y.id ? -1 : 1);
  expect(b).toMatchObject({ skew_ms: 500, start: "2026-03-03T23:59:59.500Z" });
  expect(c).toMatchObject({ skew_ms: 500 });
  expect((c?.offset_ms ?? 0) - (b?.offset_ms ?? 0)).toBe(50);
  expect(notes.join()).toContain("by up to 500 ms");
});
