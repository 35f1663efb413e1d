/**
 * Demo data of a project, for the dashboard: filled with one request, away with another.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError } from "@/core/error.ts";
import { sessionAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const demoStateSchema = z.object({
  /** `filling`: events are being written to the log; `filled`: all of them are there. */
  phase: z.enum(["none", "filling", "filled"]),
  /** Events in the log so far. */
  events: z.number().int().nonnegative(),
  /** How many it will be, roughly; null when nothing is being written. */
  expected: z.number().int().nonnegative().nullable(),
});
export type DemoState = z.infer<typeof demoStateSchema>;

/** Fills projects with history, and empties them of it. */
export interface Demo {
  state(project: string): Promise<DemoState>;
  /** Begins; a project that holds demo data already is left as it is. */
  fill(project: string): Promise<DemoState>;
  /** Ends what is being written and takes all demo events out of the project's analytics. */
  remove(project: string): Promise<DemoState>;
}

const path = "/v1/projects/{id}/demo";
const tags = ["Projects"];
const security = [{ session: [] }];
const projectPath = z.object({ id: z.string() });

export function demoRoutes({ demo, projects, sessions }: ApiDeps) {
  const common = {
    path,
    tags,
    security,
    middleware: sessionAccess({ sessions }),
    request: { params: projectPath },
  } as const;

  const read = createRoute({
    ...common,
    method: "get",
    summary: "Whether a project holds demo data",
    responses: { 200: jsonAnswer(demoStateSchema, "As it is now."), ...errorAnswers },
  });
  const fill = createRoute({
    ...common,
    method: "post",
    summary: "Fill a project with a month of made-up calls",
    responses: {
      202: jsonAnswer(demoStateSchema, "It has begun; GET tells how far it is."),
      ...errorAnswers,
    },
  });
  const remove = createRoute({
    ...common,
    method: "delete",
    summary: "Take a project's demo data away",
    responses: {
      200: jsonAnswer(demoStateSchema, "It leaves analytics as soon as the consumers read this."),
      ...errorAnswers,
    },
  });

  async function known(id: string): Promise<string> {
    if (!await projects.get(id)) throw new AppError("project_not_found");
    return id;
  }

  return apiRouter()
    .openapi(read, async (c) => c.json(await demo.state(await known(c.req.valid("param").id)), 200))
    .openapi(fill, async (c) => c.json(await demo.fill(await known(c.req.valid("param").id)), 202))
    .openapi(
      remove,
      async (c) => c.json(await demo.remove(await known(c.req.valid("param").id)), 200),
    );
}
