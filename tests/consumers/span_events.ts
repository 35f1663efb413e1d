/** Spans, scores and attempts as they are recorded, for tests of what becomes of them. */
import type { AttemptData } from "@/core/event/attempt.ts";
import type { ScoreData } from "@/core/event/score.ts";
import type { SpanData, SpanFacts } from "@/core/event/span.ts";
import type { EventDraft } from "@/core/log/contract.ts";

interface Parts<Data> {
  id?: string;
  project?: string;
  at?: string;
  data?: Partial<Data>;
}

export const spanFacts: SpanFacts = {
  kind: "span",
  name: "answer",
  start_us: 1_772_600_767_890_123,
  status_message: null,
  level: null,
  service: "shop",
  scope: null,
  environment: "production",
  release: null,
  tags: ["a"],
  attributes: { queue: "high" },
  unmapped: ["queue"],
};

function envelope(parts: Parts<unknown>) {
  const { id = `event-${crypto.randomUUID()}`, project = "project-1" } = parts;
  return { id, project, at: parts.at ?? "2026-03-04T05:06:07.890Z" };
}

export function attempt(parts: Parts<AttemptData> = {}): EventDraft {
  return {
    ...envelope(parts),
    type: "call.attempted",
    v: 1,
    data: {
      call_id: "call-1",
      number: 1,
      provider: "openai",
      model: "gpt-4o",
      target: "first",
      provider_key_id: null,
      status: 503,
      error: null,
      because: "It stands first.",
      next_because: "After 503.",
      waited_ms: 0,
      latency_ms: 12.5,
      ttft_ms: 10,
      usage: null,
      cost: null,
      ...parts.data,
    },
  };
}

export function span(parts: Parts<SpanData> = {}): EventDraft {
  return {
    ...envelope(parts),
    type: "span.recorded",
    v: 1,
    data: {
      ...spanFacts,
      source: "sdk",
      trace_id: "trace-1",
      span_id: "span-1",
      parent_span_id: null,
      duration_ms: 12.5,
      status: "success",
      user_id: null,
      session_id: null,
      tool_name: null,
      tool_call_id: null,
      key_id: "abcdefghijkl",
      amends: null,
      demo: false,
      ...parts.data,
    },
  };
}

export function score(parts: Parts<ScoreData> = {}): EventDraft {
  return {
    ...envelope(parts),
    type: "score.recorded",
    v: 1,
    data: {
      kind: "score",
      name: "faithfulness",
      value: 0.5,
      text: "0.5",
      data_type: "numeric",
      comment: null,
      target_event_id: null,
      trace_id: "trace-1",
      span_id: null,
      session_id: null,
      user_id: null,
      source: "sdk",
      properties: {},
      key_id: "abcdefghijkl",
      amends: null,
      demo: false,
      ...parts.data,
    },
  };
}
