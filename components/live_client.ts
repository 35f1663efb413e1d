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

/** Reads the figures of a view, all of the same range. */
export async function readFigures(view: View, signal: AbortSignal): Promise<Read<Figures>> {
  const series = (metric: Metric) =>
    read<Timeseries>(
      "timeseries",
      { project_id: view.project, period: view.period, metric },
      signal,
    );
  const [requests, errors, cost] = await Promise.all([
    series("requests"),
    series("errors"),
    series("cost"),
  ]);
  if (!requests.ok) return requests;
  if (!errors.ok) return errors;
  if (!cost.ok) return cost;
  const { date_from, date_to } = requests.value;
  const stats = await read<Stats>(
    "stats",
    { project_id: view.project, date_from, date_to },
    signal,
  );
  if (!stats.ok) return stats;
  const joined = joinSeries(requests.value, errors.value, cost.value);
  return { ok: true, value: { stats: stats.value, series: joined } };
}

export function readReadiness(project: string, signal: AbortSignal): Promise<Read<Readiness>> {
  return get<Readiness>(`/dashboard/readiness?${new URLSearchParams({ project })}`, signal);
}

function read<T>(
  route: string,
  params: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Read<T>> {
  return get<T>(`/v1/analytics/${route}?${new URLSearchParams(params)}`, signal);
}

async function get<T>(path: string, signal: AbortSignal): Promise<Read<T>> {
  try {
    const answer = await fetch(path, {
      signal,
      headers: { accept: "application/json" },
      redirect: "error",
    });
    if (answer.status === 401) {
      return failed("signed-out", "Your session has ended.", null);
    }
    const body: unknown = await answer.json().catch(() => null);
    // The schemas of the API are checked where it answers, and its tests hold it to them.
    if (answer.ok && body !== null) return { ok: true, value: body as T };
    const { message, request_id } = errorOf(body);
    return failed("failed", message ?? `The server answered ${answer.status}.`, request_id ?? null);
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

function errorOf(body: unknown): { message?: string; request_id?: string } {
  if (typeof body !== "object" || body === null || !("error" in body)) return {};
  const { error } = body;
  if (typeof error !== "object" || error === null) return {};
  return {
    ...("message" in error && typeof error.message === "string" && { message: error.message }),
    ...("request_id" in error && typeof error.request_id === "string" &&
      { request_id: error.request_id }),
  };
}
