/**
 * The list of traces, and their sums: calls and spans of one trace id, whoever recorded them.
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
import { instantOf, pageOf, type PageQuery, rangeSql } from "./page.ts";
import { exact } from "./settings.ts";
import { startsOf } from "./starts.ts";
import type { Params, Store } from "./store.ts";
import type { TracePage, TraceSummary } from "./trace_types.ts";

export interface TracesQuery extends PageQuery {
  readonly filters?: TraceFilters;
}

/** A trace meets them when one of its calls or spans does. */
export interface TraceFilters {
  readonly user_id?: readonly string[] | undefined;
  readonly session_id?: readonly string[] | undefined;
  readonly environment?: readonly string[] | undefined;
  readonly model?: readonly string[] | undefined;
  /** `error`: at least one failed. `success`: none did. */
  readonly status?: "success" | "error" | undefined;
  /** Part of the root's name, in any case. */
  readonly name?: string | undefined;
}

/** Calls and spans of traces as rows with the same columns. */
function traceRows(condition: string): string {
  return `SELECT trace_id, toUnixTimestamp64Milli(timestamp) AS at, ifNull(latency_ms, 0) AS took,
      ifNull(parent_span_id, '') AS parent, '' AS name, true AS is_call, counted,
      status IN ('error', 'aborted') AS failed, tokens_input, tokens_output, cost_usd, model,
      provider, user_id, session_id, '' AS kind, '' AS service,
      properties['environment'] AS environment
    FROM events_list WHERE ${condition} AND isNotNull(trace_id) AND trace_id != ''
    UNION ALL
    SELECT trace_id, toUnixTimestamp64Milli(timestamp), ifNull(duration_ms, 0), parent_span_id,
      name, false, false, status = 'error' AND NOT is_call, 0, 0, NULL, '', '', user_id, session_id,
      if(is_call, 'call', kind), ifNull(service, ''), ifNull(environment, '')
    FROM spans WHERE ${condition}`;
}

/** What a trace adds up to. `root` orders a trace's rows: roots first, then by time. */
const summary = `trace_id,
  ${groupSpan},
  argMinIf(name, (parent != '', at), name != '') AS root_name,
  argMinIf(model, at, is_call) AS first_model,
  countIf(NOT is_call AND kind != 'call') AS spans,
  countIf(kind = 'tool') AS tools,
  ${groupSums("is_call AND counted", "failed")},
  arraySort(groupUniqArrayIf(20)(model, is_call AND model != '')) AS models,
  arraySort(groupUniqArrayIf(20)(service, service != '')) AS services,
  argMinIf(user_id, at, isNotNull(user_id)) AS user,
  argMinIf(session_id, at, isNotNull(session_id)) AS session,
  argMinIf(environment, at, environment != '') AS environment`;

interface SummaryRow extends GroupSumsRow, GroupSpanRow {
  readonly trace_id: string;
  readonly root_name: string;
  readonly first_model: string;
  readonly spans: string;
  readonly tools: string;
  readonly models: readonly string[];
  readonly services: readonly string[];
  readonly user: string | null;
  readonly session: string | null;
  readonly environment: string;
}

/** A page of a range's traces, by when they began. */
export async function traces(
  store: Store,
  project: string,
  query: TracesQuery,
  options: ReadOptions,
): Promise<TracePage> {
  const found = await startsOf(
    store,
    project,
    { id: "trace_id", rows: traceRows, ...filterOf(query.filters ?? {}) },
    query,
    options,
  );
  const { rows, page } = pageOf(query, found, ({ id, start_at }) => ({
    at: instantOf(start_at),
    id,
  }));
  const summaries = await summariesOf(store, project, rows.map(({ id }) => id), {
    from: rows.map(({ start_at }) => Number(start_at)),
  }, options);
  const byId = new Map(summaries.map((one) => [one.trace_id, one]));
  return {
    ...page,
    traces: rows.flatMap(({ id }) => {
      const one = byId.get(id);
      return one ? [one] : [];
    }),
  };
}

const dayMs = 86_400_000;

/** Whole traces, what lies outside of a list's range included. */
export async function summariesOf(
  store: Store,
  project: string,
  ids: readonly string[],
  { from }: { readonly from: readonly number[] } | { readonly from: null },
  options: ReadOptions,
): Promise<TraceSummary[]> {
  if (ids.length === 0) return [];
  const around = from ? ` AND ${rangeSql}` : "";
  const rows = await store.query<SummaryRow>(
    `SELECT ${summary} FROM (${
      traceRows(
        `project_id = {project:String} AND trace_id IN {traces:Array(String)}${around}`,
      )
    }) GROUP BY trace_id ORDER BY start_at DESC, trace_id DESC`,
    {
      project,
      traces: ids,
      ...(from && {
        from: Math.max(0, Math.min(...from) - dayMs),
        to: Math.max(...from) + 7 * dayMs,
      }),
    },
    { ...options, settings: exact },
  );
  return rows.map(summaryOf);
}

function summaryOf(row: SummaryRow): TraceSummary {
  return {
    trace_id: row.trace_id,
    name: row.root_name || row.first_model || row.trace_id,
    ...groupSpanOf(row),
    ...groupSumsOf(row),
    status: Number(row.errors) > 0 ? "error" : "success",
    spans: Number(row.spans),
    tool_calls: Number(row.tools),
    models: [...row.models],
    services: [...row.services],
    user_id: row.user || null,
    session_id: row.session || null,
    environment: row.environment || null,
  };
}

function filterOf(filters: TraceFilters): { readonly having: string[]; readonly params: Params } {
  const having: string[] = [];
  const params: Record<string, Params[string]> = {};
  for (const name of ["user_id", "session_id", "environment", "model"] as const) {
    const values = filters[name];
    if (!values) continue;
    having.push(`countIf(has({only_${name}:Array(String)}, ifNull(${name}, ''))) > 0`);
    params[`only_${name}`] = values;
  }
  if (filters.status) having.push(`countIf(failed) ${filters.status === "error" ? "> 0" : "= 0"}`);
  if (filters.name !== undefined) {
    having.push(
      `positionCaseInsensitiveUTF8(argMinIf(name, (parent != '', at), name != ''), {only_name:String}) > 0`,
    );
    params.only_name = filters.name;
  }
  return { having, params };
}
