/**
 * The dashboard is for signed-in people: everyone else is sent to sign in and comes back to the same
 * address. Its pages are kept by no cache.
 *
 * @module
 */
import { AppError, errorBody } from "@/core/error.ts";
import { withTimesJoined } from "@/components/range_form.ts";
import { define } from "../(_http)/state.ts";

export default define.middleware(async (ctx) => {
  if (!ctx.state.session) {
    // An open page asks in the background: a redirect would give it another page to parse.
    if (ctx.req.headers.get("accept") === "application/json") {
      const error = new AppError("session_required");
      return ctx.json(errorBody(error, ctx.state.requestId), { status: error.status });
    }
    const next = encodeURIComponent(ctx.url.pathname + ctx.url.search);
    return ctx.redirect(`/sign-in?next=${next}`, 303);
  }
  const joined = withTimesJoined(ctx.url);
  if (joined) return ctx.redirect(joined.pathname + joined.search, 303);
  const answer = await ctx.next();
  answer.headers.set("cache-control", "no-store");
  return answer;
});
