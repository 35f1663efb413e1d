/**
 * Refuses requests that change something and come from another site. A request that says nothing of
 * where it comes from passes: such clients are not browsers. Where a cookie authenticates, check more.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { HttpError } from "../http_error.ts";
import type { Middleware } from "../middleware.ts";

/** Options of {@linkcode csrf}. */
// deno-lint-ignore no-explicit-any -- one type of options for applications with any state
export interface CsrfOptions<State = any> {
  /** The origins that may send; by default the request's own. */
  origin?: string | string[] | ((origin: string, context: Context<State>) => boolean);
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Answers 403 to cross-site requests with an unsafe method. */
export function csrf<State>(options: CsrfOptions<State> = {}): Middleware<State> {
  return function refuseCrossSite(ctx) {
    const { method, headers } = ctx.req;
    if (SAFE_METHODS.has(method)) return ctx.next();

    const site = headers.get("Sec-Fetch-Site");
    const origin = headers.get("Origin");
    if (site === "same-origin" || site === "none") return ctx.next();
    if (site === null && origin === null) return ctx.next();
    if (origin !== null && isAllowed(origin, ctx, options.origin)) return ctx.next();
    throw new HttpError(403);
  };
}

function isAllowed<State>(
  origin: string,
  ctx: Context<State>,
  allowed: CsrfOptions<State>["origin"],
): boolean {
  if (allowed === undefined) return origin === ctx.url.origin;
  if (typeof allowed === "function") return allowed(origin, ctx);
  return typeof allowed === "string" ? origin === allowed : allowed.includes(origin);
}
