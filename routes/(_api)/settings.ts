/**
 * A project's settings, section by section, for the dashboard. What a section holds is for the part of
 * the product to say that obeys it.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError } from "@/core/error.ts";
import type { EditableSection } from "@/core/settings/editable.ts";
import { sessionAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const newSettings = z.strictObject({
  /** The whole section; a field that is left out gets its default. */
  settings: z.record(z.string(), z.unknown()),
  /** The version that was read before; another one in between is not overwritten. */
  replaces: z.number().int().nonnegative().optional(),
});

const settingsSchema = z.object({
  project_id: z.string(),
  section: z.string(),
  /** Counts the section's changes; 0 while it was never changed. */
  version: z.number().int().nonnegative(),
  changed_at: z.iso.datetime({ precision: 3 }).nullable(),
  settings: z.record(z.string(), z.unknown()),
}).meta({ id: "Settings" });

const path = "/v1/projects/{id}/settings/{section}";
const sectionPath = z.object({ id: z.string(), section: z.string() });
const tags = ["Projects"];
const security = [{ session: [] }];

export function settingsRoutes({ sections, projects, sessions }: ApiDeps) {
  const middleware = sessionAccess({ sessions });
  const byName = new Map<string, EditableSection>(sections.map((one) => [one.name, one]));

  async function sectionOf(project: string, name: string): Promise<EditableSection> {
    if (!await projects.get(project)) throw new AppError("project_not_found");
    const section = byName.get(name);
    if (!section) throw new AppError("section_not_found", { sections: [...byName.keys()] });
    return section;
  }

  const read = createRoute({
    method: "get",
    path,
    tags,
    summary: "A section of a project's settings",
    security,
    middleware,
    request: { params: sectionPath },
    responses: { 200: jsonAnswer(settingsSchema, "As they are now."), ...errorAnswers },
  });

  const replace = createRoute({
    method: "put",
    path,
    tags,
    summary: "Replace a section of a project's settings",
    security,
    middleware,
    request: {
      params: sectionPath,
      body: { required: true, content: { "application/json": { schema: newSettings } } },
    },
    responses: {
      200: jsonAnswer(settingsSchema, "In the log; every gateway obeys them within 5 seconds."),
      ...errorAnswers,
    },
  });

  return apiRouter()
    .openapi(read, async (c) => {
      const { id, section } = c.req.valid("param");
      const book = await sectionOf(id, section);
      return c.json(settingsSchema.parse({ project_id: id, section, ...await book.get(id) }), 200);
    })
    .openapi(replace, async (c) => {
      const { id, section } = c.req.valid("param");
      const { settings, replaces } = c.req.valid("json");
      const book = await sectionOf(id, section);
      const kept = await book.put(id, settings, replaces);
      return c.json(settingsSchema.parse({ project_id: id, section, ...kept }), 200);
    });
}
