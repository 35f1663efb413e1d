/**
 * Sessions: what belongs together for a user, by the id that the application gave.
 *
 * @module
 */
import type { ReadOptions } from "./contract.ts";
import {
  groupSpan,
  groupSpanOf,
  type GroupSpanRow,
  groupSums,
  groupSumsOf,
  type GroupSumsRow,
} from "./group_sums.ts";
import { logColumns, logRow, type StoredLogRow } from "./log_row.ts";
import { instantOf, pageOf, type PageQuery, rangeSql } from "./page.ts";
import { scoresAbout } from "./scores.ts";
import { exact } from "./settings.ts";
import { startsOf } from "./starts.ts";
import type { Params, Store } from "./store.ts";
import { derivedUses } from "./tool_uses.ts";
import type { Session, SessionCall, SessionPage, SessionSummary, ToolUse } from "./trace_types.ts";
import { summariesOf } from "./traces.ts";
import type { LogRow } from "./types.ts";

export interface SessionsQuery extends PageQuery {
  readonly filters?: {
    readonly user_id?: readonly string[] | undefined;
    readonly session_id?: readonly string[] | undefined;
  };
}

const most = { traces: 200, calls: 500, tools: 500 } as const;

/** Calls and spans of sessions as rows with the same columns. */
function sessionRows(condition: string): string {
  return `SELECT session_id, toUnixTimestamp64Milli(timestamp) AS at, ifNull(latency_ms, 0) AS took,
      trace_id,
      true AS is_call, counted, status IN ('error', 'aborted') AS failed, tokens_input, tokens_output,
      cost_usd, model, user_id
    FROM events_list WHERE ${condition} AND session_id != ''
    UNION ALL
    SELECT session_id, toUnixTimestamp64Milli(timestamp), ifNull(duration_ms, 0), trace_id, false,
      false, status = 'error', 0, 0, NULL, '', user_id
    FROM spans WHERE ${condition} AND session_id != '' AND NOT is_call`;
}

const summary = `assumeNotNull(session_id) AS session, ${groupSpan}, ${
  groupSums("is_call AND counted", "failed")
},
  uniqExactIf(trace_id, trace_id != '') AS traces,
  arraySort(groupUniqArrayIf(20)(assumeNotNull(user_id), user_id != '')) AS users,
  arraySort(groupUniqArrayIf(20)(model, model != '')) AS models`;

interface SummaryRow extends GroupSumsRow, GroupSpanRow {
  readonly session: string;
  readonly traces: string;
  readonly users: readonly string[];
  readonly models: readonly string[];
}

/** A page of a range's sessions, by when they began. */
export async function sessions(
  store: Store,
  project: string,
  query: SessionsQuery,
  options: ReadOptions,
): Promise<SessionPage> {
  const having: string[] = [];
  const params: Record<string, Params[string]> = {};
  const { user_id, session_id } = query.filters ?? {};
  if (user_id) {
    having.push("countIf(has({only_users:Array(String)}, ifNull(user_id, ''))) > 0");
    params.only_users = user_id;
  }
  if (session_id) {
    having.push("has({only_sessions:Array(String)}, id)");
    params.only_sessions = session_id;
  }
  const groups = {
    id: "assumeNotNull(session_id)",
    rows: sessionRows,
    having,
    params,
  };
  const found = await startsOf(store, project, groups, query, options);
  const { rows, page } = pageOf(query, found, ({ id, start_at }) => ({
    at: instantOf(start_at),
    id,
  }));
  const shown = rows.length === 0 ? [] : await store.query<SummaryRow>(
    `SELECT ${summary} FROM (${
      sessionRows(`project_id = {project:String} AND ${rangeSql}
        AND session_id IN {sessions:Array(String)}`)
    }) GROUP BY session_id`,
    {
      project,
      sessions: rows.map(({ id }) => id),
      from: Math.min(...rows.map(({ start_at }) => Number(start_at))),
      to: Date.parse(query.range.to),
    },
    { ...options, settings: exact },
  );
  const byId = new Map(shown.map((row) => [row.session, summaryOf(row)]));
  return {
    ...page,
    sessions: rows.flatMap(({ id }) => {
      const one = byId.get(id);
      return one ? [one] : [];
    }),
  };
}

/** Null when the project has recorded nothing of it. */
export async function session(
  store: Store,
  project: string,
  id: string,
  options: ReadOptions,
): Promise<Session | null> {
  const params = { project, session: id };
  const settings = { ...options, settings: exact };
  const ofSession = "project_id = {project:String} AND session_id = {session:String}";
  const [[row], traceRows, calls, tools] = await Promise.all([
    store.query<SummaryRow>(
      `SELECT ${summary} FROM (${sessionRows(ofSession)}) GROUP BY session_id`,
      params,
      settings,
    ),
    store.query<{ trace: string }>(
      `SELECT trace, max(at) AS last FROM (
        SELECT assumeNotNull(trace_id) AS trace, timestamp AS at FROM events_list
        WHERE ${ofSession} AND trace_id != ''
        UNION ALL SELECT trace_id, timestamp FROM spans WHERE ${ofSession})
      GROUP BY trace ORDER BY last DESC LIMIT ${most.traces}`,
      params,
      settings,
    ),
    store.query<StoredLogRow>(
      `SELECT ${logColumns} FROM events_list WHERE ${ofSession} AND counted
      ORDER BY timestamp, event_id LIMIT ${most.calls}`,
      params,
      settings,
    ),
    toolsOf(store, ofSession, params, options),
  ]);
  if (!row) return null;
  const rows = calls.map(logRow);
  const [traces, scores, said] = await Promise.all([
    summariesOf(store, project, traceRows.map(({ trace }) => trace), { from: null }, options),
    scoresAbout(store, project, { sessions: [id] }, rows.map(({ event_id }) => event_id), options),
    saidIn(store, project, rows, options),
  ]);
  const spoken = rows.map((call) => ({ ...call, ...(said.get(call.event_id) ?? silence) }));
  return { session: summaryOf(row), traces, calls: spoken, tools, scores };
}

type Said = Pick<SessionCall, "asked" | "answered">;

const silence: Said = { asked: "", answered: "" };
/** Characters of a question or an answer that a session shows. */
const mostSaid = 2_000;

/** What was said in calls that stand in the order of time, by their event ids. */
async function saidIn(
  store: Store,
  project: string,
  calls: readonly LogRow[],
  options: ReadOptions,
): Promise<ReadonlyMap<string, Said>> {
  const [first] = calls;
  const last = calls.at(-1);
  if (!first || !last) return new Map();
  const rows = await store.query<Said & { readonly event_id: string }>(
    `SELECT event_id, substringUTF8(input_text, 1, ${mostSaid}) AS asked,
      substringUTF8(output_text, 1, ${mostSaid}) AS answered
    FROM event_bodies WHERE project_id = {project:String}
      AND toStartOfHour(timestamp) >= toStartOfHour(fromUnixTimestamp64Milli({from:Int64}))
      AND toStartOfHour(timestamp) <= toStartOfHour(fromUnixTimestamp64Milli({to:Int64}))
      AND event_id IN {calls:Array(String)}`,
    {
      project,
      from: Date.parse(first.timestamp),
      to: Date.parse(last.timestamp),
      calls: calls.map(({ event_id }) => event_id),
    },
    { ...options, settings: exact },
  );
  return new Map(rows.map(({ event_id, asked, answered }) => [event_id, { asked, answered }]));
}

interface CallerRow {
  readonly event_id: string;
  readonly at: string;
  readonly latency: number;
  readonly tool_call_ids: readonly string[];
  readonly tool_call_names: readonly string[];
  readonly tool_result_ids: readonly string[];
}

interface SpanToolRow {
  readonly event_id: string;
  readonly at: string;
  readonly tool: string;
  readonly id: string | null;
  readonly duration_ms: number | null;
}

/** Tools of the calls and spans that meet a condition: recorded ones, and those that follow from calls. */
async function toolsOf(
  store: Store,
  condition: string,
  params: Params,
  options: ReadOptions,
): Promise<ToolUse[]> {
  const settings = { ...options, settings: exact };
  const [callers, spans] = await Promise.all([
    store.query<CallerRow>(
      `SELECT event_id, toUnixTimestamp64Milli(timestamp) AS at, ifNull(latency_ms, 0) AS latency,
        tool_call_ids,
        tool_call_names, tool_result_ids
      FROM events WHERE ${condition} AND (notEmpty(tool_call_ids) OR notEmpty(tool_result_ids))
      ORDER BY timestamp LIMIT ${most.calls}`,
      params,
      settings,
    ),
    store.query<SpanToolRow>(
      `SELECT event_id, toUnixTimestamp64Milli(timestamp) AS at, ifNull(tool_name, name) AS tool,
        tool_call_id AS id, duration_ms
      FROM spans WHERE ${condition} AND kind = 'tool' ORDER BY timestamp LIMIT ${most.tools}`,
      params,
      settings,
    ),
  ]);
  const recorded = spans.map((row): ToolUse => ({
    tool_call_id: row.id ?? row.event_id,
    name: row.tool,
    start: instantOf(row.at),
    duration_ms: row.duration_ms,
    derived: false,
    asked_by: null,
    answered_to: null,
  }));
  const ids = new Set(spans.flatMap(({ id }) => id ? [id] : []));
  const derived = derivedUses(
    callers.map((row) => ({
      ...row,
      parent_span_id: null,
      startMs: Number(row.at),
      endMs: Number(row.at) + row.latency,
    })),
    ids,
  ).map((use): ToolUse => ({
    tool_call_id: use.tool_call_id,
    name: use.name,
    start: instantOf(Math.floor(use.startMs)),
    duration_ms: use.durationMs,
    derived: true,
    asked_by: use.askedBy,
    answered_to: use.answeredTo,
  }));
  return [...recorded, ...derived].sort((a, b) => a.start < b.start ? -1 : 1);
}

function summaryOf(row: SummaryRow): SessionSummary {
  return {
    session_id: row.session,
    ...groupSpanOf(row),
    ...groupSumsOf(row),
    traces: Number(row.traces),
    users: [...row.users],
    models: [...row.models],
  };
}
