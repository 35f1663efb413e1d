/**
 * Who is signed in, and how the page looks.
 *
 * @module
 */
import { readSessionCookie } from "@/core/identity/cookie.ts";
import { define } from "./(_http)/state.ts";
import { requestTheme } from "./(_http)/theme_cookie.ts";

export default define.middleware(async (ctx) => {
  ctx.state.theme = requestTheme(ctx.req);
  const secure = ctx.url.protocol === "https:";
  const token = readSessionCookie(ctx.req.headers.get("cookie"), secure);
  ctx.state.session = token ? await ctx.state.services.sessions.read(token) : null;
  return await ctx.next();
});
