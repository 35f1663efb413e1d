/** Calls as the gateway would record them, for tests of what becomes of them. */
import type { CallData } from "@/core/event/call.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { emptyBuckets } from "@/core/event/usage.ts";
import type { EventDraft } from "@/core/log/contract.ts";

export type CallDraft = Omit<CallEvent, "payloads" | "type"> & { type: CallEvent["type"] };

export interface CallParts {
  id?: string;
  project?: string;
  at?: string;
  type?: CallEvent["type"];
  data?: Partial<CallData>;
}

/** A completed chat call of 100 input and 20 output tokens that cost 0.00045 US dollars. */
export function call(parts: CallParts = {}): EventDraft {
  const { id = `event-${crypto.randomUUID()}`, project = "project-1" } = parts;
  const draft: CallDraft = {
    id,
    project,
    at: parts.at ?? "2026-03-04T05:06:07.890Z",
    type: parts.type ?? "call.completed",
    v: 1,
    data: { ...completed, ...parts.data },
  };
  // The three types of a call share one shape, which the union of drafts cannot say.
  return draft as EventDraft;
}

const completed: CallData = {
  provider: "openai",
  endpoint: "chat",
  model: "gpt-4o",
  response_model: "gpt-4o-2024-08-06",
  method: "POST",
  path: "/v1/chat/completions",
  status_code: 200,
  error: null,
  stream: false,
  cache: "MISS",
  latency_ms: 812.5,
  ttft_ms: 310,
  overhead_ms: 0.7,
  usage: {
    buckets: { ...emptyBuckets(), input: 100, output: 20 },
    source: "provider",
    reported_total: 120,
    consistent: true,
  },
  cost: {
    usd: "0.00045",
    lines: [
      { bucket: "input", units: 100, usd_per_million: "2.5", usd: "0.00025" },
      { bucket: "output", units: 20, usd_per_million: "10", usd: "0.0002" },
    ],
    price: {
      source: "genai-prices",
      version: "0.1.8",
      provider: "openai",
      model: "gpt-4o",
      match: "exact",
      tier: "standard",
    },
  },
  finish_reason: "stop",
  tool_calls: [],
  response_id: "chatcmpl-1",
  key_id: "abcdefghijkl",
  user_id: "user-1",
  session_id: null,
  trace_id: null,
  span_id: null,
  parent_span_id: null,
  properties: { team: "search" },
  response_bytes: 900,
  demo: false,
};

const utf8 = new TextEncoder();

/** The bodies of a chat call. */
export function chatPayloads(question: string, answer: string) {
  const json = (value: unknown) => ({
    bytes: utf8.encode(JSON.stringify(value)),
    contentType: "application/json",
  });
  return {
    request: json({ model: "gpt-4o", messages: [{ role: "user", content: question }] }),
    response: json({
      id: "chatcmpl-1",
      choices: [{
        index: 0,
        message: { role: "assistant", content: answer },
        finish_reason: "stop",
      }],
      usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
    }),
  };
}
