/**
 * For whoever runs the installation: is it alive, can it work, how is it doing. Open without a key, and
 * therefore without a word of any project.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { ApiDeps } from "./context.ts";
import { readiness, readinessSchema } from "./readiness.ts";
import { apiRouter, jsonAnswer } from "./router.ts";

const tags = ["Operations"];

const alive = createRoute({
  method: "get",
  path: "/healthz",
  tags,
  summary: "Whether the process is alive",
  responses: { 200: jsonAnswer(z.object({ status: z.literal("alive") }), "It is.") },
});

const ready = createRoute({
  method: "get",
  path: "/readyz",
  tags,
  summary: "Whether everything that it needs can be reached, and how far the consumers are",
  responses: {
    200: jsonAnswer(readinessSchema, "Everything stands."),
    503: jsonAnswer(readinessSchema, "Something does not: see checks."),
  },
});

const metricsText = createRoute({
  method: "get",
  path: "/metrics",
  tags,
  summary: "Metrics for Prometheus",
  responses: {
    200: {
      description: "Text format 0.0.4.",
      content: { "text/plain": { schema: z.string() } },
    },
  },
});

export function operationRoutes({ checks, metrics }: ApiDeps) {
  return apiRouter()
    .openapi(alive, (c) => c.json({ status: "alive" as const }, 200))
    .openapi(ready, async (c) => {
      const answer = await readiness(checks);
      return answer.status === "ready" ? c.json(answer, 200) : c.json(answer, 503);
    })
    .openapi(metricsText, async (c) =>
      c.text(await metrics.text(), 200, {
        "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
      }));
}
