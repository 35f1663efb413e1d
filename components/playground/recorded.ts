/**
 * A call as the playground compares it with another one: what it cost and took, and what it said.
 *
 * @module
 */
import type { EventRow } from "@/core/analytics/types.ts";
import type { Transcript } from "@/core/transcript/types.ts";

/** Longer answers are cut where they are compared. */
const longest = 40_000;

export interface RecordedCall {
  readonly event: Pick<
    EventRow,
    | "model"
    | "status"
    | "status_code"
    | "cost_usd"
    | "price_source"
    | "tokens_input"
    | "tokens_output"
    | "tokens_cache_read"
    | "tokens_reasoning"
    | "latency_ms"
    | "ttft_ms"
    | "cache"
  >;
  /** What the answer says; null when none was kept. */
  readonly text: string | null;
}

export function recordedCall(event: EventRow, { answer }: Transcript): RecordedCall {
  const text = answer?.parts.map((part) => "text" in part ? saidBy(part) : "").filter(Boolean)
    .join("\n\n");
  return {
    event: {
      model: event.model,
      status: event.status,
      status_code: event.status_code,
      cost_usd: event.cost_usd,
      price_source: event.price_source,
      tokens_input: event.tokens_input,
      tokens_output: event.tokens_output,
      tokens_cache_read: event.tokens_cache_read,
      tokens_reasoning: event.tokens_reasoning,
      latency_ms: event.latency_ms,
      ttft_ms: event.ttft_ms,
      cache: event.cache,
    },
    text: text === undefined ? null : text.slice(0, longest),
  };
}

/** Reasoning is no part of what was said; a tool's call is. */
function saidBy(part: { readonly type: string; readonly text: string; readonly name?: string }) {
  if (part.type === "text" || part.type === "refusal") return part.text;
  return part.type === "tool_call" ? `${part.name}(${part.text})` : "";
}
