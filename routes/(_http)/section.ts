/**
 * What a project has set, for the page that shows it. None of it needs ClickHouse.
 *
 * @module
 */
import type { Context } from "fresh";
import { type Answer, read } from "@/components/data/read.ts";
import type { Kept } from "@/components/settings/types.ts";
import { must, ownApi } from "./own_api.ts";
import type { State } from "./state.ts";

type ProjectRoutes = ReturnType<typeof ownApi>["v1"]["projects"][":id"];

/** What one of the project's own routes of the API answers. */
export async function readOfProject<T>(
  ctx: Context<State>,
  project: string,
  ask: (routes: ProjectRoutes, param: { readonly id: string }) => Promise<Answer<T>>,
): Promise<T> {
  const routes = ownApi(ctx).v1.projects[":id"];
  return must(await read<T>(() => ask(routes, { id: project }), { signal: ctx.req.signal }));
}

type SectionName = "routing" | "cache" | "limits" | "providers" | "retention";

/** A section of the project's settings. */
export function readSection(
  ctx: Context<State>,
  project: string,
  section: SectionName,
): Promise<Kept> {
  return readOfProject<Kept>(
    ctx,
    project,
    ({ settings }, { id }) => settings[":section"].$get({ param: { id, section } }),
  );
}
