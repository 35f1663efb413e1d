/**
 * The views that a project has named, for the dashboard.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError } from "@/core/error.ts";
import { newViewSchema, savedViewSchema } from "@/core/saved_views/saved_views.ts";
import { sessionAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const projectPath = z.object({ id: z.string() });
const viewPath = projectPath.extend({ view_id: z.string().max(64) });
const tags = ["Projects"];
const security = [{ session: [] }];

export function viewRoutes({ views, projects, sessions }: ApiDeps) {
  const middleware = sessionAccess({ sessions });
  const common = { tags, security, middleware } as const;

  const list = createRoute({
    ...common,
    method: "get",
    path: "/v1/projects/{id}/views",
    summary: "The dashboard's saved views",
    request: { params: projectPath },
    responses: {
      200: jsonAnswer(z.object({ views: z.array(savedViewSchema) }), "By name."),
      ...errorAnswers,
    },
  });

  const save = createRoute({
    ...common,
    method: "post",
    path: "/v1/projects/{id}/views",
    summary: "Save a view under a name",
    request: {
      params: projectPath,
      body: { required: true, content: { "application/json": { schema: newViewSchema } } },
    },
    responses: {
      201: jsonAnswer(savedViewSchema, "Saved; a view of the same name is replaced."),
      ...errorAnswers,
    },
  });

  const remove = createRoute({
    ...common,
    method: "delete",
    path: "/v1/projects/{id}/views/{view_id}",
    summary: "Remove a saved view",
    request: { params: viewPath },
    responses: { 204: { description: "Removed." }, ...errorAnswers },
  });

  async function known(id: string): Promise<string> {
    if (!await projects.get(id)) throw new AppError("project_not_found");
    return id;
  }

  return apiRouter()
    .openapi(list, async (c) => {
      const id = await known(c.req.valid("param").id);
      return c.json({ views: [...await views.list(id)] }, 200);
    })
    .openapi(save, async (c) => {
      const id = await known(c.req.valid("param").id);
      return c.json(await views.save(id, c.req.valid("json")), 201);
    })
    .openapi(remove, async (c) => {
      const { id, view_id } = c.req.valid("param");
      if (!await views.remove(await known(id), view_id)) throw new AppError("view_not_found");
      return c.body(null, 204);
    });
}
