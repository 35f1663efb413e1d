/**
 * One trace as a tree, and one span whole.
 *
 * @module
 */
import { bodyText } from "./span_body.ts";
import type { ReadOptions } from "./contract.ts";
import { scoresAbout } from "./scores.ts";
import { exact } from "./settings.ts";
import type { Store } from "./store.ts";
import { derivedUses } from "./tool_uses.ts";
import { type Recorded, treeOf } from "./trace_tree.ts";
import { type SpanDetail, spanDetailSchema, type Trace } from "./trace_types.ts";
import { summariesOf } from "./traces.ts";

/** What a tree shows at most of each. */
const mostNodes = 5_000;

interface SpanRow {
  readonly event_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly kind: string;
  readonly name: string;
  readonly is_call: boolean;
  readonly start_us: string;
  readonly duration_ms: number | null;
  readonly status: "success" | "error" | "unset";
  readonly status_message: string | null;
  readonly source: string;
  readonly service: string | null;
  readonly preview: string;
  readonly tool_name: string | null;
  readonly tool_call_id: string | null;
}

interface CallRow {
  readonly event_id: string;
  readonly at: string;
  readonly span: string | null;
  readonly parent: string | null;
  readonly status: "success" | "error" | "aborted";
  readonly error_message: string | null;
  readonly status_code: number | null;
  readonly source: string;
  readonly counted: boolean;
  readonly provider: string;
  readonly model: string;
  readonly cache: string;
  readonly tokens_input: string;
  readonly tokens_output: string;
  readonly tokens_cache_read: string;
  readonly tokens_cache_write: string;
  readonly tokens_reasoning: string;
  readonly cost: string | null;
  readonly provider_cost: string | null;
  readonly latency_ms: number | null;
  readonly ttft_ms: number | null;
  readonly tool_call_ids: readonly string[];
  readonly tool_call_names: readonly string[];
  readonly tool_result_ids: readonly string[];
}

interface PreviewRow {
  readonly event_id: string;
  readonly preview: string;
}

/** Null when the project has recorded nothing of it. */
export async function trace(
  store: Store,
  project: string,
  traceId: string,
  options: ReadOptions,
): Promise<Trace | null> {
  const params = { project, trace: traceId };
  const settings = { ...options, settings: exact };
  const inTrace = "project_id = {project:String} AND trace_id = {trace:String}";
  const [spans, calls, previews, [summary]] = await Promise.all([
    store.query<SpanRow>(
      `SELECT event_id, span_id, parent_span_id, kind, name, is_call, start_us, duration_ms, status,
        status_message, source, service, preview, tool_name, tool_call_id
      FROM spans WHERE ${inTrace} ORDER BY start_us LIMIT ${mostNodes + 1}`,
      params,
      settings,
    ),
    store.query<CallRow>(
      `SELECT event_id, toUnixTimestamp64Milli(timestamp) AS at, span_id AS span,
        parent_span_id AS parent, status, error_message, status_code, source, counted, provider, model,
        cache, tokens_input, tokens_output, tokens_cache_read, tokens_cache_write, tokens_reasoning,
        toString(cost_usd) AS cost, toString(provider_cost_usd) AS provider_cost, latency_ms, ttft_ms,
        tool_call_ids, tool_call_names, tool_result_ids
      FROM events WHERE ${inTrace} ORDER BY timestamp LIMIT ${mostNodes + 1}`,
      params,
      settings,
    ),
    // What was said stands with the call's line in the list.
    store.query<PreviewRow>(
      `SELECT event_id, preview FROM events_list WHERE ${inTrace} LIMIT ${mostNodes + 1}`,
      params,
      settings,
    ),
    summariesOf(store, project, [traceId], { from: null }, options),
  ]);
  if (!summary) return null;
  const said = new Map(previews.map(({ event_id, preview }) => [event_id, preview]));
  const records = recordsOf(spans.slice(0, mostNodes), calls.slice(0, mostNodes), said);
  const scores = await scoresAbout(
    store,
    project,
    { traces: [traceId] },
    records.flatMap(({ event_id }) => event_id === null ? [] : [event_id]),
    options,
  );
  return {
    trace: summary,
    ...treeOf(records, scores),
    truncated: spans.length > mostNodes || calls.length > mostNodes,
  };
}

function recordsOf(
  spans: readonly SpanRow[],
  calls: readonly CallRow[],
  said: ReadonlyMap<string, string>,
): Recorded[] {
  const spanOf = new Map(spans.filter((one) => one.is_call).map((one) => [one.event_id, one]));
  const callIds = new Set(calls.map(({ event_id }) => event_id));
  const records = [
    // A call whose own row is missing (a dead letter, say) is still a span.
    ...spans.filter((one) => !one.is_call || !callIds.has(one.event_id)).map(spanRecord),
    ...calls.map((call) =>
      callRecord(call, spanOf.get(call.event_id) ?? null, said.get(call.event_id) ?? "")
    ),
  ];
  const toolIds = new Set(spans.flatMap((one) => one.tool_call_id ? [one.tool_call_id] : []));
  return [
    ...records,
    ...toolRecords(calls, toolIds, new Map(spans.map((one) => [one.span_id, one]))),
  ];
}

/** From a call up to the span that stands for it, in steps: as far as one call may shadow another. */
const steps = 3;

/**
 * Where a tool stands that a call asked for: beside the call, or beside the span that stands for it when
 * an instrumentation recorded the call as well.
 */
function toolParent(parent: string | null, bySpan: ReadonlyMap<string, SpanRow>): string | null {
  let above = bySpan.get(parent ?? "");
  for (let step = 0; step < steps && above; step++) {
    if (above.is_call) return above.parent_span_id || null;
    above = bySpan.get(above.parent_span_id);
  }
  return parent;
}

function spanRecord(row: SpanRow): Recorded {
  const startMs = Number(row.start_us) / 1_000;
  return {
    id: row.event_id,
    event_id: row.event_id,
    span_id: row.span_id,
    parent_span_id: row.parent_span_id || null,
    kind: row.kind,
    name: row.name,
    start: instant(startMs),
    startMs,
    duration_ms: row.duration_ms,
    status: row.status,
    status_message: row.status_message,
    source: row.source,
    service: row.service,
    preview: row.preview,
    call: null,
    tool: row.kind === "tool" ? { id: row.tool_call_id, name: row.tool_name ?? row.name } : null,
    derived: false,
    synthetic: false,
  };
}

function callRecord(row: CallRow, span: SpanRow | null, preview: string): Recorded {
  const startMs = span ? Number(span.start_us) / 1_000 : Number(row.at);
  return {
    id: row.event_id,
    event_id: row.event_id,
    span_id: row.span,
    parent_span_id: row.parent || null,
    kind: "call",
    name: span?.name || row.model || row.provider,
    start: instant(startMs),
    startMs,
    duration_ms: row.latency_ms,
    status: row.status,
    status_message: span?.status_message ?? row.error_message,
    source: row.source,
    service: span?.service ?? null,
    preview,
    call: {
      provider: row.provider,
      model: row.model,
      cache: row.cache,
      status_code: row.status_code,
      tokens_input: Number(row.tokens_input),
      tokens_output: Number(row.tokens_output),
      tokens_cache_read: Number(row.tokens_cache_read),
      tokens_cache_write: Number(row.tokens_cache_write),
      tokens_reasoning: Number(row.tokens_reasoning),
      cost_usd: row.cost,
      provider_cost_usd: row.provider_cost,
      ttft_ms: row.ttft_ms,
      counted: row.counted,
    },
    tool: null,
    derived: false,
    synthetic: false,
  };
}

function toolRecords(
  calls: readonly CallRow[],
  recorded: ReadonlySet<string>,
  bySpan: ReadonlyMap<string, SpanRow>,
): Recorded[] {
  const callers = calls.map((call) => ({
    ...call,
    parent_span_id: toolParent(call.parent, bySpan),
    startMs: Number(call.at),
    endMs: Number(call.at) + (call.latency_ms ?? 0),
  }));
  return derivedUses(callers, recorded).map((use): Recorded => ({
    id: `tool:${use.tool_call_id}`,
    event_id: null,
    span_id: null,
    parent_span_id: use.parent_span_id || null,
    kind: "tool",
    name: use.name,
    start: instant(use.startMs),
    startMs: use.startMs,
    duration_ms: use.durationMs,
    status: "unset",
    status_message: null,
    source: "gateway",
    service: null,
    preview: "",
    call: null,
    tool: { id: use.tool_call_id, name: use.name },
    derived: true,
    synthetic: false,
  }));
}

function instant(ms: number): string {
  return new Date(Math.floor(ms)).toISOString();
}

type StoredSpan = SpanRow & {
  readonly trace_id: string;
  readonly level: string | null;
  readonly scope: string | null;
  readonly environment: string | null;
  readonly release: string | null;
  readonly tags: readonly string[];
  readonly user_id: string | null;
  readonly session_id: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly unmapped: readonly string[];
  readonly input: string | null;
  readonly input_encoding: string;
  readonly output: string | null;
  readonly output_encoding: string;
};

/** Null when the project has no such span. */
export async function spanDetail(
  store: Store,
  project: string,
  eventId: string,
  options: ReadOptions,
): Promise<SpanDetail | null> {
  const [row] = await store.query<StoredSpan>(
    `SELECT * EXCEPT (project_id, key_id, demo) FROM spans
    WHERE project_id = {project:String} AND event_id = {event:String} LIMIT 1`,
    { project, event: eventId },
    { ...options, settings: exact },
  );
  if (!row) return null;
  // Parsing takes the answer's own fields out of the row's.
  return spanDetailSchema.parse({
    ...row,
    parent_span_id: row.parent_span_id || null,
    start: instant(Number(row.start_us) / 1_000),
    tool: row.kind === "tool" ? { id: row.tool_call_id, name: row.tool_name ?? row.name } : null,
    attributes: { ...row.attributes },
    input: bodyText(row.input, row.input_encoding),
    output: bodyText(row.output, row.output_encoding),
  });
}
