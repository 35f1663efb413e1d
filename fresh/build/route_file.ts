/**
 * Reads a route file's role and addresses off its name.
 *
 * @module
 */
import type { RouteFile, RouteFileKind } from "../internal.ts";
import { pathToPattern } from "../route_pattern.ts";

const SPECIAL: Readonly<Record<string, RouteFileKind>> = {
  _app: "app",
  _layout: "layout",
  _middleware: "middleware",
  _error: "error",
  _500: "error",
  _404: "notFound",
};

/** The role and addresses of `id`, a path below `routes/` with a leading slash. */
export function classifyRoute(id: string): Pick<RouteFile, "kind" | "pattern" | "routePattern"> {
  const slash = id.lastIndexOf("/");
  const name = id.slice(slash + 1);
  const kind = Object.hasOwn(SPECIAL, name) ? SPECIAL[name] : undefined;
  if (kind === "app" || kind === "notFound") return { kind, pattern: "*", routePattern: "*" };
  if (kind !== undefined) {
    const pattern = pathToPattern(id.slice(1, slash), { keepGroups: true });
    return { kind, pattern, routePattern: pattern };
  }
  const pattern = pathToPattern(id.slice(1), { keepGroups: true });
  // An index stands inside its folder: it inherits what the folder has.
  const inside = name === "index" && !pattern.endsWith("/") ? `${pattern}/` : pattern;
  return { kind: "route", pattern: inside, routePattern: pathToPattern(id.slice(1)) };
}
