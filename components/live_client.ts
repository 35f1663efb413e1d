/**
 * How an open page reads its figures again: the analytics API, with the session's cookie. Each failure
 * is an outcome with words for the reader and the request's id for a report.
 *
 * @module
 */
import type { Metric, Period, Stats, Timeseries } from "@/core/analytics/types.ts";
import { type Figures, joinSeries } from "./overview_data.ts";
import type { Readiness } from "./readiness.ts";

/** What the reader is told. `signed-out`: the session has ended. */
export interface ReadFailure {
  readonly reason: "signed-out" | "failed";
  readonly message: string;
  readonly requestId: string | null;
}

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: ReadFailure };

/** What is being looked at. */
export interface View {
  readonly project: string;
  readonly period: Period;
}

/** A response, as far as it is looked at: `T` when `ok`, else the one shape of errors. */
export interface Answer<T> {
  readonly ok: boolean;
  readonly status: number;
  json(): Promise<T | ErrorBody>;
}

interface ErrorBody {
  readonly error: { readonly message: string; readonly request_id: string };
}

/** The routes that the overview reads, each with its query. */
export interface LiveApi {
  timeseries(
    query: { readonly project_id: string; readonly period: Period; readonly metric: Metric },
    signal: AbortSignal,
  ): Promise<Answer<Timeseries>>;
  stats(
    query: { readonly project_id: string; readonly date_from: string; readonly date_to: string },
    signal: AbortSignal,
  ): Promise<Answer<Stats>>;
  readiness(project: string, signal: AbortSignal): Promise<Answer<Readiness>>;
}

/** Reads the figures of a view, all of the same range. */
export async function readFigures(
  api: LiveApi,
  view: View,
  signal: AbortSignal,
): Promise<Read<Figures>> {
  const { project: project_id, period } = view;
  const series = (metric: Metric) =>
    outcome(() => api.timeseries({ project_id, period, metric }, signal), signal);
  const [requests, errors, cost] = await Promise.all([
    series("requests"),
    series("errors"),
    series("cost"),
  ]);
  if (!requests.ok) return requests;
  if (!errors.ok) return errors;
  if (!cost.ok) return cost;
  const { date_from, date_to } = requests.value;
  const stats = await outcome(() => api.stats({ project_id, date_from, date_to }, signal), signal);
  if (!stats.ok) return stats;
  const joined = joinSeries(requests.value, errors.value, cost.value);
  return { ok: true, value: { stats: stats.value, series: joined } };
}

export function readReadiness(
  api: LiveApi,
  project: string,
  signal: AbortSignal,
): Promise<Read<Readiness>> {
  return outcome(() => api.readiness(project, signal), signal);
}

async function outcome<T>(ask: () => Promise<Answer<T>>, signal: AbortSignal): Promise<Read<T>> {
  try {
    const answer = await ask();
    if (answer.status === 401) return failed("signed-out", "Your session has ended.", null);
    // `ok` says which of the two the body is.
    if (answer.ok) return { ok: true, value: await answer.json() as T };
    const { message, requestId } = errorOf(await answer.json().catch(() => null));
    return failed("failed", message ?? `The server answered ${answer.status}.`, requestId);
  } catch (error) {
    if (signal.aborted) throw error;
    return failed("failed", "The server could not be reached.", null);
  }
}

function failed(
  reason: ReadFailure["reason"],
  message: string,
  requestId: string | null,
): { readonly ok: false; readonly failure: ReadFailure } {
  return { ok: false, failure: { reason, message, requestId } };
}

/** Reads the one shape of errors, as far as it is there: a proxy may have answered instead. */
function errorOf(body: unknown): { message: string | null; requestId: string | null } {
  const error = field(body, "error");
  const text = (value: unknown) => typeof value === "string" ? value : null;
  return { message: text(field(error, "message")), requestId: text(field(error, "request_id")) };
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
