/**
 * How long tools took, from calls alone: an answer asks for a tool, and a later request brings its result.
 * Pure.
 *
 * @module
 */

export interface ToolCaller {
  readonly event_id: string;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  readonly parent_span_id: string | null;
  /** What the answer asks for: ids and names, side by side. */
  readonly tool_call_ids: readonly string[];
  readonly tool_call_names: readonly string[];
  readonly tool_result_ids: readonly string[];
}

export interface DerivedUse {
  readonly tool_call_id: string;
  readonly name: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly askedBy: string;
  readonly answeredTo: string;
  readonly parent_span_id: string | null;
}

/**
 * @param recorded ids of tool calls that have a span of their own
 * @example
 * ```ts
 * import { derivedUses } from "@/core/analytics/tool_uses.ts";
 * import { expect } from "expect";
 *
 * const none = { parent_span_id: null, tool_call_ids: [], tool_call_names: [], tool_result_ids: [] };
 * const asks = { ...none, event_id: "a", startMs: 0, endMs: 100, tool_call_ids: ["c1"], tool_call_names: ["search"] };
 * const brings = { ...none, event_id: "b", startMs: 350, endMs: 500, tool_result_ids: ["c1"] };
 * expect(derivedUses([asks, brings], new Set())).toMatchObject([{ name: "search", durationMs: 250 }]);
 * ```
 */
export function derivedUses(
  calls: readonly ToolCaller[],
  recorded: ReadonlySet<string>,
): DerivedUse[] {
  const ordered = calls.toSorted((a, b) => a.startMs - b.startMs);
  const results = new Map<string, ToolCaller>();
  // The history is repeated with every request: the first one that brings a result counts.
  for (const call of ordered) {
    for (const id of call.tool_result_ids) if (!results.has(id)) results.set(id, call);
  }
  const uses: DerivedUse[] = [];
  const taken = new Set(recorded);
  for (const call of ordered) {
    call.tool_call_ids.forEach((id, i) => {
      const answered = results.get(id);
      if (id === "" || taken.has(id) || !answered || answered.startMs < call.startMs) return;
      taken.add(id);
      uses.push({
        tool_call_id: id,
        name: call.tool_call_names[i] ?? "",
        startMs: call.endMs,
        durationMs: Math.max(0, answered.startMs - call.endMs),
        askedBy: call.event_id,
        answeredTo: answered.event_id,
        parent_span_id: call.parent_span_id,
      });
    });
  }
  return uses;
}
