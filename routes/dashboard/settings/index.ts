/**
 * The settings begin with the project's keys.
 *
 * @module
 */
import { define } from "../../(_http)/state.ts";

export const handler = define.handlers({
  GET(ctx) {
    return ctx.redirect(`/dashboard/settings/keys${ctx.url.search}`, 303);
  },
});
