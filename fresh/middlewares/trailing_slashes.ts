/**
 * Gives every page one address, with a slash at its end or without.
 *
 * @module
 */
import type { Middleware } from "../middleware.ts";

/** Redirects to the address with or without a trailing slash. */
export function trailingSlashes<State>(mode: "always" | "never"): Middleware<State> {
  return function redirectSlash(ctx) {
    const { pathname, search } = ctx.url;
    if (pathname === "/" || pathname.endsWith("/") === (mode === "always")) return ctx.next();
    const target = mode === "always" ? `${pathname}/` : pathname.slice(0, -1);
    return ctx.redirect(target + search);
  };
}
