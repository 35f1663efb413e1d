/**
 * Who may call: a project key opens its own project, a dashboard session opens all of them. A project
 * that the caller may not see answers exactly as one that does not exist.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { AppError } from "@/core/error.ts";
import { readSessionCookie } from "@/core/identity/cookie.ts";
import { isSameOrigin } from "@/core/identity/origin.ts";
import type { Session } from "@/core/identity/contract.ts";
import type { ApiDeps, ApiEnv } from "./context.ts";
import { presentedKey } from "./presented_key.ts";

type AuthDeps = Pick<ApiDeps, "verifier" | "sessions" | "projects">;

/**
 * Sets `project`, from the key, or from the session and the path's `id` or the query's `project_id` (the
 * first project without one).
 */
export function projectAccess(deps: AuthDeps): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const asked = c.req.param("id") ?? c.req.query("project_id");
    const key = presentedKey(c.req.raw.headers);
    c.set(
      "project",
      key === null
        ? await projectOfSession(deps, c.req.raw, asked)
        : await projectOfKey(deps, key, asked),
    );
    await next();
  };
}

/** Lets sessions through; for anything but reading, only from the dashboard's own pages. */
export function sessionAccess(deps: Pick<AuthDeps, "sessions">): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (!await sessionOf(deps, c.req.raw)) throw new AppError("session_required");
    if (!isRead(c.req.raw) && !isSameOrigin(c.req.raw)) throw new AppError("origin_refused");
    await next();
  };
}

async function projectOfKey(
  { verifier }: AuthDeps,
  key: string,
  asked: string | undefined,
): Promise<string> {
  const owner = await verifier.verify(key);
  if (!owner) throw new AppError("key_unknown");
  if (asked !== undefined && asked !== owner.project) throw new AppError("project_not_found");
  return owner.project;
}

async function projectOfSession(
  deps: AuthDeps,
  request: Request,
  asked: string | undefined,
): Promise<string> {
  if (!await sessionOf(deps, request)) throw new AppError("key_missing");
  if (!isRead(request) && !isSameOrigin(request)) throw new AppError("origin_refused");
  const project = asked === undefined
    ? (await deps.projects.list())[0]
    : await deps.projects.get(asked);
  if (!project) throw new AppError("project_not_found");
  return project.id;
}

function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

async function sessionOf(
  { sessions }: Pick<AuthDeps, "sessions">,
  request: Request,
): Promise<Session | null> {
  const secure = new URL(request.url).protocol === "https:";
  const token = readSessionCookie(request.headers.get("cookie"), secure);
  return token === null ? null : await sessions.read(token);
}
