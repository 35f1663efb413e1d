/**
 * What the running month will cost.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { filterFields, filtersOf, querySchema } from "@/core/analytics/filters.ts";
import { forecastMonth, forecastRange, forecastSchema } from "@/core/analytics/forecast.ts";
import { projectAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const daySeconds = 86_400;

export function forecastRoutes(deps: ApiDeps) {
  const { analytics, now } = deps;

  const forecast = createRoute({
    method: "get",
    path: "/v1/analytics/forecast",
    tags: ["Analytics"],
    summary: "What the running month will have cost at its end",
    security: [{ projectKey: [] }, { session: [] }],
    middleware: projectAccess(deps),
    request: {
      query: querySchema({ project_id: z.string().min(1).optional(), ...filterFields }),
    },
    responses: { 200: jsonAnswer(forecastSchema, "With its method."), ...errorAnswers },
  });

  return apiRouter().openapi(forecast, async (c) => {
    const at = now();
    const { data } = await analytics.timeseries(c.var.project, {
      range: forecastRange(at),
      bucketSeconds: daySeconds,
      metric: "cost",
      filters: filtersOf(c.req.valid("query")),
    }, { signal: c.req.raw.signal });
    const days = data.map(({ timestamp, value }) => ({ timestamp, cost_usd: String(value) }));
    return c.json({ project_id: c.var.project, ...forecastMonth(days, at) }, 200);
  });
}
