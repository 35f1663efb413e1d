/**
 * The fixture site: what the conformance suite asks of an implementation, as an application.
 */
import { App, csrf, HttpError, page, staticFiles } from "fresh";
import type { State } from "./define.ts";

/** A new application; the suite gives it a build. */
export function createApp(): App<State> {
  return new App<State>()
    .use(staticFiles())
    .use((ctx) => {
      ctx.state.trail = ["root"];
      return ctx.next();
    })
    .get("/before", () => {
      throw new HttpError(418, "before the file routes");
    })
    .fsRoutes()
    .get("/after", () => {
      throw new HttpError(418, "after the file routes");
    })
    .use("/guarded", csrf())
    .post("/guarded/form", (ctx) => ctx.text("accepted"))
    .get("/redirect", (ctx) => ctx.redirect("//elsewhere.test//path?to=//x"))
    .get("/api/item", (ctx) => ctx.json({ method: ctx.req.method }))
    .route("/described", {
      handler: () => page({ name: "data" }, { status: 201, headers: { "x-page": "yes" } }),
      component: ({ data }: { data: { name: string } }) => <p>{data.name}</p>,
    });
}

/** What `_fresh/server.js` serves. */
export const app = createApp();
