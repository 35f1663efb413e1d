/**
 * How the installation stands, as JSON: what an open overview asks again and again.
 *
 * @module
 */
import { HttpError } from "fresh";
import { define } from "../(_http)/state.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { projects, readiness } = ctx.state.services;
    const asked = ctx.url.searchParams.get("project");
    const project = (await projects.list()).find(({ id }) => id === asked);
    if (!project) throw new HttpError(404);
    return ctx.json(await readiness(project.id));
  },
});
