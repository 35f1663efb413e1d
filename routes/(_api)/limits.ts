/**
 * How far a project's limits are used now. What they are is a section of the project's settings.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { limitScopeSchema, limitUnitSchema } from "@/core/event/limits.ts";
import { amountText } from "@/core/limits/amount.ts";
import type { LimitState } from "@/core/limits/state.ts";
import { projectAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const instant = z.iso.datetime({ precision: 3 });

const limitStateSchema = z.object({
  /** As in the settings. */
  id: z.string(),
  scope: limitScopeSchema,
  property: z.string().nullable(),
  unit: limitUnitSchema,
  quota: z.string(),
  window: z.string(),
  mode: z.enum(["enforce", "dry-run"]),
  /** The window that is now, in UTC. */
  window_start: instant,
  resets_at: instant,
  /** At most 100, those who have used the most first; text is in the limit's unit. */
  subjects: z.array(z.object({
    /** The key, user or value; empty for the project. */
    subject: z.string(),
    /** Spent by calls that ended. */
    used: z.string(),
    /** By calls under way. */
    reserved: z.string(),
    remaining: z.string(),
  })),
  /** Whether there are further subjects. */
  more: z.boolean(),
});

export const limitsSchema = z.object({
  project_id: z.string(),
  limits: z.array(limitStateSchema),
}).meta({ id: "Limits" });

export function limitRoutes(deps: ApiDeps) {
  const read = createRoute({
    method: "get",
    path: "/v1/projects/{id}/limits",
    tags: ["Projects"],
    summary: "How far a project's limits are used",
    security: [{ projectKey: [] }, { session: [] }],
    middleware: projectAccess(deps),
    request: { params: z.object({ id: z.string() }) },
    responses: {
      200: jsonAnswer(limitsSchema, "Now; of other gateways as of a second ago."),
      ...errorAnswers,
    },
  });
  return apiRouter().openapi(read, async (c) => {
    const project = c.get("project");
    const limits = await deps.limits(project);
    return c.json({ project_id: project, limits: limits.map(stateOf) }, 200);
  });
}

function stateOf({ limit, windowStart, windowEnd, subjects, more }: LimitState) {
  return {
    id: limit.id,
    scope: limit.scope,
    property: limit.property,
    unit: limit.unit,
    quota: amountText(limit.unit, limit.quota),
    window: String(limit.window),
    mode: limit.enforced ? "enforce" as const : "dry-run" as const,
    window_start: new Date(windowStart).toISOString(),
    resets_at: new Date(windowEnd).toISOString(),
    subjects: [...subjects],
    more,
  };
}
