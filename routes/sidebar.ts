/**
 * Keeps whether the sidebar is narrow.
 *
 * @module
 */
import { HttpError } from "fresh";
import { isSameOrigin } from "@/core/identity/origin.ts";
import { sidebarCookie, sidebarMaxAgeSeconds } from "@/components/shell/frame.ts";
import { readForm } from "./(_http)/form.ts";
import { nextPath } from "./(_http)/next_path.ts";
import { define } from "./(_http)/state.ts";

export const handler = define.handlers({
  async POST(ctx) {
    if (!isSameOrigin(ctx.req)) throw new HttpError(403);
    const form = await readForm(ctx.req);
    const value = form.get("sidebar") === "collapsed" ? "collapsed" : "open";
    const answer = ctx.redirect(nextPath(form.get("next"), "/dashboard"), 303);
    const secure = ctx.url.protocol === "https:" ? "; Secure" : "";
    answer.headers.append(
      "set-cookie",
      `${sidebarCookie}=${value}; Path=/; Max-Age=${sidebarMaxAgeSeconds}; SameSite=Lax${secure}`,
    );
    return answer;
  },
});
