import { expect } from "expect";
import { traceRows } from "@/core/analytics/trace_rows.ts";
import type { TraceNode } from "@/core/analytics/trace_types.ts";

function node(id: string, change: Partial<TraceNode> = {}): TraceNode {
  return {
    id,
    event_id: id,
    span_id: id,
    parent_span_id: null,
    kind: "span",
    name: id,
    start: "2026-11-20T00:00:00.000Z",
    duration_ms: 10,
    offset_ms: 0,
    skew_ms: 0,
    status: "success",
    status_message: null,
    source: "sdk",
    service: null,
    preview: "",
    call: null,
    tool: null,
    derived: false,
    synthetic: false,
    scores: [],
    children: [],
    ...change,
  };
}

function call(id: string, cost_usd: string | null, change: Partial<TraceNode> = {}): TraceNode {
  return node(id, {
    kind: "call",
    call: {
      provider: "openai",
      model: "gpt-4o",
      cache: "MISS",
      status_code: 200,
      tokens_input: 10,
      tokens_output: 5,
      tokens_cache_read: 0,
      tokens_cache_write: 0,
      tokens_reasoning: 0,
      cost_usd,
      provider_cost_usd: null,
      ttft_ms: null,
      counted: true,
    },
    ...change,
  });
}

Deno.test("traceRows() lists the tree in order, each row with the sums of its subtree", () => {
  const rows = traceRows({
    roots: [
      node("root", {
        children: [
          node("agent", {
            children: [call("a", "0.1"), call("b", "0.2", { status: "error" })],
          }),
          call("c", null),
        ],
      }),
      node("alone"),
    ],
  });
  expect(rows.map(({ id, depth, size }) => [id, depth, size])).toEqual([
    ["root", 0, 4],
    ["agent", 1, 2],
    ["a", 2, 0],
    ["b", 2, 0],
    ["c", 1, 0],
    ["alone", 0, 0],
  ]);
  expect(rows[0]).toMatchObject({ cost_usd: "0.3", tokens: 45, unpriced: 1, errors: 1 });
  expect(rows[1]).toMatchObject({ cost_usd: "0.3", tokens: 30, unpriced: 0, errors: 1 });
  expect(rows[5]).toMatchObject({ cost_usd: null, tokens: 0 });
});

Deno.test("a call that another one stands for is not counted twice", () => {
  const outer = call("sdk", "0.1", { children: [call("gateway", "0.1")] });
  if (outer.call) outer.call.counted = false;
  expect(traceRows({ roots: [outer] })[0]).toMatchObject({ cost_usd: "0.1", tokens: 15 });
});

Deno.test("the critical path is what the end waited for", () => {
  const rows = traceRows({
    roots: [
      node("root", {
        duration_ms: 100,
        children: [
          node("first", { offset_ms: 0, duration_ms: 40 }),
          node("beside", { offset_ms: 5, duration_ms: 10 }),
          node("second", {
            offset_ms: 45,
            duration_ms: 55,
            children: [node("inner", { offset_ms: 50, duration_ms: 50 })],
          }),
          node("short", { offset_ms: 46, duration_ms: 3 }),
        ],
      }),
    ],
  });
  const critical = rows.filter(({ critical }) => critical).map(({ id }) => id);
  expect(critical).toEqual(["root", "first", "second", "inner"]);
});

Deno.test("spans that only clocks make overlap came one after another", () => {
  const rows = traceRows({
    roots: [
      node("root", {
        duration_ms: 2_586,
        children: [
          node("first", { offset_ms: 4, duration_ms: 1_793 }),
          node("second", { offset_ms: 1_789, duration_ms: 793 }),
          node("beside", { offset_ms: 1_780, duration_ms: 12 }),
        ],
      }),
    ],
  });
  const critical = rows.filter(({ critical }) => critical).map(({ id }) => id);
  expect(critical).toEqual(["root", "first", "second"]);
});

Deno.test("a chain of 20,000 spans does not end the stack", () => {
  let chain = node("last");
  for (let n = 0; n < 20_000; n++) chain = node(`n${n}`, { children: [chain] });
  const rows = traceRows({ roots: [chain] });
  expect(rows[0]?.size).toBe(20_000);
  expect(rows.at(-1)?.depth).toBe(20_000);
});
