/**
 * Projects and their keys, for the dashboard.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError } from "@/core/error.ts";
import { sessionAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const environment = z.enum(["live", "test"]);

const projectSchema = z.object({
  id: z.string(),
  name: z.string(),
  created_at: z.iso.datetime(),
}).meta({ id: "Project" });

const keySchema = z.object({
  /** The key's public part. */
  key_id: z.string(),
  environment,
  created_at: z.iso.datetime(),
  /** To the hour; null when it was never used. */
  last_used_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
}).meta({ id: "Key" });

const newProject = z.object({
  name: z.string().trim().min(1, "must not be empty").max(100, "must have at most 100 characters"),
});
const issuedProject = z.object({ project_id: z.string(), key: z.string() });
const issuedKey = z.object({ key_id: z.string(), key: z.string() });
const projectPath = z.object({ id: z.string() });
const keyPath = projectPath.extend({ key_id: z.string() });

const tags = ["Projects"];
const security = [{ session: [] }];

export function projectRoutes({ projects, sessions }: ApiDeps) {
  const middleware = sessionAccess({ sessions });

  const create = createRoute({
    method: "post",
    path: "/v1/projects",
    tags,
    summary: "Create a project",
    security,
    middleware,
    request: {
      body: { required: true, content: { "application/json": { schema: newProject } } },
    },
    responses: { 201: jsonAnswer(issuedProject, "The key is shown this once."), ...errorAnswers },
  });

  const list = createRoute({
    method: "get",
    path: "/v1/projects",
    tags,
    summary: "List projects",
    security,
    middleware,
    responses: {
      200: jsonAnswer(z.object({ projects: z.array(projectSchema) }), "Oldest first."),
      ...errorAnswers,
    },
  });

  const listKeys = createRoute({
    method: "get",
    path: "/v1/projects/{id}/keys",
    tags,
    summary: "List a project's keys",
    security,
    middleware,
    request: { params: projectPath },
    responses: {
      200: jsonAnswer(z.object({ keys: z.array(keySchema) }), "Oldest first, without secrets."),
      ...errorAnswers,
    },
  });

  const issue = createRoute({
    method: "post",
    path: "/v1/projects/{id}/keys",
    tags,
    summary: "Make a further key",
    security,
    middleware,
    request: {
      params: projectPath,
      body: {
        content: {
          "application/json": { schema: z.object({ environment: environment.default("live") }) },
        },
      },
    },
    responses: { 201: jsonAnswer(issuedKey, "The key is shown this once."), ...errorAnswers },
  });

  const revoke = createRoute({
    method: "delete",
    path: "/v1/projects/{id}/keys/{key_id}",
    tags,
    summary: "Revoke a key",
    security,
    middleware,
    request: { params: keyPath },
    responses: {
      204: { description: "Revoked; other processes notice within 5 seconds." },
      ...errorAnswers,
    },
  });

  return apiRouter()
    .openapi(create, async (c) => {
      const { project, issued } = await projects.create(c.req.valid("json").name);
      return c.json({ project_id: project.id, key: issued.key }, 201);
    })
    .openapi(list, async (c) => c.json({ projects: [...await projects.list()] }, 200))
    .openapi(listKeys, async (c) => {
      const keys = await projects.keys(c.req.valid("param").id);
      if (!keys) throw new AppError("project_not_found");
      return c.json({ keys: [...keys] }, 200);
    })
    .openapi(issue, async (c) => {
      const { environment = "live" } = c.req.valid("json");
      const issued = await projects.issueKey(c.req.valid("param").id, environment);
      if (!issued) throw new AppError("project_not_found");
      return c.json({ key_id: issued.info.key_id, key: issued.key }, 201);
    })
    .openapi(revoke, async (c) => {
      const { id, key_id } = c.req.valid("param");
      if (!await projects.get(id)) throw new AppError("project_not_found");
      if (!await projects.revokeKey(id, key_id)) throw new AppError("key_not_found");
      return c.body(null, 204);
    });
}
