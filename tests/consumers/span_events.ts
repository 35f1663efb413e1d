/** Spans and scores as ingest would record them, for tests of what becomes of them. */
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
