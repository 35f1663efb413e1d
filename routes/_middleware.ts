/**
 * Who is signed in, and how the page looks. What fails on the way is reported here, where every page
 * passes; the reader gets the error page.
 *
 * @module
 */
import { HttpError } from "fresh";
import { readSessionCookie } from "@/core/identity/cookie.ts";
import { define, type Services } from "./(_http)/state.ts";
import { requestTheme } from "./(_http)/theme_cookie.ts";

export default define.middleware(async (ctx) => {
  const { services, requestId } = ctx.state;
  ctx.state.theme = requestTheme(ctx.req);
  try {
    ctx.state.session = await sessionOf(ctx.req, ctx.url, services);
    return await ctx.next();
  } catch (error) {
    const expected = error instanceof HttpError && error.status < 500;
    // A reader who left has ended the queries of the page: nothing has failed.
    if (!expected && !ctx.req.signal.aborted) services.report(error, requestId);
    throw error;
  }
});

async function sessionOf(request: Request, url: URL, { sessions }: Services) {
  const secure = url.protocol === "https:";
  const token = readSessionCookie(request.headers.get("cookie"), secure);
  return token === null ? null : await sessions.read(token);
}
