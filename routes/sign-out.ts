/**
 * Ends the session. A post that cannot show that it comes from our own page is refused: it rides on
 * the cookie.
 *
 * @module
 */
import { HttpError } from "fresh";
import { clearedSessionCookie, readSessionCookie } from "@/core/identity/cookie.ts";
import { isSameOrigin } from "@/core/identity/origin.ts";
import { define } from "./(_http)/state.ts";

export const handler = define.handlers({
  async POST(ctx) {
    if (!isSameOrigin(ctx.req)) throw new HttpError(403);
    const secure = ctx.url.protocol === "https:";
    const token = readSessionCookie(ctx.req.headers.get("cookie"), secure);
    if (token) await ctx.state.services.sessions.end(token);
    const answer = ctx.redirect("/", 303);
    answer.headers.append("set-cookie", clearedSessionCookie(secure));
    return answer;
  },
});
