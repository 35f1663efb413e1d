/**
 * The analytics routes: check the query string, ask core, answer.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { breakdownSchema, propertiesSchema } from "@/core/analytics/breakdown_types.ts";
import type { StatsQuery } from "@/core/analytics/contract.ts";
import { filtersOf } from "@/core/analytics/filters.ts";
import {
  bucketsOf,
  openRangeOf,
  type RangeInput,
  rangeOf,
  type RangeResult,
} from "@/core/analytics/range.ts";
import { rangeBefore } from "@/core/analytics/range_before.ts";
import {
  eventDetailSchema,
  logPageSchema,
  statsSchema,
  timeseriesSchema,
} from "@/core/analytics/types.ts";
import { AppError } from "@/core/error.ts";
import {
  breakdownQuery,
  eventPath,
  eventQuery,
  exportQuery,
  logsQuery,
  rangeQuery,
  statsQuery,
  timeseriesQuery,
} from "./analytics_schema.ts";
import { projectAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { badRequest } from "./errors.ts";
import { exportAnswer } from "./export.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const tags = ["Analytics"];
const security = [{ projectKey: [] }, { session: [] }];

export function analyticsRoutes(deps: ApiDeps) {
  const { analytics, traces, now } = deps;
  const middleware = projectAccess(deps);
  const common = { method: "get", tags, security, middleware } as const;

  const stats = createRoute({
    ...common,
    path: "/v1/analytics/stats",
    summary: "Totals of a range, by default the last 24 hours",
    request: { query: statsQuery },
    responses: { 200: jsonAnswer(statsSchema, "Totals and top models."), ...errorAnswers },
  });

  const timeseries = createRoute({
    ...common,
    path: "/v1/analytics/timeseries",
    summary: "One metric over time",
    request: { query: timeseriesQuery },
    responses: { 200: jsonAnswer(timeseriesSchema, "Every bucket."), ...errorAnswers },
  });

  const breakdown = createRoute({
    ...common,
    path: "/v1/analytics/breakdown",
    summary: "The largest groups of calls with their figures",
    request: { query: breakdownQuery },
    responses: { 200: jsonAnswer(breakdownSchema, "Largest first."), ...errorAnswers },
  });

  const properties = createRoute({
    ...common,
    path: "/v1/analytics/properties",
    summary: "The names of the properties that calls have",
    request: { query: rangeQuery },
    responses: { 200: jsonAnswer(propertiesSchema, "Most requests first."), ...errorAnswers },
  });

  const logs = createRoute({
    ...common,
    path: "/v1/analytics/logs",
    summary: "Events, page by page",
    request: { query: logsQuery },
    responses: { 200: jsonAnswer(logPageSchema, "One page."), ...errorAnswers },
  });

  const event = createRoute({
    ...common,
    path: "/v1/analytics/event/{event_id}",
    summary: "One event with its bodies, price and decisions",
    request: { params: eventPath, query: eventQuery },
    responses: { 200: jsonAnswer(eventDetailSchema, "The event."), ...errorAnswers },
  });

  const exported = createRoute({
    ...common,
    path: "/v1/analytics/export",
    summary: "Every matching event as a file",
    request: { query: exportQuery },
    responses: {
      200: {
        description: "A stream of rows.",
        content: {
          "text/csv": { schema: z.string() },
          "application/jsonl": { schema: z.string() },
        },
      },
      ...errorAnswers,
    },
  });

  /** What is told of an id that no call has: a span's own address, when it is one. */
  async function notACall(project: string, id: string, signal: AbortSignal): Promise<AppError> {
    const span = await traces.span(project, id, { signal });
    return new AppError(
      "event_not_found",
      span ? { see: `/v1/analytics/spans/${encodeURIComponent(id)}` } : undefined,
    );
  }

  return apiRouter()
    .openapi(stats, async (c) => {
      const query = c.req.valid("query");
      const asked = compared(query, now());
      return c.json(await analytics.stats(c.var.project, asked, { signal: c.req.raw.signal }), 200);
    })
    .openapi(timeseries, async (c) => {
      const query = c.req.valid("query");
      const asked = {
        ...taken(bucketsOf(query, now())),
        metric: query.metric,
        top: query.top,
        ...(query.group_by !== undefined && { groupBy: query.group_by }),
        filters: filtersOf(query),
      };
      return c.json(
        await analytics.timeseries(c.var.project, asked, { signal: c.req.raw.signal }),
        200,
      );
    })
    .openapi(breakdown, async (c) => {
      const query = c.req.valid("query");
      const { by, order, limit } = query;
      const asked = { ...compared(query, now()), by, order, limit };
      return c.json(
        await analytics.breakdown(c.var.project, asked, { signal: c.req.raw.signal }),
        200,
      );
    })
    .openapi(properties, async (c) => {
      const query = c.req.valid("query");
      const asked = { range: taken(rangeOf(query, now())), filters: filtersOf(query) };
      return c.json(
        await analytics.properties(c.var.project, asked, { signal: c.req.raw.signal }),
        200,
      );
    })
    .openapi(logs, async (c) => {
      const query = c.req.valid("query");
      const { limit, offset, cursor, order } = query;
      const asked = {
        range: taken(openRangeOf(query, now())),
        filters: filtersOf(query),
        order,
        limit,
        ...(offset !== undefined && { offset }),
        ...(cursor !== undefined && { cursor }),
      };
      return c.json(await analytics.logs(c.var.project, asked, { signal: c.req.raw.signal }), 200);
    })
    .openapi(event, async (c) => {
      const { event_id } = c.req.valid("param");
      const raw = c.req.valid("query").raw === "true";
      const detail = await analytics.event(c.var.project, event_id, {
        raw,
        signal: c.req.raw.signal,
      });
      if (!detail) throw await notACall(c.var.project, event_id, c.req.raw.signal);
      return c.json(detail, 200);
    })
    .openapi(exported, async (c) => {
      const query = c.req.valid("query");
      const asked = {
        range: taken(openRangeOf(query, now())),
        filters: filtersOf(query),
        order: query.order,
      };
      return await exportAnswer(
        query.format,
        (signal) => analytics.rows(c.var.project, asked, { signal }),
      );
    });
}

interface Compared extends RangeInput {
  readonly compare?: "previous" | undefined;
}

/** The calls that are asked for, and those of the range before when they are to be compared. */
function compared(query: Compared, now: number): StatsQuery {
  const range = taken(rangeOf(query, now));
  return {
    range,
    filters: filtersOf({ ...query }),
    ...(query.compare && { previous: rangeBefore(range, now) }),
  };
}

function taken<T>(result: RangeResult<T>): T {
  if (!result.ok) throw badRequest({ field: result.field, expected: result.expected });
  return result.value;
}
