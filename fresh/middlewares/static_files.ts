/**
 * Serves the files of the build: those of `static/`, and the browser code of the islands.
 *
 * @module
 */
import { BUILD_PARAMETER } from "../asset_url.ts";
import { type Context, INTERNALS } from "../context.ts";
import type { StaticFile } from "../internal.ts";
import type { Middleware } from "../middleware.ts";

/** Serves static files; what is not one is passed on. */
export function staticFiles<State>(): Middleware<State> {
  return async function serveStaticFile(ctx) {
    const build = ctx[INTERNALS].build;
    const pathname = decodePath(ctx.url.pathname, ctx.config.basePath);
    if (build === null || pathname === null || pathname === "/") return await ctx.next();

    const file = await build.readFile(pathname);
    if (file === null) {
      // Browsers ask for it on their own; it is not worth a page.
      if (pathname === "/favicon.ico") return new Response(null, { status: 404 });
      return await ctx.next();
    }
    const response = answer(ctx, file, build.version);
    if (response.body === null) file.close();
    return response;
  };
}

function answer<State>(ctx: Context<State>, file: StaticFile, version: string): Response {
  const { req, url } = ctx;
  if (req.method !== "GET" && req.method !== "HEAD") return empty(405);

  const key = url.searchParams.get(BUILD_PARAMETER);
  if (key !== null && key !== version) return redirectToCurrent(url);

  const headers = new Headers({ "Content-Type": file.contentType, vary: "If-None-Match" });
  const etag = file.hash === null ? null : `W/"${file.hash}"`;
  const known = req.headers.get("If-None-Match");
  if (known !== null && (known === etag || known === file.hash)) return empty(304, headers);

  if (etag !== null) headers.set("Etag", etag);
  const isLocked = file.immutable || key === version;
  headers.set("Cache-Control", cacheControl(isLocked && ctx.config.mode === "production"));
  headers.set("Content-Length", String(file.size));
  return req.method === "HEAD" ? empty(200, headers) : new Response(file.body, { headers });
}

function cacheControl(isLocked: boolean): string {
  return isLocked
    ? "public, max-age=31536000, immutable"
    : "no-cache, no-store, max-age=0, must-revalidate";
}

/** A page of an older build asked: the file is served unlocked. */
function redirectToCurrent(url: URL): Response {
  const target = new URL(url);
  target.searchParams.delete(BUILD_PARAMETER);
  return empty(307, new Headers({ location: target.pathname + target.search }));
}

function empty(status: number, headers = new Headers()): Response {
  return new Response(null, { status, headers });
}

/** The path below the base path, null when it is not below it or can't be decoded. */
function decodePath(pathname: string, basePath: string): string | null {
  if (!pathname.startsWith(basePath)) return null;
  const rest = pathname.slice(basePath.length) || "/";
  try {
    return decodeURIComponent(rest);
  } catch {
    return null;
  }
}
