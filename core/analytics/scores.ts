/**
 * Scores and feedback.
 *
 * @module
 */
import type { ReadOptions } from "./contract.ts";
import { pageOf, type PageQuery, pagingOf, rangeParams, rangeSql } from "./page.ts";
import { exact } from "./settings.ts";
import type { Params, Store } from "./store.ts";
import type { ScorePage, ScoreRow } from "./trace_types.ts";
import { scoreRowSchema } from "./trace_types.ts";

export interface ScoresQuery extends PageQuery {
  readonly filters?: ScoreFilters;
}

export interface ScoreFilters {
  readonly name?: readonly string[] | undefined;
  readonly kind?: readonly string[] | undefined;
  readonly target_event_id?: readonly string[] | undefined;
  readonly trace_id?: readonly string[] | undefined;
  readonly session_id?: readonly string[] | undefined;
  readonly user_id?: readonly string[] | undefined;
}

const columns = `event_id, timestamp, kind, name, value, text, data_type, comment, target_event_id,
  trace_id, span_id, session_id, user_id, source, properties, correction`;

const filterColumns = [
  "name",
  "kind",
  "target_event_id",
  "trace_id",
  "session_id",
  "user_id",
] as const;

export async function scores(
  store: Store,
  project: string,
  query: ScoresQuery,
  options: ReadOptions,
): Promise<ScorePage> {
  const paging = pagingOf(query, "toUnixTimestamp64Milli(timestamp)", "event_id");
  const conditions = ["project_id = {project:String}", rangeSql, paging.having];
  const params: Record<string, Params[string]> = { project, ...rangeParams(query.range) };
  for (const name of filterColumns) {
    const values = query.filters?.[name];
    if (!values) continue;
    conditions.push(`ifNull(${name}, '') IN {${name}:Array(String)}`);
    params[name] = values;
  }
  const rows = await store.query<ScoreRow>(
    `SELECT ${columns} FROM scores WHERE ${conditions.join(" AND ")} ORDER BY ${paging.orderBy}`,
    { ...params, ...paging.params },
    { ...options, settings: exact },
  );
  const { rows: shown, page } = pageOf(query, rows, ({ timestamp, event_id }) => ({
    at: timestamp,
    id: event_id,
  }));
  return { ...page, scores: shown.map(scoreOf) };
}

/** Most scores of one trace or session. */
const mostScores = 1_000;

/** What was thought of a trace, or of any of these events, oldest first. */
export async function scoresAbout(
  store: Store,
  project: string,
  about: { readonly traces?: readonly string[]; readonly sessions?: readonly string[] },
  events: readonly string[],
  options: ReadOptions,
): Promise<ScoreRow[]> {
  const rows = await store.query<ScoreRow>(
    `SELECT ${columns} FROM scores WHERE project_id = {project:String}
      AND (trace_id IN {traces:Array(String)} OR session_id IN {sessions:Array(String)}
        OR target_event_id IN {events:Array(String)})
    ORDER BY timestamp, event_id LIMIT ${mostScores}`,
    { project, traces: about.traces ?? [], sessions: about.sessions ?? [], events },
    { ...options, settings: exact },
  );
  return rows.map(scoreOf);
}

function scoreOf(row: ScoreRow): ScoreRow {
  return scoreRowSchema.parse({ ...row, properties: { ...row.properties } });
}
