/**
 * Keeps the chosen look for browsers without script.
 *
 * @module
 */
import { HttpError } from "fresh";
import { isSameOrigin } from "@/core/identity/origin.ts";
import { readTheme } from "@/components/theme.ts";
import { readForm } from "./(_http)/form.ts";
import { nextPath } from "./(_http)/next_path.ts";
import { define } from "./(_http)/state.ts";
import { themeSetCookie } from "./(_http)/theme_cookie.ts";

export const handler = define.handlers({
  async POST(ctx) {
    if (!isSameOrigin(ctx.req)) throw new HttpError(403);
    const form = await readForm(ctx.req);
    const answer = ctx.redirect(nextPath(form.get("next"), "/"), 303);
    const secure = ctx.url.protocol === "https:";
    answer.headers.append("set-cookie", themeSetCookie(readTheme(form.get("theme")), secure));
    return answer;
  },
});
