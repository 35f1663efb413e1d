/**
 * The pages as a Fresh application. Their services come from a function, so that making the application
 * opens nothing: it is called with the first request.
 *
 * @module
 */
import { App, staticFiles } from "fresh";
import { ulid } from "ulid";
import type { Services, State } from "./state.ts";

/** The application; its file routes are there once a build was given to it (`load_build.ts`). */
export function createPages(services: () => Services | Promise<Services>): App<State> {
  return new App<State>()
    .use(staticFiles())
    .use(async (ctx) => {
      Object.assign(ctx.state, { services: await services(), requestId: ulid() });
      return await ctx.next();
    })
    .fsRoutes();
}
