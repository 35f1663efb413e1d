/**
 * The event log for pulling: what happened, in order, and the proof that nothing is missing.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { AppError } from "@/core/error.ts";
import { projectAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { logPage } from "./log_page.ts";
import { logEventsSchema, logProofSchema, logQuerySchema, proofQuerySchema } from "./log_schema.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

export function logRoutes(deps: ApiDeps) {
  const access = projectAccess(deps);
  const prove = together(deps.proof);

  const events = createRoute({
    method: "get",
    path: "/v1/log",
    tags: ["Log"],
    summary: "Pull a project's events in order",
    security: [{ projectKey: [] }, { session: [] }],
    middleware: access,
    request: { query: logQuerySchema },
    responses: { 200: jsonAnswer(logEventsSchema, "Events in commit order."), ...errorAnswers },
  });

  const proof = createRoute({
    method: "get",
    path: "/v1/log/proof",
    tags: ["Log"],
    summary: "Counts that show that nothing was lost",
    security: [{ projectKey: [] }, { session: [] }],
    middleware: access,
    request: { query: proofQuerySchema },
    responses: { 200: jsonAnswer(logProofSchema, "Counts by partition."), ...errorAnswers },
  });

  return apiRouter()
    .openapi(events, async (c) => {
      const { after, limit } = c.req.valid("query");
      return c.json(await logPage(deps.log, c.var.project, after || undefined, limit), 200);
    })
    .openapi(proof, async (c) => {
      const proved = await prove();
      if (!proved) throw new AppError("analytics_unavailable");
      return c.json({ ...proved, partitions: [...proved.partitions] }, 200);
    });
}

/** Who asks while an answer is being made gets that one: it counts whole tables. */
function together<T>(make: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => running ??= make().finally(() => running = undefined);
}
