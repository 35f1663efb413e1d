/** Traces, sessions, users and models to draw pages with: few, many, deep, failed, without a price. */
import { AppError } from "@/core/error.ts";
import type {
  SessionCall,
  SessionSummary,
  ToolUse,
  Trace,
  TraceNode,
  TraceSummary,
} from "@/core/analytics/trace_types.ts";
import { rowOf } from "./sample_calls.ts";
import type { Services } from "@/routes/(_http)/state.ts";

const began = Date.UTC(2026, 10, 20, 9);
const iso = (offset: number) => new Date(began + offset).toISOString();

interface SampleState {
  readonly reachable: () => boolean;
  /** No trace was recorded. */
  readonly empty: () => boolean;
  /** Spans of the large trace. */
  readonly spans: () => number;
}

export const largeTrace = "f".repeat(32);

export function sampleTraces({ reachable, empty, spans }: SampleState): Services["traces"] {
  const unlessAway = <T>(value: T): Promise<T> =>
    reachable() ? Promise.resolve(value) : Promise.reject(new AppError("analytics_unavailable"));
  const page = { limit: 50, has_more: false, next_cursor: null };
  const some = <T>(rows: T[]): T[] => empty() ? [] : rows;
  return {
    traces: () => unlessAway({ ...page, traces: some(summaries) }),
    trace: (_project, id) =>
      unlessAway(
        id === largeTrace
          ? traceOf(id, manySpans(spans()))
          : summaries.some(({ trace_id }) => trace_id === id)
          ? traceOf(id, agentRun)
          : null,
      ),
    sessions: () => unlessAway({ ...page, sessions: some([session]) }),
    session: (_project, id) =>
      unlessAway(
        id === session.session_id
          ? { session, traces: summaries.slice(0, 3), calls: said, tools: used, scores: [] }
          : null,
      ),
    users: () => unlessAway({ ...page, users: some([user]) }),
    user: (_project, id) =>
      unlessAway(id === user.user_id ? { user, models, sessions: [session] } : null),
    models: () => unlessAway(some(models)),
  };
}

const sums = {
  calls: 4,
  tokens_input: 8_120,
  tokens_output: 940,
  cost_usd: "0.0212",
  unpriced_requests: 0,
};

const summaries: TraceSummary[] = Array.from({ length: 24 }, (_, n) => ({
  trace_id: (n === 0 ? "a" : n.toString(16).padStart(2, "0")).repeat(32).slice(0, 32),
  name: n === 3
    ? `plan ${"very ".repeat(80)}long trip`
    : n % 3 === 0
    ? "agent.run"
    : "answer question",
  start: iso(-n * 93_000),
  end: iso(-n * 93_000 + 3_100),
  duration_ms: 3_100 + n * 210,
  status: n % 7 === 2 ? "error" : "success",
  spans: 6,
  tool_calls: 2,
  errors: n % 7 === 2 ? 1 : 0,
  ...sums,
  ...(n === 5 && { unpriced_requests: 4, cost_usd: "0" }),
  models: n % 2 ? ["gpt-4o"] : ["claude-sonnet-4-5", "gpt-4o-mini"],
  services: ["support-bot"],
  user_id: n % 4 ? `u_${80 + n}` : null,
  session_id: n % 3 ? `s_${n}` : null,
  environment: "production",
}));

const session: SessionSummary = {
  session_id: "s_7",
  start: iso(-600_000),
  end: iso(0),
  duration_ms: 600_000,
  traces: 3,
  errors: 1,
  ...sums,
  users: ["u_81"],
  models: ["gpt-4o"],
};

const said: SessionCall[] = [
  ["Where is my parcel?", ""],
  [
    "Where is my parcel?",
    "It left Graz this morning and arrives tomorrow.\nShall I write to you then?",
  ],
  ["דואר <b>מחר</b>? \u202e".repeat(40), "word ".repeat(300)],
  ["", ""],
].map(([asked = "", answered = ""], n) => ({
  ...rowOf({ id: `said-${n}`, session_id: "s_7", at: began + n * 60_000 }),
  asked,
  answered,
}));

const used: ToolUse[] = [{
  tool_call_id: "call_1",
  name: "track_parcel",
  start: iso(2_000),
  duration_ms: 310,
  derived: false,
  asked_by: "said-0",
  answered_to: "said-1",
}];

const user = {
  user_id: "u_81",
  first_seen: iso(-86_400_000),
  last_seen: iso(0),
  sessions: 4,
  errors: 1,
  ...sums,
};

const models = [
  {
    provider: "openai",
    model: "gpt-4o",
    errors: 1,
    ...sums,
    avg_latency_ms: 1_240,
    p95_latency_ms: 3_900,
    p50_ttft_ms: 410,
    cache_hits: 12,
    first_seen: iso(-86_400_000),
    last_seen: iso(0),
  },
];

function node(id: string, change: Partial<TraceNode> = {}): TraceNode {
  return {
    id,
    event_id: id,
    span_id: id,
    parent_span_id: null,
    kind: "span",
    name: id,
    start: iso(change.offset_ms ?? 0),
    duration_ms: 100,
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

const call = (id: string, model: string, change: Partial<TraceNode>): TraceNode =>
  node(id, {
    kind: "call",
    name: model,
    call: {
      provider: "openai",
      model,
      cache: "MISS",
      status_code: 200,
      tokens_input: 2_000,
      tokens_output: 120,
      tokens_cache_read: 0,
      tokens_cache_write: 0,
      tokens_reasoning: 0,
      cost_usd: "0.0062",
      provider_cost_usd: null,
      ttft_ms: 410,
      counted: true,
    },
    ...change,
  });

const agentRun: TraceNode[] = [
  node("agent.run", {
    kind: "agent",
    duration_ms: 3_100,
    children: [
      call("c1", "claude-sonnet-4-5", { offset_ms: 120, duration_ms: 980 }),
      node("search", {
        kind: "tool",
        name: 'search(q="refund policy")',
        offset_ms: 1_120,
        duration_ms: 640,
        status: "error",
        status_message: "The index did not answer",
      }),
      node("rank", { kind: "retriever", offset_ms: 1_200, duration_ms: 300 }),
      call("c2", "gpt-4o-mini", { offset_ms: 1_800, duration_ms: 1_250 }),
    ],
  }),
];

/** A tree of `count` spans, ten below each of the first. */
function manySpans(count: number): TraceNode[] {
  const groups = Array.from({ length: Math.ceil(count / 11) }, (_, group) =>
    node(`step ${group}`, {
      kind: "chain",
      offset_ms: group * 10,
      duration_ms: 200,
      children: Array.from({ length: 10 }, (_, n) =>
        node(`work ${group}.${n}`, { offset_ms: group * 10 + n, duration_ms: 20 })),
    }));
  return [
    node("batch", { kind: "agent", duration_ms: groups.length * 10 + 200, children: groups }),
  ];
}

function traceOf(id: string, roots: TraceNode[]): Trace {
  const [first] = summaries;
  if (!first) throw new Error("There is a sample.");
  const duration_ms = roots[0]?.duration_ms ?? 0;
  return {
    trace: { ...first, trace_id: id, name: roots[0]?.name ?? "", duration_ms, user_id: "u_81" },
    roots,
    scores: [],
    notes: [],
    truncated: false,
  };
}
