/**
 * The tool calls inside a `prompt_call` of which more is known than the model's wish: each is a span.
 *
 * @module
 */
import type { Entry, IngestContext } from "../context.ts";
import type { PromptCall } from "../schema/event.ts";
import { firstText } from "./common.ts";
import { draftSpan } from "./span.ts";

/** @param at when the call ended, in milliseconds since 1970 */
export function innerToolSpans(
  event: PromptCall,
  id: string,
  at: number,
  context: IngestContext,
): Entry[] {
  if (!event.tool_calls) return [];
  // They run one after another once the model has answered, as far as anyone knows.
  let begun = at + (event.latency_ms ?? 0);
  return event.tool_calls.flatMap((call, i) => {
    if (call.output === undefined && typeof call.latency_ms !== "number") return [];
    const timestamp = begun;
    begun += call.latency_ms ?? 0;
    const { trace_id, run_id, span_id, parent_span_id, user_id, session_id } = event;
    return [draftSpan(
      {
        type: "tool_call",
        trace_id: trace_id ?? run_id ?? id,
        parent_span_id: span_id ?? parent_span_id,
        user_id,
        session_id,
        environment: event.environment ?? event.env,
        timestamp,
        duration_ms: call.latency_ms,
        tool_name: firstText(call.tool_name, call.name),
        tool_id: firstText(call.tool_id, call.id),
        input: call.input ?? call.arguments,
        output: call.output,
        status: call.status,
        error: call.error,
      },
      // The call's id leaves no room only when it is as long as ids may be.
      `${id.slice(0, 110)}:tool:${i}`,
      context,
    )];
  });
}
