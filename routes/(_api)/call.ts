/**
 * One call as people look at it, for the dashboard's side panel; and whether one is there already.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError } from "@/core/error.ts";
import { callViewSchema } from "@/core/transcript/call_view.ts";
import { eventPath } from "./analytics_schema.ts";
import { projectAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const ofProject = z.strictObject({ project_id: z.string().min(1).optional() });

export function callRoutes(deps: ApiDeps) {
  const call = createRoute({
    method: "get",
    path: "/v1/analytics/event/{event_id}/call",
    tags: ["Analytics"],
    summary: "One event as a conversation, with its cost, decisions and feedback",
    security: [{ projectKey: [] }, { session: [] }],
    middleware: projectAccess(deps),
    request: {
      params: eventPath,
      query: ofProject,
    },
    responses: { 200: jsonAnswer(callViewSchema, "The call."), ...errorAnswers },
  });

  const recorded = createRoute({
    method: "get",
    path: "/v1/analytics/recorded",
    tags: ["Analytics"],
    summary: "Whether an event has reached analytics, for those who wait for it",
    security: [{ projectKey: [] }, { session: [] }],
    middleware: projectAccess(deps),
    request: { query: ofProject.extend(eventPath.shape) },
    responses: {
      200: jsonAnswer(z.object({ recorded: z.boolean() }), "Whether it can be read."),
      ...errorAnswers,
    },
  });

  return apiRouter()
    .openapi(call, async (c) => {
      const { event_id } = c.req.valid("param");
      const found = await deps.call(c.var.project, event_id, { signal: c.req.raw.signal });
      if (!found) throw new AppError("event_not_found");
      return c.json(found.view, 200);
    })
    .openapi(recorded, async (c) => {
      const { event_id } = c.req.valid("query");
      const found = await deps.analytics.event(c.var.project, event_id, {
        signal: c.req.raw.signal,
      });
      return c.json({ recorded: found !== null }, 200);
    });
}
