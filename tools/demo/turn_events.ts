/**
 * The spans that the demo's agents record of their turns, as an SDK would have sent them: the turn, its
 * steps, and tools and searches beside the calls that the gateway recorded.
 *
 * @module
 */
import type { SpanData } from "@/core/event/span.ts";
import type { Payload } from "@/core/log/contract.ts";
import { ulid } from "ulid";
import type { AppendArguments } from "./call_event.ts";
import type { PlannedCall } from "./plan.ts";
import { type AgentStep, longest, type Work } from "./work.ts";

/** A call of a turn as it went. */
export interface CarriedCall {
  readonly call: PlannedCall;
  readonly step: AgentStep;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly ms: number;
  /** Null: it was answered. */
  readonly error: string | null;
}

/** Between an answer and what follows from it. */
export const gapMs = 4;

const encoder = new TextEncoder();

export function turnEvents(project: string, calls: readonly CarriedCall[]): AppendArguments[] {
  const [first] = calls;
  const last = calls.at(-1);
  if (!first || !last) return [];
  const { call, step } = first;
  const begun = first.at - longest(step.before) - 2 * gapMs;
  const ended = endOf(last) + gapMs;
  const failed = calls.find(({ error }) => error !== null)?.error ?? null;
  const root = span(project, call, {
    span: step.root,
    parent: null,
    kind: step.kind,
    name: step.name,
    at: begun,
    ms: ended - begun,
    error: failed,
    payloads: { input: text(step.question) },
  });
  return [root, ...calls.flatMap((carried) => stepEvents(project, carried))];
}

function stepEvents(project: string, carried: CarriedCall): AppendArguments[] {
  const { call, step, at, ms, error } = carried;
  const begun = at - longest(step.before) - gapMs;
  const works = [
    ...step.before.map((work) => workEvent(project, carried, work, begun)),
    // What a refused call would have led to did not happen.
    ...(error ? [] : step.after)
      .map((work) => workEvent(project, carried, work, at + ms + gapMs)),
  ];
  if (step.span === step.root) return works;
  const own = span(project, call, {
    span: step.span,
    parent: step.root,
    kind: "agent_step",
    name: `step ${step.number}`,
    at: begun,
    ms: endOf(carried) - begun,
    error,
    payloads: {},
  });
  return [own, ...works];
}

function endOf({ at, ms, step, error }: CarriedCall): number {
  const after = error === null ? longest(step.after) : 0;
  return at + ms + (after > 0 ? gapMs + after : 0);
}

function workEvent(
  project: string,
  { call, step }: CarriedCall,
  work: Work,
  at: number,
): AppendArguments {
  return span(project, call, {
    span: work.span,
    parent: step.span,
    kind: work.kind,
    name: work.name,
    at,
    ms: work.ms,
    error: work.output === null ? "It did not answer in time." : null,
    payloads: {
      input: json(work.input),
      ...(work.output !== null && { output: json(work.output) }),
    },
    ...(work.kind === "tool" && { tool: work.name }),
  });
}

interface Made {
  readonly span: string;
  readonly parent: string | null;
  readonly kind: SpanData["kind"];
  readonly name: string;
  readonly at: number;
  readonly ms: number;
  readonly error: string | null;
  readonly payloads: Readonly<Record<string, Payload>>;
  readonly tool?: string;
}

function span(project: string, call: PlannedCall, made: Made): AppendArguments {
  const at = Math.round(made.at);
  const data: SpanData = {
    kind: made.kind,
    name: made.name,
    start_us: Math.round(made.at * 1_000),
    status_message: made.error,
    level: made.error === null ? null : "error",
    service: call.properties.feature ?? null,
    scope: null,
    environment: call.properties.environment ?? null,
    release: null,
    tags: [],
    attributes: {},
    unmapped: [],
    source: "sdk",
    trace_id: call.trace,
    span_id: made.span,
    parent_span_id: made.parent,
    duration_ms: Math.round(made.ms * 100) / 100,
    status: made.error === null ? "success" : "error",
    user_id: call.user,
    session_id: call.session,
    tool_name: made.tool ?? null,
    tool_call_id: null,
    key_id: "demo",
    amends: null,
    demo: true,
  };
  return {
    event: {
      id: ulid(at),
      project,
      at: new Date(at).toISOString(),
      type: "span.recorded",
      v: 1,
      data,
    },
    payloads: made.payloads,
  };
}

function text(value: string): Payload {
  return { bytes: encoder.encode(value), contentType: "text/plain" };
}

function json(value: string): Payload {
  return { bytes: encoder.encode(value), contentType: "application/json" };
}
