/**
 * What the rest of the product may ask about traces, sessions, users, models, tools and scores. The
 * project is always the first argument.
 *
 * @module
 */
import type { Filters, Range, ReadOptions } from "./contract.ts";
import { models } from "./models.ts";
import { scores, type ScoresQuery } from "./scores.ts";
import { session, sessions, type SessionsQuery } from "./sessions.ts";
import type { Store } from "./store.ts";
import { tools } from "./tools.ts";
import { spanDetail, trace } from "./trace.ts";
import type {
  ModelSummary,
  ScorePage,
  Session,
  SessionPage,
  SpanDetail,
  ToolSummary,
  Trace,
  TracePage,
  Unmapped,
  User,
  UserPage,
} from "./trace_types.ts";
import { traces, type TracesQuery } from "./traces.ts";
import { unmappedAttributes } from "./unmapped.ts";
import { user, users, type UsersQuery } from "./users.ts";

/** Each method throws `AppError` `analytics_unavailable` while ClickHouse is away. */
export interface TraceAnalytics {
  traces(project: string, query: TracesQuery, options?: ReadOptions): Promise<TracePage>;
  /** Null when nothing of it was recorded. */
  trace(project: string, id: string, options?: ReadOptions): Promise<Trace | null>;
  span(project: string, eventId: string, options?: ReadOptions): Promise<SpanDetail | null>;
  sessions(project: string, query: SessionsQuery, options?: ReadOptions): Promise<SessionPage>;
  session(project: string, id: string, options?: ReadOptions): Promise<Session | null>;
  users(project: string, query: UsersQuery, options?: ReadOptions): Promise<UserPage>;
  user(
    project: string,
    id: string,
    query: { readonly range: Range },
    options?: ReadOptions,
  ): Promise<User | null>;
  models(
    project: string,
    query: { readonly range: Range; readonly filters?: Filters },
    options?: ReadOptions,
  ): Promise<ModelSummary[]>;
  tools(
    project: string,
    query: { readonly range: Range },
    options?: ReadOptions,
  ): Promise<ToolSummary[]>;
  scores(project: string, query: ScoresQuery, options?: ReadOptions): Promise<ScorePage>;
  unmapped(
    project: string,
    query: { readonly range: Range },
    options?: ReadOptions,
  ): Promise<Unmapped>;
}

export function createTraceAnalytics(store: Store): TraceAnalytics {
  return {
    traces: (project, query, options = {}) => traces(store, project, query, options),
    trace: (project, id, options = {}) => trace(store, project, id, options),
    span: (project, eventId, options = {}) => spanDetail(store, project, eventId, options),
    sessions: (project, query, options = {}) => sessions(store, project, query, options),
    session: (project, id, options = {}) => session(store, project, id, options),
    users: (project, query, options = {}) => users(store, project, query, options),
    user: (project, id, query, options = {}) => user(store, project, id, query, options),
    models: (project, { range, filters = {} }, options = {}) =>
      models(store, project, range, filters, options),
    tools: (project, { range }, options = {}) => tools(store, project, range, options),
    scores: (project, query, options = {}) => scores(store, project, query, options),
    unmapped: (project, { range }, options = {}) =>
      unmappedAttributes(store, project, range, options),
  };
}
