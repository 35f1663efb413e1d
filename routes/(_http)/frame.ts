/**
 * What every page of the dashboard begins with: the project that the address names, the view, and how
 * the installation stands. A project that is not there is a page that is not there.
 *
 * @module
 */
import { type Context, HttpError } from "fresh";
import { type Buckets, bucketsOf } from "@/core/analytics/range.ts";
import { AppError } from "@/core/error.ts";
import { type Frame, sidebarCookie } from "@/components/shell/frame.ts";
import { rangeQuery, readView, type View } from "@/components/view.ts";
import type { State } from "./state.ts";

/** @throws {HttpError} 404 for a project that does not exist */
export async function openFrame(ctx: Context<State>): Promise<Frame> {
  const { services, theme } = ctx.state;
  const asked = ctx.url.searchParams.get("project");
  const projects = await services.projects.list();
  const project = asked ? projects.find(({ id }) => id === asked) : projects[0];
  if (!project) throw new HttpError(404);
  const view = readView(ctx.url.searchParams);
  const readiness = await services.readiness(project.id);
  const removedBefore = readiness.removed?.callsBefore ?? null;
  const seen = removedBefore !== null &&
    removedBefore > bucketsOfView(view, services.now()).range.from;
  return {
    url: ctx.url,
    theme,
    projects: projects.map(({ id, name }) => ({ id, name })),
    project: { id: project.id, name: project.name },
    view,
    readiness,
    ...(removedBefore !== null && seen && { removedBefore }),
    collapsed: cookieOf(ctx.req, sidebarCookie) === "collapsed",
    version: services.version,
  };
}

/** The range and the buckets of a view; the last 24 hours when its ends make no range. */
export function viewBuckets(frame: Frame, now: number): Buckets {
  return bucketsOfView(frame.view, now);
}

function bucketsOfView(view: View, now: number): Buckets {
  const asked = bucketsOf(rangeQuery(view.range), now);
  if (asked.ok) return asked.value;
  const usual = bucketsOf({ period: "24h" }, now);
  if (!usual.ok) throw new Error("The last 24 hours are always a range.");
  return usual.value;
}

/** What `read` gives; null while ClickHouse is away: no figure is invented. */
export async function unlessAway<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof AppError && error.code === "analytics_unavailable") return null;
    throw error;
  }
}

/** The value of a cookie of the request. */
export function cookieOf(request: Request, name: string): string | undefined {
  const pairs = request.headers.get("cookie")?.split(";").map((pair) => pair.trim());
  return pairs?.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
