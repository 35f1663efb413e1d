/**
 * The overview's figures, for pages that are open.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { filterFields, filtersOf, querySchema } from "@/core/analytics/filters.ts";
import { overviewSchema } from "@/core/analytics/overview/types.ts";
import { bucketsOf, rangeFields } from "@/core/analytics/range.ts";
import { projectAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { badRequest } from "./errors.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const overviewQuery = querySchema({
  project_id: z.string().min(1).optional(),
  ...rangeFields,
  ...filterFields,
  /** Whether the figures of the range before are wanted. */
  compare: z.enum(["on", "off"]).default("on"),
});

export function overviewRoutes(deps: ApiDeps) {
  const overview = createRoute({
    method: "get",
    path: "/v1/analytics/overview",
    tags: ["Analytics"],
    summary: "Figures of a range beside those before, over time, and what the money went to",
    security: [{ projectKey: [] }, { session: [] }],
    middleware: projectAccess(deps),
    request: { query: overviewQuery },
    responses: { 200: jsonAnswer(overviewSchema, "The overview."), ...errorAnswers },
  });

  return apiRouter().openapi(overview, async (c) => {
    const query = c.req.valid("query");
    const now = deps.now();
    const buckets = bucketsOf(query, now);
    if (!buckets.ok) throw badRequest({ field: buckets.field, expected: buckets.expected });
    const asked = {
      ...buckets.value,
      now,
      filters: filtersOf(query),
      compare: query.compare === "on",
    };
    return c.json(await deps.overview(c.var.project, asked, { signal: c.req.raw.signal }), 200);
  });
}
