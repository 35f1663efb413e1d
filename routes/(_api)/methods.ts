/**
 * Which methods a path has, for the answer to one that it has not; and HEAD, which is GET without a body.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "./context.ts";

interface Route {
  readonly method: string;
  readonly path: string;
}

/** In upper case, each once; empty when no route has this path. */
export function allowedMethods(routes: readonly Route[], path: string): string[] {
  const asked = path.split("/");
  const methods = routes
    .filter(({ method, path }) => method !== "ALL" && fits(path.split("/"), asked))
    .flatMap(({ method }) => method === "GET" ? ["GET", "HEAD"] : [method]);
  return [...new Set(methods)].sort();
}

function fits(pattern: readonly string[], asked: readonly string[]): boolean {
  return pattern.length === asked.length &&
    pattern.every((part, i) => part === asked[i] || (part.startsWith(":") && asked[i] !== ""));
}

/** Nobody will read what HEAD leaves out: a stream behind it is let go. */
export const headWithoutBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next();
  if (c.req.raw.method === "HEAD") await c.res.body?.cancel();
};
